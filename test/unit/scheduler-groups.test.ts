import { expect } from 'chai';
import { NoValidHost } from '#core/domain/errors.js';
import type { GroupPolicy } from '#core/domain/server-group.js';
import type { Candidate, SchedulerRequest } from '#core/scheduler/request.js';
import { schedule } from '#core/scheduler/scheduler.js';
import { buildHost } from '#test/lib/builders.js';

const ratios = { cpu: 4, ram: 1, disk: 1, reservedMemoryMb: 0 };
const candidate = (name: string, memoryMb: number): Candidate => ({
  host: buildHost({ name }),
  load: { cpus: 0, memoryMb, diskGb: 0, containers: 0 },
  alive: true,
});
const request = (over: Partial<SchedulerRequest>): SchedulerRequest => ({
  cpus: 0,
  memoryMb: 0,
  diskGb: 0,
  runtime: null,
  zone: null,
  host: null,
  sameHosts: null,
  differentHosts: [],
  ...over,
});

describe('the scheduler and server groups', () => {
  // In the order of free memory: c, b, a.
  const hosts = [candidate('a', 300), candidate('b', 200), candidate('c', 100)];
  const chosen = (policy: GroupPolicy, members: Record<string, number>, maxPerHost = 1): string => {
    const group = { policy, maxPerHost, members: new Map(Object.entries(members)) };
    return schedule(hosts, request({ group }), ratios).host.name;
  };

  it('affinity goes where the group is, and anywhere while it is nowhere', () => {
    expect(chosen('affinity', {})).to.equal('c');
    expect(chosen('affinity', { a: 1 })).to.equal('a');
    expect(() => chosen('affinity', { gone: 1 })).to.throw(NoValidHost, 'a: the server group is on another host.');
  });
  it('anti-affinity goes where the group is not, up to the members that its rule allows', () => {
    expect(chosen('anti-affinity', {})).to.equal('c');
    expect(chosen('anti-affinity', { c: 1 })).to.equal('b');
    expect(chosen('anti-affinity', { c: 1, b: 1, a: 1 }, 2)).to.equal('c');
    expect(() => chosen('anti-affinity', { a: 1, b: 1, c: 2 })).to.throw(
      NoValidHost,
      'c: it has 2 of the server group already.',
    );
  });
  it('the soft forms prefer, before free memory does', () => {
    expect(chosen('soft-affinity', { a: 1 })).to.equal('a');
    expect(chosen('soft-affinity', { gone: 1 })).to.equal('c');
    expect(chosen('soft-anti-affinity', { c: 1 })).to.equal('b');
    expect(chosen('soft-anti-affinity', { a: 1, b: 1, c: 2 })).to.equal('b');
  });
});
