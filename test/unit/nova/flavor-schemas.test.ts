import { expect } from 'chai';
import { parse } from '#core/http/parse.js';
import { extraSpecsBody, oneExtraSpecBody } from '#schemas/nova/extra-specs.js';
import { flavorBody, flavorUpdateBody, tenantArgument } from '#schemas/nova/flavor.js';
import { field, refusalOf, v } from './refusal-of.js';

const flavor = (over: Record<string, unknown> = {}): { readonly flavor: Record<string, unknown> } => ({
  flavor: { name: 'f', ram: 64, vcpus: 1, disk: 0, ...over },
});

describe('schemas of flavors', () => {
  it('take digits for numbers, a number for the id, words for booleans', () => {
    const given = flavor({
      id: 42,
      ram: '128',
      vcpus: '2',
      disk: '3',
      swap: '4',
      'OS-FLV-EXT-DATA:ephemeral': '5',
      rxtx_factor: '1.5',
      'os-flavor-access:is_public': 'False',
    });
    expect(parse(flavorBody(v(1)), given, 'body').flavor).to.deep.equal({
      name: 'f',
      id: '42',
      ram: 128,
      vcpus: 2,
      disk: 3,
      swap: 4,
      'OS-FLV-EXT-DATA:ephemeral': 5,
      rxtx_factor: 1.5,
      'os-flavor-access:is_public': false,
    });
  });

  it('take null for the id, and a description from 2.55', () => {
    expect(refusalOf(flavorBody(v(55)), flavor({ id: null, description: 'x'.repeat(65_535) }))).to.equal(null);
    expect(refusalOf(flavorBody(v(55)), flavor({ description: null }))).to.equal(null);
    expect(refusalOf(flavorBody(v(55)), flavor({ description: 'x'.repeat(65_536) }))).to.include('is too long');
    expect(refusalOf(flavorBody(v(54)), flavor({ description: 'x' }))).to.include(
      "Additional properties are not allowed ('description' was unexpected)",
    );
  });

  const refused: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ ram: 0 }, field('ram', '0', '0 is less than the minimum of 1')],
    [{ ram: undefined }, "'ram' is a required property"],
    [{ ram: 'big' }, "'big' does not match"],
    [{ ram: 2_147_483_648 }, 'is greater than the maximum'],
    [{ vcpus: '0' }, 'is less than the minimum of 1'],
    [{ disk: -1 }, field('disk', '-1', '-1 is less than the minimum of 0')],
    [{ swap: 1.5 }, "is not of type 'integer', 'string'"],
    [{ 'OS-FLV-EXT-DATA:ephemeral': -1 }, 'is less than the minimum of 0'],
    [{ rxtx_factor: 0 }, 'is less than or equal to the minimum of 0'],
    [{ rxtx_factor: 'fast' }, "'fast' does not match"],
    [{ rxtx_factor: true }, "True is not of type 'string', 'number'"],
    [{ 'os-flavor-access:is_public': 'maybe' }, "'maybe' is not one of"],
    [{ id: '' }, "'' is too short"],
    [{ id: ' a' }, "' a' does not match"],
    [{ id: 'a/b' }, "'a/b' does not match"],
    [{ id: 'a'.repeat(256) }, 'is too long'],
    [{ id: {} }, "is not of type 'string', 'number', 'null'"],
    [{ name: '' }, "'' is too short"],
    [{ name: ' f' }, 'Can not start or end with whitespace.'],
    [{ name: 7 }, "7 is not of type 'string'"],
    [{ links: [] }, "('links' was unexpected)"],
  ];
  for (const [over, words] of refused) {
    it(`refuse ${JSON.stringify(over).slice(0, 60)}`, () => {
      expect(refusalOf(flavorBody(v(96)), flavor(over))).to.include(words);
    });
  }

  it('let an update change the description and nothing else', () => {
    const update = flavorUpdateBody(v(55));
    expect(refusalOf(update, { flavor: { description: null } })).to.equal(null);
    expect(refusalOf(update, { flavor: {} })).to.include("'description' is a required property");
    expect(refusalOf(update, { flavor: { description: 'x', ram: 1 } })).to.include("('ram' was unexpected)");
    expect(refusalOf(update, null)).to.equal("None is not of type 'object'");
  });

  it('take the id of a project for access', () => {
    expect(refusalOf(tenantArgument(v(1)), { tenant: '6f70656e737461636b20342065766572' })).to.equal(null);
    expect(refusalOf(tenantArgument(v(1)), { tenant: '' })).to.include('is too short');
    expect(refusalOf(tenantArgument(v(1)), { tenant: 'a b' })).to.include("'a b' does not match");
    expect(refusalOf(tenantArgument(v(1)), {})).to.include("'tenant' is a required property");
  });
});

describe('schemas of extra specs', () => {
  const body = (specs: unknown): unknown => ({ extra_specs: specs });

  it('keep numbers as strings', () => {
    expect(parse(extraSpecsBody(v(1)), body({ a: 1, b: '2' }), 'body')).to.deep.equal(body({ a: '1', b: '2' }));
  });

  it('refuse keys and values that are none', () => {
    const refused: readonly (readonly [unknown, string])[] = [
      [{ 'a/b': 'x' }, 'was unexpected'],
      [{ a: null }, "None is not of type 'string', 'number'"],
      [{ a: 'x'.repeat(256) }, 'is too long'],
      [[], "is not of type 'object'"],
    ];
    for (const [specs, words] of refused) expect(refusalOf(extraSpecsBody(v(1)), body(specs))).to.include(words);
    expect(refusalOf(oneExtraSpecBody(v(1)), {})).to.include('does not have enough properties');
    expect(refusalOf(oneExtraSpecBody(v(1)), { a: '1', b: '2' })).to.include('has too many properties');
  });

  const values: readonly (readonly [string, string, boolean])[] = [
    ['hw:numa_nodes', '2', true],
    ['hw:numa_nodes', 'foo', false],
    ['hw:numa_nodes', '0', false],
    ['hw:numa_cpus.0', '0-3,^2', true],
    ['hw:numa_cpus.x', '0', false],
    ['hw:cpu_policy', 'dedicated', true],
    ['hw:cpu_policy', 'sometimes', false],
    ['hw:mem_page_size', '2MB', true],
    ['hw:mem_page_size', 'huge', false],
    ['hw:no_such_thing', '1', false],
    ['quota:cpu_quota', '50000', true],
    ['quota:cpu_quota', '-1', true],
    ['quota:cpu_quota', 'half', false],
    ['quota:cpu_period', '1000001', false],
    ['quota:disk_read_iops_sec', '100', true],
    ['quota:disk_read_iops', '100', false],
    ['container:pids_limit', 'anything', true],
    ['aggregate_instance_extra_specs:ssd', 'true', true],
    ['plain', 'x', true],
  ];
  for (const [key, value, good] of values) {
    it(`${good ? 'take' : 'refuse'} ${key}=${value} from 2.86`, () => {
      const words = refusalOf(extraSpecsBody(v(86)), body({ [key]: value }));
      if (good) expect(words).to.equal(null);
      else expect(words).to.match(/^Validation failed; /);
      expect(refusalOf(extraSpecsBody(v(85)), body({ [key]: value }))).to.equal(null);
      expect(refusalOf(oneExtraSpecBody(v(86)), { [key]: value }) === null).to.equal(good);
    });
  }
});
