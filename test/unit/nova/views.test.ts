import { expect } from 'chai';
import type { HostUsage } from '#core/domain/host.js';
import type { Operation } from '#core/domain/operation.js';
import { MicroVersion } from '#core/http/version.js';
import { briefHypervisor, hypervisorView, uptimeText, versionNumber } from '#nova/views/hypervisor.js';
import { instanceActionDetail, instanceActionView } from '#nova/views/instance-action.js';
import { linkRoots, nextLink } from '#nova/views/links.js';
import { hostStatus } from '#nova/views/server.js';
import { buildContainer } from '#test/lib/builders.js';

const v = (minor: number): MicroVersion => new MicroVersion(2, minor);
const members = (value: unknown): string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : []);
const keys = (view: unknown): string[] => members(view).sort();
const words = (text: string): string[] => text.trim().split(/\s+/);
const at = new Date('2026-01-10T08:30:15.123Z');
const web = buildContainer();

const host: HostUsage = {
  id: 1,
  serviceId: 2,
  uuid: '4d40dbd8-8ce3-47e5-a682-9d021a7b6396',
  serviceUuid: '5b0e3dac-359e-40c0-adf1-8da4ae18c1f7',
  name: 'node1',
  availabilityZone: 'nova',
  address: '10.0.0.1',
  info: {
    engine: 'docker',
    version: '20.10.24+dfsg1',
    engineId: 'e',
    cpus: 4,
    memoryMb: 8192,
    diskGb: 100,
    architecture: 'x86_64',
    osType: 'linux',
    os: 'Debian',
    kernel: '6.1',
    runtimes: ['runc'],
    defaultRuntime: 'runc',
    labels: {},
    diskQuota: false,
    bootedAt: '2026-01-08T06:25:00.000Z',
  },
  enabled: true,
  disabledReason: null,
  forcedDown: false,
  reportCount: 1,
  lastSeenAt: at,
  createdAt: at,
  updatedAt: at,
  up: true,
  cpusUsed: 1.5,
  memoryUsedMb: 1024,
  diskUsedGb: 3,
  containers: 2,
};

describe('views of hosts', () => {
  it('say how a host is', () => {
    expect(hostStatus(host)).to.equal('UP');
    expect(hostStatus({ ...host, up: false })).to.equal('UNKNOWN');
    expect(hostStatus({ ...host, enabled: false })).to.equal('MAINTENANCE');
    expect(hostStatus({ ...host, enabled: false, forcedDown: true, up: false })).to.equal('DOWN');
    expect(hostStatus(undefined)).to.equal('UNKNOWN');
  });

  it('have the members of their version', () => {
    const load = words(`
  vcpus memory_mb local_gb vcpus_used memory_mb_used local_gb_used free_ram_mb free_disk_gb
  current_workload running_vms disk_available_least cpu_info
`);
    const base = [
      'id',
      'hypervisor_hostname',
      'state',
      'status',
      'hypervisor_type',
      'hypervisor_version',
      'host_ip',
      'service',
    ];
    expect(keys(hypervisorView(host, v(1), null, at))).to.deep.equal([...base, ...load].sort());
    expect(keys(hypervisorView(host, v(88), null, at))).to.deep.equal([...base, 'uptime'].sort());
    expect(keys(briefHypervisor(host, v(1), null))).to.deep.equal(['hypervisor_hostname', 'id', 'state', 'status']);
  });

  it('have numbers for ids until 2.52, uuids from 2.53, and cpu_info as text until 2.27', () => {
    expect(hypervisorView(host, v(52), null, at)).to.deep.include({
      id: 1,
      service: { id: 2, host: 'node1', disabled_reason: null },
    });
    expect(hypervisorView(host, v(53), null, at)).to.have.property('id', host.uuid);
    const text = hypervisorView(host, v(27), null, at)['cpu_info'];
    expect(typeof text === 'string' && JSON.parse(text)).to.deep.equal(
      hypervisorView(host, v(28), null, at)['cpu_info'],
    );
  });

  it('leave out empty lists of servers below 2.75', () => {
    expect(briefHypervisor(host, v(53), [])).to.not.have.property('servers');
    expect(briefHypervisor(host, v(75), []))
      .to.have.property('servers')
      .that.deep.equals([]);
  });

  it('read the version of the engine as a number, and its uptime as text', () => {
    expect(versionNumber('20.10.24+dfsg1')).to.equal(20_010_024);
    expect(versionNumber('28.2')).to.equal(28_002_000);
    expect(versionNumber('unknown')).to.equal(0);
    expect(uptimeText(host, new Date('2026-01-10T08:30:00.000Z'))).to.equal(' 08:30:00 up 2 days, 2:05');
    expect(uptimeText(host, new Date('2026-01-08T06:26:00.000Z'))).to.equal(' 06:26:00 up 0:01');
    const { bootedAt: _, ...info } = host.info;
    expect(uptimeText({ ...host, info }, at)).to.equal(null);
  });
});

describe('views of instance actions', () => {
  const operation: Operation = {
    id: 'o1',
    seq: 1,
    container: web.uuid,
    projectId: web.projectId,
    userId: 'u1',
    requestId: 'req-1',
    frontEnd: 'nova',
    host: 'node1',
    action: 'create',
    args: { start: true },
    state: 'done',
    step: 'start',
    attempt: 1,
    events: [],
    error: null,
    createdAt: at,
    startedAt: at,
    finishedAt: new Date('2026-01-10T08:30:17.829Z'),
  };

  it('have the members of their version', () => {
    const base = ['action', 'instance_uuid', 'message', 'project_id', 'request_id', 'start_time', 'user_id'];
    expect(keys(instanceActionView(operation, v(1)))).to.deep.equal(base);
    expect(keys(instanceActionView(operation, v(58)))).to.deep.equal([...base, 'updated_at'].sort());
    expect(instanceActionDetail(operation, web, v(50), false)).to.not.have.property('events');
    const event = (minor: number, admin: boolean): string[] => {
      const detail: unknown = instanceActionDetail(operation, web, v(minor), admin);
      const events: unknown = typeof detail === 'object' && detail !== null ? Reflect.get(detail, 'events') : null;
      return Array.isArray(events) ? keys(events[0]) : [];
    };
    expect(event(51, false)).to.deep.equal(['event', 'finish_time', 'result', 'start_time']);
    expect(event(1, true)).to.deep.equal(['event', 'finish_time', 'result', 'start_time', 'traceback']);
    expect(event(62, false)).to.deep.equal(['event', 'finish_time', 'hostId', 'result', 'start_time']);
    expect(event(84, true)).to.deep.equal([
      'details',
      'event',
      'finish_time',
      'host',
      'hostId',
      'result',
      'start_time',
      'traceback',
    ]);
  });

  it('say how it went', () => {
    const show = (o: Operation): unknown => instanceActionDetail(o, web, v(96), true);
    expect(show(operation)).to.have.nested.property('events[0].result', 'Success');
    expect(show(operation)).to.have.nested.property('events[0].event', 'compute__do_build_and_run_instance');
    expect(show(operation)).to.have.property('message', null);
    const failed = show({ ...operation, state: 'failed', error: 'no space' });
    expect(failed).to.have.property('message', 'Error');
    expect(failed).to.have.nested.property('events[0].details', 'no space');
    expect(show({ ...operation, state: 'running', finishedAt: null })).to.have.nested.property(
      'events[0].result',
      null,
    );
    expect(show({ ...operation, state: 'queued', startedAt: null, finishedAt: null })).to.have.deep.property(
      'events',
      [],
    );
  });
});

describe('links', () => {
  it('keep the project that the request had in its path', () => {
    expect(linkRoots({ baseUrl: 'http://h', prefix: '/v2.1/p1' })).to.deep.equal({
      self: 'http://h/v2.1/p1',
      bookmark: 'http://h/p1',
    });
  });

  it('lead to the next page when this one is full, with the query sorted', () => {
    const call = { baseUrl: 'http://h', prefix: '/v2.1', rawQuery: new URLSearchParams('name=a%2Bb&limit=2&marker=x') };
    expect(nextLink(call, 'servers_links', '/servers', { count: 2, size: 2, last: 'id2' })).to.deep.equal({
      servers_links: [{ rel: 'next', href: 'http://h/v2.1/servers?limit=2&marker=id2&name=a%2Bb' }],
    });
    expect(nextLink(call, 'servers_links', '/servers', { count: 1, size: 2, last: 'id2' })).to.deep.equal({});
    expect(nextLink(call, 'servers_links', '/servers', { count: 0, size: 0, last: undefined })).to.deep.equal({});
  });
});
