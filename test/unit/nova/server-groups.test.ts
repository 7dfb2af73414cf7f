import { expect } from 'chai';
import type { ServerGroup } from '#core/domain/server-group.js';
import { parse } from '#core/http/parse.js';
import { serverGroupView } from '#nova/views/server-group.js';
import { serverGroupBody, serverGroupQuery } from '#schemas/nova/server-group.js';
import { refusalOf, v } from './refusal-of.js';

const body = (over: Record<string, unknown>): unknown => ({ server_group: { name: 'g', ...over } });

describe('schema of server groups', () => {
  const accepted: readonly (readonly [number, Record<string, unknown>])[] = [
    [1, { policies: ['affinity'] }],
    [1, { policies: ['anti-affinity'] }],
    [15, { policies: ['soft-affinity'] }],
    [63, { policies: ['soft-anti-affinity'] }],
    [64, { policy: 'soft-affinity' }],
    [64, { policy: 'anti-affinity', rules: {} }],
    [96, { policy: 'anti-affinity', rules: { max_server_per_host: '3' } }],
  ];
  for (const [minor, over] of accepted) {
    it(`takes ${JSON.stringify(over)} at 2.${minor}`, () => {
      expect(refusalOf(serverGroupBody(v(minor)), body(over))).to.equal(null);
    });
  }
  const refused: readonly (readonly [number, Record<string, unknown>, string])[] = [
    [1, {}, "'policies' is a required property"],
    [1, { policies: [] }, 'is too short'],
    [1, { policies: ['affinity', 'anti-affinity'] }, 'is too long'],
    [14, { policies: ['soft-affinity'] }, "'soft-affinity' is not one of"],
    [63, { policy: 'affinity', policies: ['affinity'] }, "('policy' was unexpected)"],
    [64, { policies: ['affinity'] }, "'policy' is a required property"],
    [64, { policy: 'nearby' }, "'nearby' is not one of"],
    [64, { policy: 'anti-affinity', rules: { max_server_per_host: 0 } }, 'is less than the minimum of 1'],
    [64, { policy: 'anti-affinity', rules: { other: 1 } }, "('other' was unexpected)"],
    [64, { policy: 'affinity', name: ' g' }, 'Can not start or end with whitespace.'],
  ];
  for (const [minor, over, words] of refused) {
    it(`refuses ${JSON.stringify(over)} at 2.${minor}`, () => {
      expect(refusalOf(serverGroupBody(v(minor)), body(over))).to.include(words);
    });
  }

  it('takes the number of a rule as digits, and closes its query at 2.75', () => {
    const given = body({ policy: 'anti-affinity', rules: { max_server_per_host: '3' } });
    expect(parse(serverGroupBody(v(64)), given, 'body').server_group.rules).to.deep.equal({ max_server_per_host: 3 });
    expect(refusalOf(serverGroupQuery(v(74)), { x: '1' }, 'query')).to.equal(null);
    expect(refusalOf(serverGroupQuery(v(75)), { x: '1' }, 'query')).to.include("('x' was unexpected)");
    expect(refusalOf(serverGroupQuery(v(1)), { limit: 'x' }, 'query')).to.include('does not match');
  });
});

describe('view of server groups', () => {
  const group: ServerGroup = {
    uuid: 'u',
    projectId: 'p',
    userId: 'me',
    name: 'g',
    policy: 'anti-affinity',
    rules: { max_server_per_host: 2 },
    members: ['s'],
  };
  it('has the members of its version', () => {
    const old = { id: 'u', name: 'g', members: ['s'], policies: ['anti-affinity'], metadata: {} };
    expect(serverGroupView(group, v(12))).to.deep.equal(old);
    expect(serverGroupView(group, v(63))).to.deep.equal({ ...old, project_id: 'p', user_id: 'me' });
    expect(serverGroupView(group, v(64))).to.deep.equal({
      id: 'u',
      name: 'g',
      members: ['s'],
      policy: 'anti-affinity',
      rules: { max_server_per_host: 2 },
      project_id: 'p',
      user_id: 'me',
    });
  });
});
