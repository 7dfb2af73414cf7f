import { expect } from 'chai';
import type { PortBinding } from '#core/domain/container.js';
import type { HostUsage } from '#core/domain/host.js';
import { MicroVersion } from '#core/http/version.js';
import { containerName } from '#core/runtime/docker/names.js';
import { linkRoots } from '#nova/views/links.js';
import {
  briefServer,
  createdServer,
  INSTANCE_NAME_PREFIX,
  type ServerViewContext,
  serverDetail,
  serverShow,
  serverUpdated,
} from '#nova/views/server.js';
import { buildContainer, buildServer, buildSpec } from '#test/lib/builders.js';

const v = (minor: number): MicroVersion => new MicroVersion(2, minor);
const links = linkRoots({ baseUrl: 'http://h:8774', prefix: '/v2.1' });
const context = (minor: number, admin = false, hosts: HostUsage[] = []): ServerViewContext => ({
  version: v(minor),
  admin,
  links,
  hosts: new Map(hosts.map((h) => [h.name, h])),
  flavors: [],
});
const members = (value: unknown): string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : []);
const keys = (view: unknown): string[] => members(view).sort();
const words = (text: string): string[] => text.trim().split(/\s+/);

const port = (over: Partial<PortBinding> = {}): PortBinding => ({
  portId: 'p1',
  networkId: 'n1',
  networkName: 'private',
  macAddress: 'fa:16:3e:1b:79:a2',
  fixedIps: [{ subnetId: 's1', address: '10.0.0.11', version: 4 }],
  securityGroups: [{ id: 'g1', name: 'default' }],
  preserveOnDelete: false,
  ...over,
});
const at = new Date('2026-01-10T08:30:15.123Z');
const running = { launchedAt: at, startedAt: at, running: true } as const;
const web = buildContainer({ ports: [port()], facts: running });

/** Members of the detail at 2.1 for everybody (nova-api.md 4.1). */
const BASE = words(`
  id name status tenant_id user_id created updated hostId addresses accessIPv4 accessIPv6 image
  flavor metadata links progress key_name config_drive security_groups OS-DCF:diskConfig
  OS-EXT-AZ:availability_zone OS-EXT-STS:task_state OS-EXT-STS:vm_state OS-EXT-STS:power_state
  OS-SRV-USG:launched_at OS-SRV-USG:terminated_at os-extended-volumes:volumes_attached
`);
const attribute = (name: string): string => `OS-EXT-SRV-ATTR:${name}`;
/** Member, first version, and whether only administrators see it. */
const LATER: readonly (readonly [string, number, boolean])[] = [
  [attribute('host'), 1, true],
  [attribute('hypervisor_hostname'), 1, true],
  [attribute('instance_name'), 1, true],
  [attribute('reservation_id'), 3, true],
  [attribute('launch_index'), 3, true],
  [attribute('kernel_id'), 3, true],
  [attribute('ramdisk_id'), 3, true],
  [attribute('root_device_name'), 3, true],
  [attribute('user_data'), 3, true],
  ['locked', 9, false],
  ['host_status', 16, true],
  ['description', 19, false],
  ['tags', 26, false],
  ['trusted_image_certificates', 63, false],
  ['locked_reason', 73, false],
  ['pinned_availability_zone', 96, false],
];
const expected = (minor: number, admin: boolean): string[] => {
  const later = LATER.filter(([, since, adminOnly]) => minor >= since && (admin || !adminOnly)).map(([name]) => name);
  const hostname = minor >= (admin ? 3 : 90) ? [attribute('hostname')] : [];
  return [...BASE, ...later, ...hostname].sort();
};

describe('view of a server', () => {
  it('has exactly the members of its version', () => {
    for (let minor = 1; minor <= 96; minor++) {
      for (const admin of [false, true]) {
        const want = expected(minor, admin);
        expect(keys(serverDetail(web, context(minor, admin))), `2.${minor} ${admin}`).to.deep.equal(want);
        const show = minor >= 71 ? [...want, 'server_groups'].sort() : want;
        expect(keys(serverShow(web, context(minor, admin))), `show 2.${minor} ${admin}`).to.deep.equal(show);
      }
    }
  });

  it('has the values of the contract', () => {
    const view = serverShow(web, context(96, true));
    expect(view).to.deep.include({
      id: web.uuid,
      status: 'ACTIVE',
      created: '2026-01-10T08:30:15Z',
      updated: '2026-01-10T08:30:15Z',
      'OS-SRV-USG:launched_at': '2026-01-10T08:30:15.123000',
      'OS-SRV-USG:terminated_at': null,
      progress: 0,
      config_drive: '',
      accessIPv4: '',
      key_name: null,
      security_groups: [{ name: 'default' }],
      addresses: {
        private: [
          {
            version: 4,
            addr: '10.0.0.11',
            'OS-EXT-IPS:type': 'fixed',
            'OS-EXT-IPS-MAC:mac_addr': 'fa:16:3e:1b:79:a2',
          },
        ],
      },
      image: {
        id: web.spec.image.id,
        links: [{ rel: 'bookmark', href: `http://h:8774/images/${web.spec.image.id}` }],
      },
      links: [
        { rel: 'self', href: `http://h:8774/v2.1/servers/${web.uuid}` },
        { rel: 'bookmark', href: `http://h:8774/servers/${web.uuid}` },
      ],
      'OS-EXT-STS:power_state': 1,
      'OS-EXT-STS:task_state': null,
      [attribute('root_device_name')]: null,
      [attribute('launch_index')]: 0,
      server_groups: [],
    });
    expect(view['hostId']).to.match(/^[0-9a-f]{56}$/);
    expect(view[attribute('instance_name')]).to.equal(containerName(web.uuid));
    expect(INSTANCE_NAME_PREFIX + web.uuid).to.equal(containerName(web.uuid));
  });

  it('refers to its flavor, and from 2.47 describes it', () => {
    expect(serverDetail(web, context(46))['flavor']).to.deep.equal({
      id: '1',
      links: [{ rel: 'bookmark', href: 'http://h:8774/flavors/1' }],
    });
    expect(serverDetail(web, context(47))['flavor']).to.deep.equal({
      vcpus: 1,
      ram: 512,
      disk: 1,
      ephemeral: 0,
      swap: 0,
      original_name: 'm1.tiny',
      extra_specs: {},
    });
  });

  it('is bare while it is being built', () => {
    const task = { action: 'create', state: 'running', step: 'image', rebootType: null, requestId: 'req-1' } as const;
    const view = serverDetail(buildContainer({ ports: [port()], task, facts: {} }), context(96, true));
    expect(view).to.deep.include({ status: 'BUILD', addresses: {}, 'OS-SRV-USG:launched_at': null });
    expect(view).to.not.have.property('security_groups');
    const unplaced = serverDetail(buildContainer({ host: null, availabilityZone: null, task }), context(96, true));
    expect(unplaced).to.include({ hostId: '', 'OS-EXT-AZ:availability_zone': '', host_status: '' });
    expect(unplaced[attribute('instance_name')]).to.equal('');
  });

  it('shows a fault in error only, its details to those who may see them', () => {
    const failure = { code: 500, message: 'no space', details: 'trace', at };
    const broken = buildContainer({ facts: { failure } });
    const fault = { code: 500, created: '2026-01-10T08:30:15Z', message: 'no space' };
    expect(serverDetail(broken, context(1))['fault']).to.deep.equal(fault);
    expect(serverDetail(broken, context(1, true))['fault']).to.deep.equal({ ...fault, details: 'trace' });
    expect(serverDetail(broken, context(1))).to.not.have.property('progress');
    expect(serverDetail(web, context(1))).to.not.have.property('fault');
    const nowhere = buildContainer({
      host: null,
      facts: { failure: { ...failure, message: 'There are not enough hosts available.' } },
    });
    expect(serverDetail(nowhere, context(1))['fault']).to.have.property(
      'message',
      'No valid host was found. There are not enough hosts available.',
    );
    const lost = buildContainer({ facts: { ...running, missingSince: at } });
    expect(serverDetail(lost, context(1))).to.have.nested.property('fault.code', 500);
  });

  it('keeps the order of interfaces, and all addresses of a network', () => {
    const ports = [
      port({ networkName: 'z' }),
      port({ networkName: 'a', fixedIps: [{ subnetId: 's', address: 'fd00::2', version: 6 }] }),
      port({ networkName: 'z', fixedIps: [{ subnetId: 's', address: '10.0.0.12', version: 4 }] }),
    ];
    const { addresses } = serverDetail(buildContainer({ ports, facts: running }), context(1));
    expect(members(addresses)).to.deep.equal(['z', 'a']);
    expect(addresses).to.have.nested.property('z[1].addr', '10.0.0.12');
    expect(addresses).to.have.nested.property('a[0].version', 6);
  });

  it('shows labels of native containers as metadata, as far as they are legal', () => {
    const spec = buildSpec({ labels: { app: 'web', 'a/b': 'x', long: 'y'.repeat(256) } });
    const native = buildContainer({ frontEnd: 'native', spec, server: buildServer({ flavor: null }) });
    expect(serverDetail(native, context(1))['metadata']).to.deep.equal({ app: 'web' });
  });

  it('makes up a flavor for native containers, or finds the one of the same sizes', () => {
    const limits = { cpus: 0.5, memoryMb: 512, swapMb: 0, diskGb: 0, pids: null, shmMb: null };
    const native = buildContainer({
      frontEnd: 'native',
      spec: buildSpec({ limits }),
      server: buildServer({ flavor: null }),
    });
    expect(serverDetail(native, context(1))).to.have.nested.property('flavor.id', 'c-500-512-0');
    expect(serverDetail(native, context(47))).to.have.nested.property('flavor.vcpus', 1);
  });
});

describe('other answers with a server', () => {
  it('are exactly three members in short', () => {
    expect(keys(briefServer(web, links))).to.deep.equal(['id', 'links', 'name']);
  });

  it('are exactly five after a create', () => {
    const made = createdServer(web, links, { securityGroups: [], adminPass: 'p' });
    expect(keys(made)).to.deep.equal(['OS-DCF:diskConfig', 'adminPass', 'id', 'links', 'security_groups']);
    expect(made['security_groups']).to.deep.equal([{ name: 'default' }]);
    const asked = createdServer(web, links, { securityGroups: ['web', 'db'], adminPass: 'p' });
    expect(asked['security_groups']).to.deep.equal([{ name: 'web' }, { name: 'db' }]);
  });

  it('are the base set after an update below 2.75, and all from there', () => {
    const base = words(`
  accessIPv4 accessIPv6 addresses created flavor hostId id image links metadata name status
  tenant_id user_id updated OS-DCF:diskConfig progress
`);
    expect(keys(serverUpdated(web, context(1, true)))).to.deep.equal([...base].sort());
    const at74 = [
      ...base,
      'locked',
      'description',
      'tags',
      'trusted_image_certificates',
      'locked_reason',
      'server_groups',
    ];
    expect(keys(serverUpdated(web, context(74, true)))).to.deep.equal(at74.sort());
    expect(serverUpdated(web, context(75, true))).to.deep.equal(serverShow(web, context(75, true)));
    expect(serverUpdated(web, context(1))['addresses']).to.deep.equal({ private: [{ version: 4, addr: '10.0.0.11' }] });
  });
});
