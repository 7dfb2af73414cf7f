import { expect } from 'chai';
import type { PortBinding } from '#core/domain/container.js';
import { noFacts } from '#core/domain/container.js';
import type { Operation, OperationEvent } from '#core/domain/operation.js';
import { QUOTA_DEFAULTS } from '#core/domain/records.js';
import { MicroVersion } from '#core/http/version.js';
import { actionDetailView, actionView } from '#native/views/action.js';
import { containerJson, listFrame, listView, seenBy } from '#native/views/container.js';
import { hostView, serviceView } from '#native/views/host.js';
import { networkListView } from '#native/views/network-list.js';
import { quotaUsageView, quotaView } from '#native/views/quota.js';
import { statsView } from '#native/views/stats.js';
import { rootDocument, versionDocument } from '#native/views/versions.js';
import { buildContainer, buildHost, buildServer, buildSpec, type ContainerOverrides } from '#test/lib/builders.js';
import { bearer } from '#test/lib/images.js';
import { Json } from '#test/lib/request.js';

const BASE = 'http://zun:9517';
const now = new Date('2026-01-10T08:35:20Z');
const MEMBER_KEYS = [
  'uuid',
  'links',
  'name',
  'project_id',
  'user_id',
  'image',
  'image_driver',
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
  'restart_policy',
  'healthcheck',
  'ports',
  'addresses',
  'security_groups',
  'registry_id',
  'status',
  'status_reason',
  'status_detail',
  'task_state',
  'created_at',
  'updated_at',
];
const ADMIN_KEYS = [...MEMBER_KEYS, 'host', 'image_pull_policy', 'privileged', 'runtime'];

const show = (over: ContainerOverrides = {}, isAdmin = false, baseUrl: string | null = BASE): Json =>
  new Json(JSON.parse(containerJson(buildContainer(over), seenBy(bearer('p', isAdmin)), now, baseUrl)));
const keys = ({ value }: Json): string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : []);

const port: PortBinding = {
  portId: 'port-1',
  networkId: 'net-1',
  networkName: 'private',
  macAddress: 'fa:16:3e:00:00:01',
  fixedIps: [
    { subnetId: 'sub-4', address: '10.0.0.7', version: 4 },
    { subnetId: 'sub-6', address: 'fe80::7', version: 6 },
  ],
  securityGroups: [{ id: 'group-1', name: 'default' }],
  preserveOnDelete: true,
};

describe('native view of a container', () => {
  it('has 33 keys for members and 37 for administrators, and no links in lists', () => {
    expect(keys(show())).to.have.members(MEMBER_KEYS).and.to.have.length(33);
    expect(keys(show({}, true)))
      .to.have.members(ADMIN_KEYS)
      .and.to.have.length(37);
    expect(keys(show({}, true, null))).to.have.members(ADMIN_KEYS.filter((k) => k !== 'links'));
  });

  it('has the types of Zun', () => {
    const spec = buildSpec({
      limits: { cpus: 0.5, memoryMb: 100, swapMb: 0, diskGb: 5, pids: null, shmMb: null },
      restartPolicy: { name: 'on-failure', maximumRetryCount: 2 },
      healthcheck: { test: 'true', interval: 30, retries: 3, timeout: 5 },
    });
    expect(show({ spec }).value).to.deep.include({
      cpu: 0.5,
      memory: '100',
      disk: 5,
      cpu_policy: 'shared',
      restart_policy: { Name: 'on-failure', MaximumRetryCount: '2' },
      healthcheck: { test: 'true', interval: 30, retries: 3, timeout: 5 },
      image: 'busybox',
      image_driver: 'docker',
      status: 'Running',
      status_reason: null,
      status_detail: 'Up 5 mins',
      task_state: null,
      created_at: '2026-01-10 08:30:15',
      updated_at: null,
      registry_id: null,
    });
  });

  it('never has null for a collection', () => {
    const fresh = show({ facts: { ...noFacts }, spec: buildSpec({ networks: [] }) }).value;
    expect(fresh).to.deep.include({
      command: [],
      entrypoint: [],
      ports: [],
      environment: {},
      labels: {},
      addresses: {},
      restart_policy: {},
      healthcheck: {},
      security_groups: [],
      status: 'Creating',
    });
  });

  it('shows what the engine really runs', () => {
    const effective = { command: ['nginx'], entrypoint: ['/entry.sh'], ports: [80, 443], runtime: 'runc' };
    const seen = show({ facts: { effective } }, true);
    expect(seen.value).to.deep.include({
      command: ['nginx'],
      entrypoint: ['/entry.sh'],
      ports: [80, 443],
      runtime: 'runc',
    });
    expect(show({ spec: buildSpec({ exposedPorts: ['80/tcp', '53/udp'] }) }).at('ports').value).to.deep.equal([80, 53]);
  });

  it('shows each address of a port', () => {
    const seen = show({ ports: [port] });
    expect(seen.at('addresses').value).to.deep.equal({
      'net-1': [
        { addr: '10.0.0.7', version: 4, port: 'port-1', subnet_id: 'sub-4', preserve_on_delete: true },
        { addr: 'fe80::7', version: 6, port: 'port-1', subnet_id: 'sub-6', preserve_on_delete: true },
      ],
    });
    expect(seen.at('security_groups').value).to.deep.equal(['group-1']);
  });

  it('links to itself', () => {
    const { uuid } = buildContainer();
    expect(show().at('links').value).to.deep.equal([
      { href: `${BASE}/v1/containers/${uuid}`, rel: 'self' },
      { href: `${BASE}/containers/${uuid}`, rel: 'bookmark' },
    ]);
  });

  it('is in lists as it is alone, but without links, and holds until the clock changes it', async () => {
    const running = buildContainer({ facts: { startedAt: new Date(Date.now() - 90_000) } });
    const created = buildContainer({ facts: { startedAt: null, running: false } });
    const [first, second] = await listView(bearer('p')).render([running, created]);
    expect(first?.json).to.equal(containerJson(running, seenBy(bearer('p')), new Date(), null));
    expect(first?.until).to.equal((running.facts.startedAt?.getTime() ?? 0) + 120_000);
    expect(second?.until).to.equal(Number.POSITIVE_INFINITY);
  });

  it('survives names and values that need escapes', () => {
    const environment = { A: '"}],\n\u2028é' };
    const c = buildContainer({ spec: buildSpec({ environment }) });
    const [before, after] = listFrame(null);
    const list = new Json(JSON.parse(`${before}${containerJson(c, seenBy(bearer('p')), now, null)}${after}`));
    expect(list.at('containers', 0, 'environment').value).to.deep.equal(environment);
    expect(list.at('next').value).to.equal(null);
  });

  it('differs in lists by who looks', () => {
    expect(listView(bearer('p')).key).to.not.equal(listView(bearer('p', true)).key);
  });
});

describe('native view of networks', () => {
  it('is by address before 1.18 and by port from then on', () => {
    expect(networkListView([port], MicroVersion.of('1.17')).networks).to.deep.equal([
      { net_id: 'net-1', subnet_id: 'sub-4', port_id: 'port-1', version: 4, ip_address: '10.0.0.7' },
      { net_id: 'net-1', subnet_id: 'sub-6', port_id: 'port-1', version: 6, ip_address: 'fe80::7' },
    ]);
    expect(networkListView([port], MicroVersion.of('1.18')).networks).to.deep.equal([
      {
        net_id: 'net-1',
        port_id: 'port-1',
        fixed_ips: [
          { subnet_id: 'sub-4', version: 4, ip_address: '10.0.0.7' },
          { subnet_id: 'sub-6', version: 6, ip_address: 'fe80::7' },
        ],
      },
    ]);
  });
});

describe('native view of an action', () => {
  const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 10, 8, 30, seconds, 123));
  const step = (name: string, second: number, over: Partial<OperationEvent> = {}): OperationEvent => ({
    step: name,
    startedAt: at(second),
    finishedAt: at(second + 1),
    result: 'success',
    message: null,
    ...over,
  });
  const operation = (over: Partial<Operation> = {}): Operation => ({
    id: 'o1',
    seq: 1,
    container: 'c1',
    projectId: 'p1',
    userId: 'u1',
    requestId: 'req-1',
    frontEnd: 'native',
    host: 'node1',
    action: 'create',
    args: { start: true },
    state: 'done',
    step: 'start',
    attempt: 1,
    events: [step('network', 1), step('image', 2), step('start', 4)],
    error: null,
    createdAt: at(0),
    startedAt: at(1),
    finishedAt: at(5),
    ...over,
  });

  it('is as Zun has it', () => {
    expect(actionView(operation())).to.deep.equal({
      action: 'create',
      container_uuid: 'c1',
      request_id: 'req-1',
      user_id: 'u1',
      project_id: 'p1',
      start_time: '2026-01-10T08:30:00.123000',
      finish_time: '2026-01-10T08:30:05.123000',
      message: null,
    });
    expect(actionView(operation({ state: 'failed' })).message).to.equal('Error');
    expect(actionView(operation({ state: 'running', finishedAt: null })).finish_time).to.equal(null);
  });

  it('shows a run as two events, and all else as one', () => {
    expect(
      actionDetailView(operation(), false).events.map((e) => [e.event, e.start_time, e.finish_time, e.result]),
    ).to.deep.equal([
      ['compute__do_container_create', '2026-01-10T08:30:01.123000', '2026-01-10T08:30:03.123000', 'Success'],
      ['compute__do_container_start', '2026-01-10T08:30:04.123000', '2026-01-10T08:30:05.123000', 'Success'],
    ]);
    expect(actionDetailView(operation({ args: { start: false } }), false).events).to.have.length(1);
    const reboot = operation({
      action: 'reboot',
      args: { type: 'SOFT', timeout: null },
      events: [step('stop', 1), step('start', 2)],
    });
    expect(actionDetailView(reboot, false).events.map((e) => e.event)).to.deep.equal(['compute__do_container_reboot']);
    expect(actionDetailView(operation({ events: [] }), false).events).to.deep.equal([]);
  });

  it('shows reasons to administrators alone', () => {
    const failed = operation({
      state: 'failed',
      events: [step('network', 1), step('image', 2, { result: 'error', message: 'no such image' })],
    });
    expect(actionDetailView(failed, true).events[0]).to.include({ result: 'Error', traceback: 'no such image' });
    expect(actionDetailView(failed, false).events[0]).to.include({ result: 'Error', traceback: null });
  });

  it('has no end while a step runs', () => {
    const running = operation({
      state: 'running',
      finishedAt: null,
      events: [step('network', 1, { finishedAt: null, result: null })],
    });
    expect(actionDetailView(running, true).events[0]).to.include({ finish_time: null, result: null, traceback: null });
  });
});

describe('native views of an operator', () => {
  const host = { ...buildHost(), up: true, cpusUsed: 0.5, memoryUsedMb: 512, diskUsedGb: 0, containers: 1 };

  it('has 18 keys for a host', () => {
    const view = hostView(host, BASE);
    expect(Object.keys(view)).to.have.length(18);
    expect(view).to.deep.include({
      hostname: 'node1',
      mem_total: 8192,
      mem_used: 512,
      cpus: 2,
      cpu_used: 0.5,
      runtimes: ['runc'],
    });
  });

  it('has 12 keys for a service', () => {
    const view = serviceView(host);
    expect(Object.keys(view)).to.have.length(12);
    expect(view).to.include({ id: 1, host: 'node1', binary: 'zun-compute', state: 'up', disabled: false });
    expect(serviceView({ ...host, up: false, enabled: false, disabledReason: 'x' })).to.include({
      state: 'down',
      disabled: true,
      disabled_reason: 'x',
    });
  });

  it('shows quotas flat, or with what is used', () => {
    expect(quotaView(QUOTA_DEFAULTS)).to.deep.equal({ containers: 40, memory: 51200, cpu: 20, disk: 100 });
    const usage = { containers: 2, cpus: 1.5, cores: 2, memoryMb: 64, diskGb: 1, serverGroups: 0 };
    expect(quotaUsageView(QUOTA_DEFAULTS, usage)).to.deep.equal({
      containers: { limit: 40, in_use: 2 },
      memory: { limit: 51200, in_use: 64 },
      cpu: { limit: 20, in_use: 1.5 },
      disk: { limit: 100, in_use: 1 },
    });
  });

  it('shows statistics under the keys of Zun', () => {
    const stats = {
      cpuPercent: 12.5,
      cpuTimeNs: 1,
      onlineCpus: 2,
      memoryUsedBytes: 1_048_576,
      memoryLimitBytes: 4_194_304,
      blockReadBytes: 10,
      blockWriteBytes: 20,
      networkReceivedBytes: 30,
      networkSentBytes: 40,
      pids: 1,
    };
    expect(statsView(buildContainer({ server: buildServer() }), stats)).to.deep.equal({
      CONTAINER: 'web1',
      'CPU %': 12.5,
      'MEM USAGE(MiB)': 1,
      'MEM LIMIT(MiB)': 4,
      'MEM %': 25,
      'BLOCK I/O(B)': '10/20',
      'NET I/O(B)': '30/40',
    });
  });
});

describe('native version documents', () => {
  it('has what clients look for at the root', () => {
    const root = new Json(rootDocument(BASE));
    expect(root.at('versions', 0).value).to.deep.equal({
      id: 'v1',
      status: 'CURRENT',
      min_version: '1.1',
      max_version: '1.40',
      links: [{ href: `${BASE}/v1/`, rel: 'self' }],
    });
    expect(root.at('default_version').value).to.deep.equal(root.at('versions', 0).value);
    expect(root.text('name')).to.equal('OpenStack Zun API');
  });

  it('links to the collections at /v1', () => {
    const document = new Json(versionDocument(BASE));
    expect(keys(document)).to.have.length(13);
    expect(document.at('containers').value).to.deep.equal([
      { href: `${BASE}/v1/containers/`, rel: 'self' },
      { href: `${BASE}/containers/`, rel: 'bookmark' },
    ]);
  });
});
