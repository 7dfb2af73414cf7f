import { expect } from 'chai';
import { NoValidHost } from '#core/domain/errors.js';
import type { Candidate, Ratios, SchedulerRequest } from '#core/scheduler/request.js';
import { schedule } from '#core/scheduler/scheduler.js';
import { buildHost } from '#test/lib/builders.js';

const ratios: Ratios = { cpu: 4, ram: 1, disk: 1, reservedMemoryMb: 512 };
const request: SchedulerRequest = {
  cpus: 1,
  memoryMb: 512,
  diskGb: 1,
  runtime: null,
  zone: null,
  host: null,
  sameHosts: null,
  differentHosts: [],
};
const candidate = (name: string, over: Partial<Candidate> = {}): Candidate => ({
  host: buildHost({ name }),
  load: { cpus: 0, memoryMb: 0, diskGb: 0, containers: 0 },
  alive: true,
  ...over,
});

describe('the scheduler', () => {
  it('takes the host with the most free memory', () => {
    const busy = candidate('a', { load: { cpus: 1, memoryMb: 1024, diskGb: 1, containers: 1 } });
    expect(schedule([busy, candidate('b')], request, ratios).host.name).to.equal('b');
  });

  const refusals: readonly [string, Candidate, Partial<SchedulerRequest>, string][] = [
    [
      'a disabled service',
      candidate('a', { host: buildHost({ name: 'a', enabled: false }) }),
      {},
      'its service is disabled',
    ],
    ['a silent host', candidate('a', { alive: false }), {}, 'its service is down'],
    ['another zone', candidate('a'), { zone: 'moon' }, 'it is in zone nova'],
    ['a runtime that it lacks', candidate('a'), { runtime: 'kata' }, 'it has no runtime kata'],
    ['more CPUs than it really has, in spite of the ratio', candidate('a'), { cpus: 3 }, 'it has 2 CPUs'],
    [
      'CPUs that are promised',
      candidate('a', { load: { cpus: 7.5, memoryMb: 0, diskGb: 0, containers: 1 } }),
      {},
      '0.5 CPUs are left',
    ],
    [
      'memory that is promised',
      candidate('a', { load: { cpus: 0, memoryMb: 7168, diskGb: 0, containers: 1 } }),
      { memoryMb: 513 },
      '512 MiB of memory are left',
    ],
    [
      'disk that is promised',
      candidate('a', { load: { cpus: 0, memoryMb: 0, diskGb: 100, containers: 1 } }),
      {},
      '0 GiB of disk are left',
    ],
    ['another host by name', candidate('a'), { host: 'b' }, 'another host was requested'],
    ['the hint same_host', candidate('a'), { sameHosts: ['b'] }, 'same_host'],
    ['the hint different_host', candidate('a'), { differentHosts: ['a'] }, 'different_host'],
  ];
  for (const [what, host, over, reason] of refusals) {
    it(`refuses ${what} and says why`, () => {
      expect(() => schedule([host], { ...request, ...over }, ratios))
        .to.throw(NoValidHost)
        .with.property('message')
        .that.includes('There are not enough hosts available.')
        .and.includes(`a: `)
        .and.includes(reason);
    });
  }

  it('refuses when there is no host at all', () => {
    expect(() => schedule([], request, ratios)).to.throw(NoValidHost, 'There are not enough hosts available.');
  });
});
