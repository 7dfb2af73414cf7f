import { expect } from 'chai';
import type { Answer, Json, RequestOptions } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

const MEMBER_KEYS = 33;
const ADMIN_KEYS = 37;

describe('native API: create', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  before(async () => {
    zunova = await deploy();
  });
  after(() => zunova.close());

  const post = (body: object, options: RequestOptions & { version?: string } = {}, query = ''): Promise<Answer> =>
    zunova.client.native('POST', `/containers${query}`, { body, ...options });
  const show = async (uuid: string, options: RequestOptions = {}): Promise<Json> =>
    (await zunova.client.native('GET', `/containers/${uuid}`, options)).json;
  const reaches = (uuid: string, status: string): Promise<Json> =>
    until(`${status} of ${uuid}`, async () => {
      const seen = await show(uuid);
      return seen.str('status') === status ? seen : null;
    });
  const keys = ({ value }: Json): string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : []);

  it('creates with an image alone, and leaves it created', async () => {
    const made = await post({ image: 'busybox' });
    expect(made.status).to.equal(202);
    const uuid = made.json.str('uuid');
    expect(made.headers.get('location')).to.match(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/v1/containers/${uuid}$`));
    expect(made.json.value).to.deep.include({
      status: 'Creating',
      cpu: 1,
      memory: '512',
      disk: 0,
      image: 'busybox',
      image_driver: 'docker',
      command: [],
      labels: {},
      addresses: {},
      updated_at: null,
      status_reason: null,
    });
    expect(made.json.str('name')).to.match(/^[a-z]+-\d+-container$/);
    expect(keys(made.json)).to.have.length(ADMIN_KEYS);
    const created = await reaches(uuid, 'Created');
    expect(created.value).to.deep.include({
      status_detail: 'Created',
      task_state: null,
      command: ['/bin/sh'],
      entrypoint: [],
      runtime: 'runc',
    });
    expect(created.str('created_at')).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  });

  it('runs with every property, as the engine shows', async () => {
    const { client, docker } = zunova;
    const networks = (await client.request('network', 'GET', '/v2.0/networks', { user: 'demo' })).json.list('networks');
    const network = networks.find((n) => n.str('name') === 'private');
    const made = await post(
      {
        name: 'full.js',
        image: 'busybox',
        command: ['-c', 'sleep 600'],
        entrypoint: ['/bin/sh'],
        cpu: '0.5',
        memory: 64,
        environment: { A: 'b c' },
        labels: { tier: 'web' },
        workdir: '/tmp',
        hostname: 'full',
        interactive: 'true',
        tty: true,
        auto_heal: 'True',
        restart_policy: { Name: 'on-failure', MaximumRetryCount: 2 },
        image_pull_policy: 'IfNotPresent',
        image_driver: 'docker',
        runtime: 'runc',
        security_groups: ['default'],
        nets: [{ network: 'private' }],
        hints: { whatever: '1' },
        availability_zone: 'nova',
        host: 'testhost',
        healthcheck: { cmd: 'true', interval: 30, retries: 3, timeout: 5 },
        privileged: 'False',
        cpu_policy: 'shared',
        mounts: [],
      },
      {},
      '?run=True',
    );
    expect(made.status, made.text).to.equal(202);
    const seen = await reaches(made.json.str('uuid'), 'Running');
    expect(seen.value).to.deep.include({
      name: 'full.js',
      command: ['-c', 'sleep 600'],
      entrypoint: ['/bin/sh'],
      cpu: 0.5,
      memory: '64',
      environment: { A: 'b c' },
      labels: { tier: 'web' },
      workdir: '/tmp',
      hostname: 'full',
      interactive: true,
      tty: true,
      auto_heal: true,
      auto_remove: false,
      privileged: false,
      restart_policy: { Name: 'on-failure', MaximumRetryCount: '2' },
      image_pull_policy: 'ifnotpresent',
      runtime: 'runc',
      healthcheck: { test: 'true', interval: 30, retries: 3, timeout: 5 },
      host: 'testhost',
    });
    const addresses = seen.list('addresses', network?.str('id') ?? '');
    expect(addresses).to.have.length(1);
    expect(seen.list('security_groups')).to.have.length(1);
    const inspected = await docker.getContainer(`zunova-${seen.str('uuid')}`).inspect();
    expect(inspected.Config).to.deep.include({ Hostname: 'full', WorkingDir: '/tmp', Tty: true, OpenStdin: true });
    expect(inspected.Config.Env).to.include('A=b c');
    expect(inspected.Config.Labels).to.include({ tier: 'web' });
    expect(inspected.HostConfig).to.deep.include({ NanoCpus: 500_000_000, Memory: 64 * 1_048_576 });
    expect(inspected.HostConfig.RestartPolicy).to.deep.equal({ Name: 'on-failure', MaximumRetryCount: 2 });
    // Its name looks like a file: it is one segment all the same.
    expect((await show('full.js')).str('uuid')).to.equal(seen.str('uuid'));
  });

  it('splits the command of old versions', async () => {
    const made = await post(
      { image: 'busybox', command: `sh -c 'sleep "600"'`, cpu: 0.1, memory: '64' },
      { version: '1.19' },
    );
    expect(made.json.get('command').value).to.deep.equal(['sh', '-c', 'sleep "600"']);
  });

  it('shows exposed ports', async () => {
    const made = await post({ image: 'busybox', exposed_ports: { '8080': {}, '53/udp': {} }, memory: 64 });
    expect((await reaches(made.json.str('uuid'), 'Created')).get('ports').value).to.deep.equal([53, 8080]);
  });

  it('shows members 33 keys', async () => {
    const made = await post({ image: 'busybox', memory: 64 }, { user: 'demo' });
    expect(keys(made.json)).to.have.length(MEMBER_KEYS);
    expect(keys(await show(made.json.str('uuid'), { user: 'demo' }))).to.have.length(MEMBER_KEYS);
    for (const key of ['host', 'image_pull_policy', 'privileged', 'runtime'])
      expect(keys(made.json)).to.not.include(key);
  });

  it('keeps what no host can take, with the reason', async () => {
    const made = await post({ image: 'busybox', availability_zone: 'elsewhere' });
    expect(made.status).to.equal(202);
    expect(made.json.value).to.deep.include({
      status: 'Error',
      status_reason: 'There are not enough hosts available.',
      host: null,
    });
    const { client } = zunova;
    const uuid = made.json.str('uuid');
    const start = await client.native('POST', `/containers/${uuid}/start`);
    expect(start.status).to.equal(400);
    expect(start.json.str('errors', 0, 'title')).to.equal('Cannot operate an uncreated container.');
    expect((await client.native('DELETE', `/containers/${uuid}`)).status).to.equal(204);
    expect((await client.native('GET', `/containers/${uuid}`)).status).to.equal(404);
  });

  it('places by the labels of hosts', async () => {
    const made = await post({ image: 'busybox', hints: { 'label:no-host': 'has-this' } });
    expect(made.json.str('status')).to.equal('Error');
  });

  it('fails where the host cannot bound the disk that is asked for', async function () {
    const { client } = zunova;
    const [host] = (await client.native('GET', '/hosts')).json.list('hosts');
    if (host?.get('disk_quota_supported').value === true) this.skip();
    const made = await post({ image: 'busybox', disk: 1, memory: 64 });
    const failed = await reaches(made.json.str('uuid'), 'Error');
    expect(failed.str('status_reason')).to.equal('Your host does not support disk quota feature.');
  });

  it('takes no more than the quota', async () => {
    const refused = await post({ image: 'busybox', cpu: 16, disk: 101 }, { user: 'alt' });
    expect(refused.status).to.equal(403);
    expect(refused.json.str('errors', 0, 'code')).to.equal('container.over-quota');
    expect(refused.json.str('errors', 0, 'title')).to.equal("Quota exceeded for resources: ['disk']");
  });

  describe('refuses, and makes nothing', () => {
    const of = (uuids: Json[]): string[] => uuids.map((c) => c.str('uuid'));
    const list = async (): Promise<string[]> =>
      of((await zunova.client.native('GET', '/containers?all_projects=1')).json.list('containers'));
    let before: string[];
    beforeEach(async () => {
      before = await list();
    });
    afterEach(async () => expect(await list()).to.deep.equal(before));

    const rows: readonly (readonly [string, unknown, number, string, RegExp])[] = [
      ['no image', {}, 400, 'schema-validation-error', /^'image' is a required property$/],
      [
        'unknown properties',
        { image: 'busybox', foo: 1 },
        400,
        'schema-validation-error',
        /^Additional properties .*'foo'/,
      ],
      ['a list', [], 400, 'schema-validation-error', /is not of type 'object'/],
      [
        'too little memory',
        { image: 'busybox', memory: 1 },
        400,
        'schema-validation-error',
        /^Invalid input for field 'memory'\.Value: '1'\. .*minimum of 4/,
      ],
      ['a long name', { image: 'busybox', name: 'n'.repeat(256) }, 400, 'schema-validation-error', /field 'name'/],
      [
        'a port that is none',
        { image: 'busybox', exposed_ports: { '99999': {} } },
        400,
        'invalid-value',
        /^value 99999 is invalid as publish port\.$/,
      ],
      [
        'unknown networks',
        { image: 'busybox', nets: [{ network: 'nope' }] },
        404,
        'network-not-found',
        /^Neutron network nope could not be found\.$/,
      ],
      [
        'unknown ports',
        { image: 'busybox', nets: [{ port: 'nope' }] },
        404,
        'port-not-found',
        /^Neutron port nope could/,
      ],
      [
        'unknown groups',
        { image: 'busybox', security_groups: ['nope'] },
        400,
        'invalid-value',
        /^Security group nope not found\.$/,
      ],
      [
        'unknown Glance images',
        { image: 'nope', image_driver: 'glance' },
        400,
        'image-not-found',
        /^Image nope could not be found\.$/,
      ],
      ['unknown hosts', { image: 'busybox', host: 'nope' }, 404, 'requested-host-not-found', /nope/],
      [
        'privileged containers',
        { image: 'busybox', privileged: true },
        403,
        'policy-not-authorized',
        /container:create:privileged/,
      ],
      [
        'mounts',
        { image: 'busybox', mounts: [{ source: 'v', destination: '/v' }] },
        400,
        'invalid',
        /^Mounts are not supported/,
      ],
      ['registries', { image: 'busybox', registry: 'r1' }, 400, 'invalid', /^Registries are not supported/],
      ['dedicated CPUs', { image: 'busybox', cpu_policy: 'dedicated' }, 400, 'invalid', /dedicated is not supported/],
      [
        'self-removal with restarts',
        { image: 'busybox', auto_remove: true, restart_policy: { Name: 'always' } },
        400,
        'invalid-value',
        /auto_remove/,
      ],
    ];
    for (const [name, body, status, code, title] of rows) {
      it(name, async () => {
        const refused = await zunova.client.native('POST', '/containers', { body });
        expect(refused.status, refused.text).to.equal(status);
        expect(refused.json.str('errors', 0, 'code')).to.equal(`container.${code}`);
        expect(refused.json.str('errors', 0, 'title')).to.match(title);
        expect(refused.json.str('errors', 0, 'detail')).to.equal(refused.json.str('errors', 0, 'title'));
      });
    }

    it('unknown query parameters, and run in other words', async () => {
      expect((await post({ image: 'busybox' }, {}, '?foo=1')).status).to.equal(400);
      expect((await post({ image: 'busybox' }, {}, '?run=maybe')).status).to.equal(400);
      expect((await post({ image: 'busybox' }, {}, '?run=1&run=1')).status).to.equal(400);
    });

    it('what only administrators may ask for', async () => {
      for (const [body, rule] of [
        [{ runtime: 'runc' }, 'container:create:runtime'],
        [{ image_pull_policy: 'always' }, 'container:create:image_pull_policy'],
        [{ host: 'testhost' }, 'container:create:requested_destination'],
      ] as const) {
        const refused = await post({ image: 'busybox', ...body }, { user: 'demo' });
        expect(refused.status).to.equal(403);
        expect(refused.json.str('errors', 0, 'title')).to.equal(`Policy doesn't allow ${rule} to be performed.`);
      }
      expect((await post({ image: 'busybox' }, { user: 'reader' })).status).to.equal(403);
    });

    it('what came with a later version', async () => {
      const refused = await post({ image: 'busybox', hostname: 'web' }, { version: '1.8' });
      expect(refused.status).to.equal(400);
      expect(refused.json.str('errors', 0, 'code')).to.equal('container.invalid-param-in-version');
    });
  });
});
