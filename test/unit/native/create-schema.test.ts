import { expect } from 'chai';
import { SchemaViolation } from '#core/http/errors.js';
import { parse } from '#core/http/parse.js';
import { createContainerBody } from '#schemas/native/create-container.js';
import { updateContainerBody } from '#schemas/native/update-container.js';

const create = (minor: number, body: unknown): unknown => parse(createContainerBody(minor), body, 'body');
const violation = (work: () => unknown): SchemaViolation => {
  try {
    work();
  } catch (error) {
    if (error instanceof SchemaViolation) return error;
    throw error;
  }
  throw new Error('was accepted');
};

const with40 = (more: object): unknown => create(40, { image: 'busybox', ...more });

describe('schema of a native create', () => {
  describe('accepts', () => {
    const rows: readonly (readonly [string, object, object])[] = [
      ['an image alone', {}, {}],
      ['numbers as strings', { cpu: '0.5', memory: '64', disk: '5' }, { cpu: 0.5, memory: 64, disk: 5 }],
      ['numbers', { cpu: 16, memory: 8192, disk: 160 }, { cpu: 16, memory: 8192, disk: 160 }],
      ['the least of all', { cpu: 0.1, memory: 4, disk: 1 }, { cpu: 0.1, memory: 4, disk: 1 }],
      ['null for every property', nulls(), {}],
      [
        'the empty strings of Horizon',
        { availability_zone: '', hostname: '', runtime: '', workdir: '', image_driver: '' },
        {},
      ],
      ['the None of Python as driver', { image_driver: 'None' }, {}],
      [
        'booleans as text',
        { tty: 'True', interactive: 'false', auto_heal: 'true' },
        { tty: true, interactive: false, auto_heal: true },
      ],
      ['a command of scalars', { command: ['sleep', 5, true] }, { command: ['sleep', '5', 'True'] }],
      ['an entrypoint', { entrypoint: ['/bin/sh', '-c'] }, { entrypoint: ['/bin/sh', '-c'] }],
      ['labels of scalars', { labels: { a: 1, b: 'x' } }, { labels: { a: '1', b: 'x' } }],
      ['pull policies in either case', { image_pull_policy: 'IfNotPresent' }, { image_pull_policy: 'ifnotpresent' }],
      [
        'a retry count as text',
        { restart_policy: { Name: 'on-failure', MaximumRetryCount: '2' } },
        { restart_policy: { Name: 'on-failure', MaximumRetryCount: 2 } },
      ],
      [
        'a retry count of null',
        { restart_policy: { Name: 'always', MaximumRetryCount: null } },
        { restart_policy: { Name: 'always' } },
      ],
      [
        'networks, ports and addresses',
        {
          nets: [
            { network: 'n', 'v4-fixed-ip': '10.0.0.5' },
            { port: 'p' },
            { network: 'm', 'v6-fixed-ip': 'fe80::1' },
          ],
        },
        {
          nets: [
            { network: 'n', 'v4-fixed-ip': '10.0.0.5' },
            { port: 'p' },
            { network: 'm', 'v6-fixed-ip': 'fe80::1' },
          ],
        },
      ],
      [
        'a health check',
        { healthcheck: { cmd: 'true', interval: 5, retries: 2, timeout: 1 } },
        { healthcheck: { cmd: 'true', interval: 5, retries: 2, timeout: 1 } },
      ],
      ['exposed ports', { exposed_ports: { '80/tcp': {} } }, { exposed_ports: { '80/tcp': {} } }],
      [
        'what the client always sends',
        { environment: {}, labels: {}, hints: {}, nets: [], mounts: [], auto_remove: false, command: [] },
        { environment: {}, labels: {}, hints: {}, nets: [], mounts: [], auto_remove: false, command: [] },
      ],
    ];
    for (const [name, body, expected] of rows) {
      it(name, () => expect(with40(body)).to.deep.equal({ image: 'busybox', ...expected }));
    }
  });

  describe('refuses', () => {
    const rows: readonly (readonly [string, object, string])[] = [
      ['unknown properties', { foo: 1 }, 'foo'],
      ['an image of one character', { image: 'b' }, 'too short'],
      ['an image without a name in it', { image: '//' }, 'does not match'],
      ['a name of one character', { name: 'a' }, 'too short'],
      ['a name of 256 characters', { name: 'a'.repeat(256) }, 'too long'],
      ['a name with a blank', { name: 'a b' }, 'does not match'],
      ['a name that begins with a dot', { name: '.ab' }, 'does not match'],
      ['too few CPUs', { cpu: 0.05 }, 'less than the minimum of 0.1'],
      ['too few CPUs as text', { cpu: '0' }, 'less than the minimum of 0.1'],
      ['too many CPUs', { cpu: '16.5' }, 'greater than the maximum of 16'],
      ['CPUs in words', { cpu: 'two' }, 'does not match'],
      ['CPUs of true', { cpu: true }, "is not of type 'number'"],
      ['memory with a unit', { memory: '512m' }, 'does not match'],
      ['memory of 1', { memory: '1' }, 'less than the minimum of 4'],
      ['memory of 512.5', { memory: 512.5 }, "is not of type 'integer'"],
      ['a disk of 0', { disk: 0 }, 'less than the minimum of 1'],
      ['a disk of 161', { disk: 161 }, 'greater than the maximum of 160'],
      ['an environment of numbers', { environment: { A: 1 } }, "is not of type 'string'"],
      ['an environment variable with = in its name', { environment: { 'A=B': 'x' } }, 'not the name'],
      ['labels that are lists', { labels: { a: ['x'] } }, "is not of type 'string'"],
      ['a hostname of 64 characters', { hostname: 'a'.repeat(64) }, 'too long'],
      ['a hostname with a blank', { hostname: 'a b' }, 'does not match'],
      ['booleans in other words', { tty: 'yes' }, 'is not one of'],
      ['auto_remove as text', { auto_remove: 'true' }, "is not of type 'boolean'"],
      ['unknown restart policies', { restart_policy: { Name: 'never' } }, 'is not one of'],
      [
        'a restart policy without a name',
        { restart_policy: { MaximumRetryCount: 1 } },
        "'Name' is a required property",
      ],
      ['a restart policy with more', { restart_policy: { Name: 'no', Delay: 1 } }, "'Delay' was unexpected"],
      [
        'a retry count of -1',
        { restart_policy: { Name: 'on-failure', MaximumRetryCount: -1 } },
        'integer of 0 or more',
      ],
      ['unknown pull policies', { image_pull_policy: 'sometimes' }, 'is not one of'],
      ['unknown image drivers', { image_driver: 'podman' }, 'is not one of'],
      ['unknown CPU policies', { cpu_policy: 'mine' }, 'is not one of'],
      ['a command that is a string', { command: 'ls' }, "is not of type 'array'"],
      ['a command of lists', { command: [['ls']] }, "is not of type 'string'"],
      [
        'groups together with ports',
        { security_groups: ['default'], exposed_ports: { '80': {} } },
        'mutually exclusive',
      ],
      ['ports with settings', { exposed_ports: { '80': { host: 1 } } }, 'unexpected'],
      ['a network and a port at once', { nets: [{ network: 'n', port: 'p' }] }, 'valid under each'],
      ['neither network nor port', { nets: [{}] }, 'not valid under any'],
      ['an address that is none', { nets: [{ network: 'n', 'v4-fixed-ip': '10.0.0.256' }] }, 'ipv4'],
      ['an IPv6 address as IPv4', { nets: [{ network: 'n', 'v4-fixed-ip': 'fe80::1' }] }, 'ipv4'],
      ['an address for a port', { nets: [{ port: 'p', 'v4-fixed-ip': '10.0.0.5' }] }, 'existing port'],
      [
        'two addresses',
        { nets: [{ network: 'n', 'v4-fixed-ip': '10.0.0.5', 'v6-fixed-ip': 'fe80::1' }] },
        'only one fixed IP',
      ],
      ['subnets', { nets: [{ network: 'n', subnet: 's' }] }, 'unexpected'],
      ['mounts of other types', { mounts: [{ type: 'tmpfs', size: 1, destination: '/x' }] }, 'is not one of'],
      ['mounts without a place', { mounts: [{ source: 'v' }] }, "'destination' is a required property"],
      ['mounts of nothing', { mounts: [{ destination: '/x' }] }, 'not valid under any'],
      ['a health check without a command', { healthcheck: { interval: 5 } }, "'cmd' is a required property"],
      ['a health check with more', { healthcheck: { cmd: 'true', test: 'x' } }, 'unexpected'],
      ['a health check in words', { healthcheck: { cmd: 'true', interval: '5' } }, "is not of type 'number'"],
      ['a host with a blank', { host: 'a b' }, 'does not match'],
      ['a zone of 256 characters', { availability_zone: 'z'.repeat(256) }, 'too long'],
    ];
    for (const [name, body, text] of rows) {
      it(name, () => expect(violation(() => with40(body)).reason).to.include(text));
    }

    it('a body without an image, at the root', () => {
      const v = violation(() => create(40, {}));
      expect(v.path).to.deep.equal([]);
      expect(v.reason).to.equal("'image' is a required property");
    });

    it('what is no object', () => {
      for (const body of [null, [], 'busybox', 5]) expect(() => create(40, body)).to.throw(SchemaViolation);
    });
  });

  it('has a command of one string up to 1.19, of a list from 1.20', () => {
    expect(create(19, { image: 'busybox', command: 'ls -l' })).to.deep.equal({ image: 'busybox', command: 'ls -l' });
    expect(() => create(19, { image: 'busybox', command: ['ls'] })).to.throw(SchemaViolation);
    expect(() => create(20, { image: 'busybox', command: 'ls' })).to.throw(SchemaViolation);
    expect(create(20, { image: 'busybox', command: ['ls'] })).to.deep.equal({ image: 'busybox', command: ['ls'] });
  });

  it('knows host from 1.39 and entrypoint from 1.40 on', () => {
    expect(violation(() => create(38, { image: 'busybox', host: 'n1' })).reason).to.include("'host' was unexpected");
    expect(create(39, { image: 'busybox', host: 'n1' })).to.deep.equal({ image: 'busybox', host: 'n1' });
    expect(violation(() => create(39, { image: 'busybox', entrypoint: [] })).reason).to.include(
      "'entrypoint' was unexpected",
    );
  });

  it('allows groups together with ports before 1.20', () => {
    const body = { image: 'busybox', security_groups: ['default'], exposed_ports: { '80': {} } };
    expect(create(19, body)).to.deep.equal(body);
  });
});

describe('schema of a native update', () => {
  const update = (body: unknown): unknown => parse(updateContainerBody, body, 'body');

  it('takes the four properties, null as absent, and nothing at all', () => {
    expect(update({ name: 'web', cpu: '0.5', memory: 64, auto_heal: 'True' })).to.deep.equal({
      name: 'web',
      cpu: 0.5,
      memory: 64,
      auto_heal: true,
    });
    expect(update({ name: null, cpu: null, memory: null, auto_heal: null })).to.deep.equal({});
    expect(update({})).to.deep.equal({});
    expect(update(null)).to.deep.equal({});
  });

  it('refuses others', () => {
    for (const body of [{ disk: 1 }, { name: 'x' }, { cpu: 0 }, { memory: '1' }, { auto_heal: 1 }, [], 'web']) {
      expect(() => update(body), JSON.stringify(body)).to.throw(SchemaViolation);
    }
  });
});

function nulls(): object {
  const names = [
    'name',
    'command',
    'entrypoint',
    'cpu',
    'cpu_policy',
    'memory',
    'disk',
    'environment',
    'labels',
    'workdir',
    'hostname',
    'interactive',
    'tty',
    'auto_remove',
    'auto_heal',
    'privileged',
    'runtime',
    'restart_policy',
    'image_pull_policy',
    'image_driver',
    'registry',
    'security_groups',
    'exposed_ports',
    'nets',
    'mounts',
    'hints',
    'availability_zone',
    'host',
    'healthcheck',
  ];
  return Object.fromEntries(names.map((name) => [name, null]));
}
