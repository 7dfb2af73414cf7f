import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Config, ConfigError, type ConfigSources, loadConfig } from '#core/config/config.js';
import { settingPaths, variableOf } from '#core/config/environment.js';

describe('configuration', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'zcfg-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const load = (environment: Record<string, string> = {}, more: Partial<ConfigSources> = {}): Config =>
    loadConfig({ environment, dataDir: directory, ...more });

  const problemsOf = (environment: Record<string, string>, more: Partial<ConfigSources> = {}): readonly string[] => {
    try {
      load(environment, more);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };

  const writeFile = (text: string, name = 'zunova.json'): string => {
    const file = join(directory, name);
    writeFileSync(file, text);
    return file;
  };

  it('has a default for everything', () => {
    expect(load()).to.deep.equal({
      dataDir: directory,
      listenHost: '127.0.0.1',
      publicHost: '127.0.0.1',
      ports: { compute: 8774, container: 9517, identity: 5000, image: 9292, network: 9696, websocket: 6784 },
      databaseUrl: null,
      docker: { socketPath: '/var/run/docker.sock' },
      hostName: hostname(),
      availabilityZone: 'nova',
      region: 'RegionOne',
      tokenHours: 8,
      logLevel: 'info',
      ratios: { cpu: 16, ram: 1, disk: 1 },
      reserved: { memoryMb: 512 },
      reconcile: { listSeconds: 30, orphanGraceSeconds: 600, missingConfirmMs: 500 },
      operations: { leaseSeconds: 60, engineWaitSeconds: 120, concurrency: 16, startConcurrency: cpus().length },
      defaults: { cpu: 1, memoryMb: 512 },
      novaMaxVersion: '2.96',
      execTimeoutSeconds: 5,
      imageAutocreate: false,
      websocket: { baseUrl: null, allowedOrigins: '', tokenSeconds: 300 },
      subnetBase: '10.87.0.0/16',
    });
  });

  it('takes zunova.json of the data directory, and the environment over it', () => {
    writeFile('{"region": "File", "ports": {"compute": 1001, "image": 1002}}');
    const config = load({ ZUNOVA_PORTS_COMPUTE: '2001', ZUNOVA_LOG_LEVEL: 'debug', ZUNOVA_HOST_NAME: '' });
    expect(config.region).to.equal('File');
    expect(config.ports).to.deep.include({ compute: 2001, image: 1002, identity: 5000 });
    expect(config.logLevel).to.equal('debug');
    expect(config.hostName).to.equal(hostname());
  });

  it('takes another file by --config or ZUNOVA_CONFIG, which must exist', () => {
    const file = writeFile('{"region": "Other"}', 'other.json');
    expect(load({}, { file }).region).to.equal('Other');
    expect(load({ ZUNOVA_CONFIG: file }).region).to.equal('Other');
    expect(problemsOf({}, { file: join(directory, 'none.json') })).to.have.length(1);
  });

  it('knows DATABASE_URL and DOCKER_HOST, after its own variables', () => {
    const others = { DATABASE_URL: 'postgres://a@b/c', DOCKER_HOST: 'unix:///run/other.sock' };
    expect(load(others).databaseUrl).to.equal('postgres://a@b/c');
    expect(load(others).docker.socketPath).to.equal('/run/other.sock');
    const own = load({ ...others, ZUNOVA_DATABASE_URL: 'postgres://x@y/z', ZUNOVA_DOCKER_SOCKET_PATH: '/own.sock' });
    expect(own.databaseUrl).to.equal('postgres://x@y/z');
    expect(own.docker.socketPath).to.equal('/own.sock');
    expect(load({ DATABASE_URL: 'postgres://u@localhost:5432/d?host=%2Frun%2Fpg' }).databaseUrl).to.contain(
      '%2Frun%2Fpg',
    );
  });

  it('is reached by the name of the machine when it listens everywhere', () => {
    expect(load({ ZUNOVA_LISTEN_HOST: '0.0.0.0' }).publicHost).to.equal(hostname());
    expect(load({ ZUNOVA_LISTEN_HOST: '10.0.0.1' }).publicHost).to.equal('10.0.0.1');
  });

  it('derives a variable from the path of each setting', () => {
    const variables = settingPaths().map(variableOf);
    expect(new Set(variables).size).to.equal(variables.length);
    expect(variables).to.include.members([
      'ZUNOVA_DATA_DIR',
      'ZUNOVA_RECONCILE_ORPHAN_GRACE_SECONDS',
      'ZUNOVA_RATIOS_CPU',
    ]);
  });

  const refusals: [what: string, environment: Record<string, string>, expected: RegExp][] = [
    [
      'a word for a port',
      { ZUNOVA_PORTS_COMPUTE: 'http' },
      /^ports\.compute \(ZUNOVA_PORTS_COMPUTE\): must be a number$/,
    ],
    ['a port twice', { ZUNOVA_PORTS_COMPUTE: '9292' }, /^ports \(.*\): must be different from each other$/],
    ['a wrong level', { ZUNOVA_LOG_LEVEL: 'loud' }, /^logLevel \(ZUNOVA_LOG_LEVEL\): must be one of/],
    ['a microversion above', { ZUNOVA_NOVA_MAX_VERSION: '2.97' }, /must be from 2\.1 to 2\.96$/],
    ['a base with host bits', { ZUNOVA_SUBNET_BASE: '10.87.0.1/16' }, /10\.87\.0\.0\/16 is meant$/],
    ['a base too small', { ZUNOVA_SUBNET_BASE: '10.87.0.0/25' }, /at least a \/24/],
    [
      'another database',
      { ZUNOVA_DATABASE_URL: 'mysql://root:hunter2@db/x' },
      /^databaseUrl \(ZUNOVA_DATABASE_URL\): must be a valid uri/,
    ],
    ['a remote engine', { DOCKER_HOST: 'tcp://10.0.0.1:2375' }, /^DOCKER_HOST: only unix:\/\/ sockets/],
    ['an unknown variable', { ZUNOVA_PORT_COMPUTE: '1' }, /^ZUNOVA_PORT_COMPUTE: there is no such setting$/],
    ['too many starts', { ZUNOVA_OPERATIONS_START_CONCURRENCY: '1000' }, /must be less than or equal to/],
  ];
  for (const [what, environment, expected] of refusals) {
    it(`refuses ${what}`, () => {
      const problems = problemsOf(environment);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(expected).and.not.contain('hunter2');
    });
  }

  it('refuses an unknown member and a file that is no JSON object, naming the file', () => {
    const file = writeFile('{"prots": {}}');
    expect(problemsOf({})).to.deep.equal([`prots (${file}): is not allowed`]);
    writeFile('[]');
    expect(problemsOf({})[0]).to.match(/zunova\.json is not a JSON object/);
    writeFile('{');
    expect(problemsOf({})[0]).to.match(/zunova\.json is not a JSON object/);
  });

  it('tells all problems at once', () => {
    expect(problemsOf({ ZUNOVA_TOKEN_HOURS: '0', ZUNOVA_RATIOS_CPU: '-1', ZUNOVA_X: '1' })).to.have.length(3);
  });

  it('leaves the hooks of the tests alone', () => {
    expect(problemsOf({ ZUNOVA_FAILPOINTS: 'a=kill', ZUNOVA_TEST_DATABASE_URL: 'x' })).to.deep.equal([]);
  });
});
