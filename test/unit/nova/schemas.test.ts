import { expect } from 'chai';
import type Joi from 'joi';
import { parse, parseMember } from '#core/http/parse.js';
import { MicroVersion } from '#core/http/version.js';
import { answerOf, faultBody } from '#nova/faults.js';
import { consoleArgument, crashDumpArgument, lockArgument, rebootArgument } from '#schemas/nova/action.js';
import { flavorQuery } from '#schemas/nova/flavor-query.js';
import { keypairBody } from '#schemas/nova/keypair.js';
import { metaBody, metadataBody, noBody, tagsBody } from '#schemas/nova/metadata.js';
import { serverCreate } from '#schemas/nova/server-create.js';
import { serverQuery } from '#schemas/nova/server-query.js';
import { serverUpdate } from '#schemas/nova/server-update.js';

const IMAGE = '5e1c7c0d-3f0a-5a55-9d0e-8b8d3f0a1c2b';
const NETWORK = '3cb9bc59-5699-4588-a4b1-b87f96708bc6';
const v = (minor: number): MicroVersion => new MicroVersion(2, minor);

/** The message that a client sees; null: accepted. */
function refusal(schema: Joi.Schema, value: unknown, where: 'body' | 'query' = 'body', lenient = false): string | null {
  try {
    parse(schema, value, where, lenient);
    return null;
  } catch (error) {
    const { status, message } = answerOf(error, '2.96');
    expect(faultBody({ status, message })).to.have.property('badRequest');
    return message;
  }
}

const server = (over: Record<string, unknown> = {}): { readonly server: unknown } => ({
  server: { name: 'web1', imageRef: IMAGE, flavorRef: '1', ...over },
});
const field = (name: string, shown: string, reason: string): string =>
  `Invalid input for field/attribute ${name}. Value: ${shown}. ${reason}`;
const NAME_RULE =
  "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.";
const ANY_OF = 'is not valid under any of the given schemas';

describe('schema of server creation', () => {
  const accepted: readonly (readonly [number, Record<string, unknown>])[] = [
    [1, {}],
    [1, { imageRef: '' }],
    [1, { imageRef: IMAGE.replaceAll('-', '').toUpperCase() }],
    [1, { flavorRef: 1 }],
    [1, { flavorRef: 'http://host/v2/flavors/1' }],
    [1, { networks: [{ uuid: 'not-checked-before-2.37' }] }],
    [1, { networks: [] }],
    [1, { min_count: '2', max_count: 3, return_reservation_id: 'yes', config_drive: 'False' }],
    [1, { metadata: { 'container:command': 'sh -c "a"', A_B: '' }, key_name: 'k1' }],
    [1, { user_data: 'aGVs\nbG8=', adminPass: '' }],
    [1, { accessIPv4: '1.2.3.4', accessIPv6: 'fe80::1', 'OS-DCF:diskConfig': 'AUTO' }],
    [1, { personality: [{ path: '/etc/x', contents: 'eA==' }], security_groups: [{ name: 'default' }] }],
    [
      1,
      { block_device_mapping_v2: [{ source_type: 'image', uuid: IMAGE, boot_index: '0', destination_type: 'local' }] },
    ],
    [37, { networks: 'auto' }],
    [37, { networks: 'none' }],
    [37, { networks: [{ uuid: NETWORK, fixed_ip: '10.0.0.3' }, { port: NETWORK }] }],
    [42, { networks: [{ uuid: NETWORK, tag: 'eth' }] }],
    [52, { networks: 'auto', tags: ['a', 'b'], description: null }],
    [63, { networks: 'auto', trusted_image_certificates: null }],
    [74, { networks: 'auto', host: 'node-1', hypervisor_hostname: 'node-1' }],
    [90, { networks: 'auto', hostname: 'web-1' }],
    [94, { networks: 'auto', hostname: 'web-1.example.org' }],
  ];
  for (const [minor, over] of accepted) {
    it(`2.${minor} accepts ${JSON.stringify(over)}`, () => {
      expect(refusal(serverCreate(v(minor)), server(over))).to.equal(null);
    });
  }

  const refused: readonly (readonly [number, Record<string, unknown>, string])[] = [
    [1, { name: '' }, field('name', '', "'' is too short")],
    [1, { name: 7 }, field('name', '7', "7 is not of type 'string'")],
    [1, { name: 'x'.repeat(256) }, field('name', 'x'.repeat(256), `'${'x'.repeat(256)}' is too long`)],
    [1, { name: ' web' }, NAME_RULE],
    [1, { name: 'a\u0000b' }, NAME_RULE],
    [1, { name: 'a\ud800' }, NAME_RULE],
    [1, { imageRef: 'busybox' }, field('imageRef', 'busybox', `'busybox' ${ANY_OF}`)],
    [1, { flavorRef: true }, field('flavorRef', 'True', "True is not of type 'string', 'integer'")],
    [1, { flavorRef: '' }, field('flavorRef', '', "'' is too short")],
    [1, { metadata: { a: 1 } }, field('a', '1', "1 is not of type 'string'")],
    [1, { metadata: { a: 'x\u0000' } }, field('a', 'x\u0000', "'x\u0000' is not a 'printable'")],
    [1, { min_count: 0 }, field('min_count', '0', '0 is less than the minimum of 1')],
    [1, { min_count: 'x' }, field('min_count', 'x', "'x' does not match '^[0-9]*$'")],
    [
      1,
      { max_count: 2 ** 31 },
      field('max_count', '2147483648', '2147483648 is greater than the maximum of 2147483647'),
    ],
    [1, { user_data: 'no base64!' }, field('user_data', 'no base64!', "'no base64!' is not a 'base64'")],
    [1, { accessIPv4: 'x' }, field('accessIPv4', 'x', "'x' is not a 'ipv4'")],
    [1, { 'OS-DCF:diskConfig': 'x' }, field('OS-DCF:diskConfig', 'x', "'x' is not one of ['AUTO', 'MANUAL']")],
    [1, { networks: 'auto' }, field('networks', 'auto', "'auto' is not of type 'array'")],
    [37, { networks: [{ uuid: 'x' }] }, field('networks', "[{'uuid': 'x'}]", `[{'uuid': 'x'}] ${ANY_OF}`)],
    [37, { networks: 'all' }, field('networks', 'all', `'all' ${ANY_OF}`)],
    [52, { networks: 'auto', tags: ['a/b'] }, field('0', 'a/b', "'a/b' does not match '^[^,/]*$'")],
    [
      90,
      { networks: 'auto', hostname: '-x' },
      field('hostname', '-x', "'-x' does not match '^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$'"),
    ],
  ];
  for (const [minor, over, message] of refused) {
    it(`2.${minor} refuses ${JSON.stringify(over).slice(0, 60)}`, () => {
      expect(refusal(serverCreate(v(minor)), server(over))).to.equal(message);
    });
  }

  const sinceVersion: readonly (readonly [string, unknown, number])[] = [
    ['description', 'd', 19],
    ['tags', ['a'], 52],
    ['trusted_image_certificates', null, 63],
    ['host', 'node1', 74],
    ['hypervisor_hostname', 'node1', 74],
    ['hostname', 'web1', 90],
  ];
  for (const [name, value, since] of sinceVersion) {
    it(`knows ${name} from 2.${since}`, () => {
      const body = server({ networks: since > 37 ? 'auto' : [], [name]: value });
      expect(refusal(serverCreate(v(since)), body)).to.equal(null);
      const before = refusal(serverCreate(v(since - 1)), body);
      expect(before).to.match(new RegExp(`Additional properties are not allowed \\('${name}' was unexpected\\)$`));
    });
  }

  it('wants networks from 2.37, and no files from 2.57', () => {
    expect(refusal(serverCreate(v(36)), server())).to.equal(null);
    expect(refusal(serverCreate(v(37)), server())).to.match(/'networks' is a required property$/);
    const files = server({ networks: 'auto', personality: [] });
    expect(refusal(serverCreate(v(56)), files)).to.equal(null);
    expect(refusal(serverCreate(v(57)), files)).to.match(/'personality' was unexpected/);
  });

  it('is closed, but for /v2, which also trims names', () => {
    expect(refusal(serverCreate(v(1)), { ...server(), foo: 1 })).to.equal(
      "Additional properties are not allowed ('foo' was unexpected)",
    );
    const body = { server: { name: ' web1 ', imageRef: IMAGE, flavorRef: '1', foo: 1 } };
    const lenient = parse(serverCreate(v(1), true), body, 'body', true);
    expect(lenient.server).to.deep.equal({ name: 'web1', imageRef: IMAGE, flavorRef: '1' });
  });

  it('does not take a text of JSON for an object', () => {
    expect(refusal(serverCreate(v(1)), { server: '{"name": "a"}' })).to.match(/is not of type 'object'$/);
    expect(refusal(serverCreate(v(1)), null)).to.equal("None is not of type 'object'");
  });

  it('takes hints under either name, and any hint but the known ones as it is', () => {
    const hinted = { ...server(), 'os:scheduler_hints': { query: '[]', same_host: [IMAGE] } };
    expect(refusal(serverCreate(v(1)), hinted)).to.equal(null);
    const bad = { ...server(), 'OS-SCH-HNT:scheduler_hints': { different_host: 'x' } };
    expect(refusal(serverCreate(v(1)), bad)).to.equal(field('different_host', 'x', `'x' ${ANY_OF}`));
  });
});

describe('schemas of other bodies', () => {
  const rows: readonly (readonly [string, Joi.Schema, unknown, string | null])[] = [
    ['update of nothing', serverUpdate(v(96)), { server: {} }, null],
    ['update of all', serverUpdate(v(96)), { server: { name: 'x', description: null, hostname: 'h.x' } }, null],
    [
      'metadata in an update',
      serverUpdate(v(96)),
      { server: { metadata: {} } },
      field('server', "{'metadata': {}}", "Additional properties are not allowed ('metadata' was unexpected)"),
    ],
    ['metadata', metadataBody(v(1)), { metadata: {} }, null],
    ['metadata, missing', metadataBody(v(1)), {}, "'metadata' is a required property"],
    ['one item', metaBody(v(1)), { meta: { a: 'b' } }, null],
    [
      'two items',
      metaBody(v(1)),
      { meta: { a: 'b', c: 'd' } },
      field('meta', "{'a': 'b', 'c': 'd'}", "{'a': 'b', 'c': 'd'} has too many properties"),
    ],
    ['tags', tagsBody(v(26)), { tags: ['a'] }, null],
    [
      'long tag',
      tagsBody(v(26)),
      { tags: ['x'.repeat(61)] },
      field('0', 'x'.repeat(61), `'${'x'.repeat(61)}' is too long`),
    ],
    ['no body', noBody(v(26)), null, null],
    ['a body where there must be none', noBody(v(26)), {}, "{} is not of type 'null'"],
    ['key', keypairBody(v(1)), { keypair: { name: 'k 1_-' } }, null],
    ['key with null', keypairBody(v(92)), { keypair: { name: 'a@b.c', public_key: null } }, null],
    [
      'key with a dot before 2.92',
      keypairBody(v(91)),
      { keypair: { name: 'a.b' } },
      'Keypair data is invalid: Keypair name contains unsafe characters or is too long.',
    ],
    [
      'key type at 2.1',
      keypairBody(v(1)),
      { keypair: { name: 'k', type: 'ssh' } },
      field('keypair', "{'name': 'k', 'type': 'ssh'}", "Additional properties are not allowed ('type' was unexpected)"),
    ],
    [
      'key type',
      keypairBody(v(2)),
      { keypair: { name: 'k', type: 'pgp' } },
      field('type', 'pgp', "'pgp' is not one of ['ssh', 'x509']"),
    ],
  ];
  for (const [what, schema, body, message] of rows) {
    it(what, () => expect(refusal(schema, body)).to.equal(message));
  }

  const argument = (schema: Joi.Schema, member: string, value: unknown): string | null => {
    try {
      parseMember(schema, member, value);
      return null;
    } catch (error) {
      return answerOf(error, '2.96').message;
    }
  };

  it('arguments of actions', () => {
    expect(argument(rebootArgument(v(1)), 'reboot', { type: 'Hard' })).to.equal(null);
    expect(argument(rebootArgument(v(1)), 'reboot', {})).to.equal(
      field('reboot', '{}', "'type' is a required property"),
    );
    expect(argument(rebootArgument(v(1)), 'reboot', null)).to.equal(
      field('reboot', 'None', "None is not of type 'object'"),
    );
    expect(argument(lockArgument(v(1)), 'lock', 'anything')).to.equal(null);
    expect(argument(lockArgument(v(73)), 'lock', { locked_reason: 'why' })).to.equal(null);
    expect(argument(lockArgument(v(73)), 'lock', null)).to.equal(null);
    expect(argument(lockArgument(v(73)), 'lock', { locked_reason: '' })).to.equal(
      field('locked_reason', '', "'' is too short"),
    );
    for (const length of [10, '10', -1, '-1', null, 0]) {
      expect(argument(consoleArgument(v(1)), 'os-getConsoleOutput', { length }), String(length)).to.equal(null);
    }
    expect(argument(consoleArgument(v(1)), 'os-getConsoleOutput', {})).to.equal(null);
    expect(argument(consoleArgument(v(1)), 'os-getConsoleOutput', { length: -2 })).to.match(
      /less than the minimum of -1$/,
    );
    expect(argument(crashDumpArgument(v(17)), 'trigger_crash_dump', {})).to.match(/is not of type 'null'$/);
  });
});

describe('schemas of queries', () => {
  it('ignore unknown parameters below 2.75 and refuse them from there', () => {
    expect(refusal(serverQuery(v(74)), { foo: '1' }, 'query')).to.equal(null);
    expect(refusal(serverQuery(v(75)), { foo: '1' }, 'query')).to.equal(
      "Additional properties are not allowed ('foo' was unexpected)",
    );
  });

  it('check limits, sort keys and directions, each value of a repeated one', () => {
    const message = (name: string, shown: string, reason: string) =>
      `Invalid input for query parameters ${name}. Value: ${shown}. ${reason}`;
    expect(refusal(serverQuery(v(1)), { limit: '-1' }, 'query')).to.equal(
      message('limit', '-1', "'-1' does not match '^[0-9]*$'"),
    );
    expect(refusal(serverQuery(v(1)), { sort_key: ['uuid', 'nope'] }, 'query')).to.match(
      /^Invalid input for query parameters sort_key. Value: nope. 'nope' is not one of /,
    );
    expect(refusal(serverQuery(v(1)), { sort_key: 'vcpus' }, 'query')).to.equal(null);
    expect(refusal(serverQuery(v(75)), { sort_key: 'vcpus' }, 'query')).to.match(/'vcpus' is not one of/);
    expect(refusal(flavorQuery(v(1)), { sort_dir: 'up' }, 'query')).to.equal(
      message('sort_dir', 'up', "'up' is not one of ['asc', 'desc']"),
    );
  });

  it('keep private names and zero bytes out', () => {
    expect(refusal(serverQuery(v(1)), { _x: '1' }, 'query')).to.equal('Invalid filter field');
    expect(refusal(serverQuery(v(1)), { name: 'a\u0000' }, 'query')).to.match(/is not a 'printable'/);
  });
});
