import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Ambiguous, AmbiguousNetwork, InUse, Invalid, NotFound } from '#core/domain/errors.js';
import { AddressesExhausted, NoNetworkAvailable } from '#core/domain/network-errors.js';
import type { NetworkRequest } from '#core/domain/spec.js';
import { bridgeAddress, defaultPools } from '#core/domain/subnet-addresses.js';
import { EmbeddedNetworkProvider } from '#core/network/embedded/provider.js';
import type { WantedInterface } from '#core/network/provider.js';
import { NetworkStore } from '#core/store/network-store.js';
import type { Network } from '#core/store/networks.js';
import type { Port } from '#core/store/port-record.js';
import { type TestDatabase, testDatabase } from '#test/lib/database.js';
import { contextOf } from '#test/lib/network-service.js';

const HOST = 'host-1';
const demo = contextOf('demo');
const other = contextOf('other');

describe('embedded network provider', () => {
  let db: TestDatabase;
  let store: NetworkStore;
  let provider: EmbeddedNetworkProvider;
  let blocks = 0;

  beforeEach(async () => {
    db = await testDatabase();
    store = new NetworkStore(db.database);
    provider = new EmbeddedNetworkProvider(store);
    blocks = 0;
  });
  afterEach(() => db.close());

  interface Wanted {
    readonly projectId?: string;
    readonly shared?: boolean;
    readonly cidr?: string | null;
    readonly gatewayIp?: string | null;
  }

  async function network(name: string, wanted: Wanted = {}): Promise<Network> {
    const projectId = wanted.projectId ?? demo.projectId;
    const made = await store.networks.insert({
      projectId,
      name,
      description: '',
      shared: wanted.shared ?? false,
      adminStateUp: true,
    });
    const cidr = wanted.cidr === undefined ? `10.90.${blocks++}.0/24` : wanted.cidr;
    if (cidr === null) return made;
    const gatewayIp = wanted.gatewayIp === undefined ? bridgeAddress(cidr, null) : wanted.gatewayIp;
    await store.subnets.insert({
      networkId: made.id,
      projectId,
      name: '',
      description: '',
      cidr,
      gatewayIp,
      allocationPools: defaultPools(cidr, gatewayIp),
      dnsNameservers: [],
      enableDhcp: true,
    });
    return store.networks.byId(made.id, null);
  }

  const userPort = (networkId: string, projectId = demo.projectId, name = ''): Promise<Port> =>
    store.ports.insert({
      networkId,
      projectId,
      name,
      description: '',
      macAddress: null,
      address: 'any',
      deviceId: '',
      deviceOwner: '',
      host: '',
      adminStateUp: true,
      securityGroups: [],
      position: null,
    });

  const container = (networks: readonly NetworkRequest[], securityGroups: readonly string[] = []) => ({
    uuid: randomUUID(),
    projectId: demo.projectId,
    hostname: 'c1',
    networks,
    securityGroups,
  });

  const on = (networkId: string): NetworkRequest => ({ networkId, portId: null, fixedIp: null });

  async function refusal(work: Promise<unknown>): Promise<unknown> {
    try {
      await work;
    } catch (error) {
      return error;
    }
    throw new Error('it was not refused');
  }

  const resolve = (wanted: readonly WantedInterface[] | 'auto' | 'default' | 'none', context = demo) =>
    provider.resolve(context, wanted);

  describe('resolve', () => {
    it('finds networks by id and by name, in the order of the request', async () => {
      const [a, b] = [await network('a'), await network('b')];
      expect(await resolve([{ network: 'b' }, { network: a.id }])).to.deep.equal([on(b.id), on(a.id)]);
    });

    it('does not find networks of other projects, and finds shared ones', async () => {
      const foreign = await network('foreign', { projectId: other.projectId });
      const shared = await network('shared', { projectId: other.projectId, shared: true });
      expect(await refusal(resolve([{ network: foreign.id }]))).to.be.instanceOf(NotFound);
      expect(await refusal(resolve([{ network: 'foreign' }]))).to.be.instanceOf(NotFound);
      expect(await resolve([{ network: 'shared' }])).to.deep.equal([on(shared.id)]);
    });

    it('refuses a name that two networks have, and takes the id', async () => {
      const first = await network('twin');
      await network('twin');
      expect(await refusal(resolve([{ network: 'twin' }]))).to.be.instanceOf(Ambiguous);
      expect(await resolve([{ network: first.id }])).to.deep.equal([on(first.id)]);
    });

    it('auto: the only usable network, none when there is none, refused when there are several', async () => {
      await network('without-subnet', { cidr: null });
      expect(await resolve('auto')).to.deep.equal([]);
      const a = await network('a');
      expect(await resolve('auto')).to.deep.equal([on(a.id)]);
      await network('b');
      const error = await refusal(resolve('auto'));
      expect(error).to.be.instanceOf(AmbiguousNetwork);
      expect(error).to.have.property(
        'message',
        'Multiple possible networks found, use a Network ID to be more specific.',
      );
    });

    it('default: the oldest own network, else the oldest shared one, else a conflict', async () => {
      const error = await refusal(resolve('default'));
      expect(error).to.be.instanceOf(NoNetworkAvailable).and.instanceOf(AmbiguousNetwork);
      expect(error).to.have.property('message', 'There is no neutron network available');
      const shared = await network('shared', { projectId: other.projectId, shared: true });
      expect(await resolve('default')).to.deep.equal([on(shared.id)]);
      const own = await network('own');
      await network('younger');
      expect(await resolve('default')).to.deep.equal([on(own.id)]);
    });

    it('none is none', async () => {
      await network('a');
      expect(await resolve('none')).to.deep.equal([]);
    });

    it('checks a fixed address before anything is made', async () => {
      const n = await network('n', { cidr: '10.91.0.0/24' });
      const taken = await userPort(n.id);
      const address = taken.fixedIps[0]?.address ?? '';
      for (const fixedIp of [address, '10.91.0.1', '10.91.0.255', '10.92.0.5', 'fd00::5']) {
        expect(await refusal(resolve([{ network: 'n', fixedIp }])), fixedIp).to.be.instanceOf(Invalid);
      }
      expect(await resolve([{ network: 'n', fixedIp: '10.91.0.77' }])).to.deep.equal([
        { ...on(n.id), fixedIp: '10.91.0.77' },
      ]);
      expect(await store.ports.list(null)).to.have.length(1);
    });

    it('takes a free port of the project by id or name', async () => {
      const n = await network('n');
      const port = await userPort(n.id, demo.projectId, 'p1');
      const request = { networkId: null, portId: port.id, fixedIp: null };
      expect(await resolve([{ port: port.id }])).to.deep.equal([request]);
      expect(await resolve([{ port: 'p1' }])).to.deep.equal([request]);
    });

    it('refuses a port of another project as unknown, and a used one as in use', async () => {
      const n = await network('n');
      const foreign = await userPort(n.id, other.projectId);
      expect(await refusal(resolve([{ port: foreign.id }]))).to.be.instanceOf(NotFound);
      const used = await userPort(n.id);
      await provider.bind(container([{ networkId: null, portId: used.id, fixedIp: null }]), HOST);
      const error = await refusal(resolve([{ port: used.id }]));
      expect(error).to.be.instanceOf(InUse);
      expect(error).to.have.property('message', `Port ${used.id} is still in use.`);
    });

    it('refuses a network without a subnet, and the same network twice', async () => {
      const bare = await network('bare', { cidr: null });
      const n = await network('n');
      const port = await userPort(n.id);
      expect(await refusal(resolve([{ network: bare.id }]))).to.be.instanceOf(Invalid);
      expect(await refusal(resolve([{ network: 'n' }, { network: n.id }]))).to.be.instanceOf(Invalid);
      expect(await refusal(resolve([{ network: 'n' }, { port: port.id }]))).to.be.instanceOf(Invalid);
    });
  });

  describe('security groups', () => {
    it('are found by id and name in the project, each once; default is made when it is missing', async () => {
      const web = await store.securityGroups.insert(demo.projectId, 'web', '');
      const foreign = await store.securityGroups.insert(other.projectId, 'foreign', '');
      const found = await provider.resolveSecurityGroups(demo, ['web', web.id, 'default']);
      expect(found).to.have.length(2);
      expect(found[0]).to.equal(web.id);
      for (const unknown of ['nope', 'foreign', foreign.id]) {
        expect(await refusal(provider.resolveSecurityGroups(demo, [unknown])), unknown).to.be.instanceOf(NotFound);
      }
      await store.securityGroups.insert(demo.projectId, 'web', '');
      expect(await refusal(provider.resolveSecurityGroups(demo, ['web']))).to.be.instanceOf(Ambiguous);
    });

    it('makes one default group when many ask at once, with the rules that Neutron gives it', async () => {
      const ids = await Promise.all(
        Array.from({ length: 10 }, () => store.securityGroups.ensureDefault(demo.projectId)),
      );
      expect(new Set(ids).size).to.equal(1);
      const [group, ...more] = await store.securityGroups.list(demo.projectId);
      expect(more).to.deep.equal([]);
      const rules = group?.rules.map((r) => [r.direction, r.ethertype, r.remoteGroupId]);
      expect(rules).to.have.deep.members([
        ['egress', 'IPv4', null],
        ['egress', 'IPv6', null],
        ['ingress', 'IPv4', group?.id],
        ['ingress', 'IPv6', group?.id],
      ]);
    });
  });

  describe('bind and release', () => {
    it('makes a bound port for each network, with the default group', async () => {
      const [a, b] = [await network('a', { cidr: '10.91.0.0/24' }), await network('b')];
      const c = container([on(b.id), on(a.id)]);
      const bindings = await provider.bind(c, HOST);
      expect(bindings.map((x) => x.networkName)).to.deep.equal(['b', 'a']);
      const [, second] = bindings;
      expect(second?.fixedIps).to.have.length(1);
      expect(second?.fixedIps[0]).to.include({ address: '10.91.0.2', version: 4 });
      expect(second?.macAddress).to.match(/^fa:16:3e:[0-9a-f]{2}:[0-9a-f]{2}:[0-9a-f]{2}$/);
      expect(second?.securityGroups.map((g) => g.name)).to.deep.equal(['default']);
      expect(second?.preserveOnDelete).to.equal(false);
      const port = await store.ports.byId(second?.portId ?? '', demo.projectId);
      expect(port).to.include({
        deviceId: c.uuid,
        deviceOwner: 'compute:nova',
        host: HOST,
        status: 'DOWN',
        position: 1,
      });
    });

    it('names the zone of a registered host as owner', async () => {
      await db.database.query(
        `insert into hosts (name, availability_zone, address, info) values ($1, 'zone-9', '127.0.0.1', '{}')`,
        [HOST],
      );
      const n = await network('n');
      const [binding] = await provider.bind(container([on(n.id)]), HOST);
      expect((await store.ports.byId(binding?.portId ?? '', null)).deviceOwner).to.equal('compute:zone-9');
    });

    it('finds what it made before, also when it is called many times at once', async () => {
      const [a, b] = [await network('a'), await network('b')];
      const c = container([on(a.id), on(b.id)]);
      const first = await provider.bind(c, HOST);
      const again = await Promise.all(Array.from({ length: 8 }, () => provider.bind(c, HOST)));
      for (const bindings of again) expect(bindings).to.deep.equal(first);
      expect(await store.ports.list(null)).to.have.length(2);
    });

    it('makes one port when the first calls come at once', async () => {
      const n = await network('n');
      const c = container([on(n.id)]);
      const all = await Promise.all(Array.from({ length: 8 }, () => provider.bind(c, HOST)));
      expect(new Set(all.map((b) => b[0]?.portId)).size).to.equal(1);
      expect(await store.ports.list(null)).to.have.length(1);
    });

    it('gives 50 containers that come at once 50 addresses and MACs', async () => {
      const n = await network('n');
      const all = await Promise.all(Array.from({ length: 50 }, () => provider.bind(container([on(n.id)]), HOST)));
      const addresses = all.map((b) => b[0]?.fixedIps[0]?.address);
      expect(new Set(addresses).size).to.equal(50);
      expect(new Set(all.map((b) => b[0]?.macAddress)).size).to.equal(50);
      const last = addresses.map((a) => Number(a?.split('.')[3])).sort((x, y) => x - y);
      expect(last).to.deep.equal(Array.from({ length: 50 }, (_, i) => i + 2));
    });

    it('says when the addresses are used up, and leaves nothing behind', async () => {
      const n = await network('small', { cidr: '10.91.0.0/29' });
      for (let i = 0; i < 5; i++) await provider.bind(container([on(n.id)]), HOST);
      expect(await refusal(provider.bind(container([on(n.id)]), HOST))).to.be.instanceOf(AddressesExhausted);
      expect(await store.ports.list(null)).to.have.length(5);
    });

    it('gives the address that was asked for, to one of two', async () => {
      const n = await network('n', { cidr: '10.91.0.0/24' });
      const request = { ...on(n.id), fixedIp: '10.91.0.200' };
      const results = await Promise.allSettled([
        provider.bind(container([request]), HOST),
        provider.bind(container([request]), HOST),
      ]);
      expect(results.map((r) => r.status).sort()).to.deep.equal(['fulfilled', 'rejected']);
      const lost = results.find((r) => r.status === 'rejected');
      expect(lost?.reason).to.be.instanceOf(InUse);
    });

    it('deletes its own ports on release and unbinds those of the user, again and again', async () => {
      const [a, b] = [await network('a'), await network('b')];
      const port = await userPort(b.id);
      const c = container([on(a.id), { networkId: null, portId: port.id, fixedIp: null }]);
      const [, brought] = await provider.bind(c, HOST);
      expect(brought).to.include({ portId: port.id, macAddress: port.macAddress, preserveOnDelete: true });
      await provider.release(c.uuid);
      await provider.release(c.uuid);
      const [left, ...more] = await store.ports.list(null);
      expect(more).to.deep.equal([]);
      expect(left).to.include({ id: port.id, deviceId: '', deviceOwner: '', host: '', status: 'DOWN', position: null });
      expect(left?.fixedIps).to.deep.equal(port.fixedIps);
      const next = await provider.bind(container([on(a.id)]), HOST);
      expect(next[0]?.fixedIps[0]?.address, 'the released address is free').to.match(/\.2$/);
    });

    it('lets one of two containers have a port', async () => {
      const n = await network('n');
      const port = await userPort(n.id);
      const request = { networkId: null, portId: port.id, fixedIp: null };
      const results = await Promise.allSettled([
        provider.bind(container([request]), HOST),
        provider.bind(container([request]), HOST),
      ]);
      expect(results.map((r) => r.status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    });

    it('does not take a port of another project', async () => {
      const n = await network('n');
      const foreign = await userPort(n.id, other.projectId);
      const c = container([{ networkId: null, portId: foreign.id, fixedIp: null }]);
      expect(await refusal(provider.bind(c, HOST))).to.be.instanceOf(NotFound);
      expect((await store.ports.byId(foreign.id, null)).deviceId).to.equal('');
    });

    it('moves the ports with the container to another host', async () => {
      const n = await network('n');
      const c = container([on(n.id)]);
      const [before] = await provider.bind(c, HOST);
      const [after] = await provider.bind(c, 'host-2');
      expect(after?.portId).to.equal(before?.portId);
      expect((await store.ports.byId(after?.portId ?? '', null)).host).to.equal('host-2');
    });

    it('marks the ports of a running container ACTIVE', async () => {
      const n = await network('n');
      const [c, idle] = [container([on(n.id)]), container([on(n.id)])];
      await provider.bind(c, HOST);
      await provider.bind(idle, HOST);
      await provider.setActive(c.uuid, true);
      const statuses = async () => (await store.ports.list(null)).map((p) => p.status);
      expect(await statuses()).to.deep.equal(['ACTIVE', 'DOWN']);
      await provider.setActive(c.uuid, false);
      expect(await statuses()).to.deep.equal(['DOWN', 'DOWN']);
    });

    it('is not fooled by a port whose user wrote a container uuid into it', async () => {
      const n = await network('n');
      const c = container([on(n.id)]);
      const fake = await userPort(n.id, other.projectId);
      await store.ports.update(fake, { deviceId: c.uuid });
      const [binding] = await provider.bind(c, HOST);
      expect(binding?.portId).to.not.equal(fake.id);
      await provider.release(c.uuid);
      expect((await store.ports.byId(fake.id, null)).deviceId).to.equal(c.uuid);
    });
  });

  describe('wiring', () => {
    it('names the engine network, its subnet and the endpoint', async () => {
      const n = await network('n', { cidr: '10.91.0.0/24' });
      const [binding] = await provider.bind(container([on(n.id)]), HOST);
      if (binding === undefined) throw new Error('no binding');
      expect(await provider.wiring(binding)).to.deep.equal({
        network: {
          name: `zunova-${n.subnets[0]}`,
          driver: 'bridge',
          ipamDriver: 'default',
          subnets: [{ cidr: '10.91.0.0/24', gateway: '10.91.0.1' }],
          internal: false,
          mtu: null,
          labels: { 'neutron.net.uuid': n.id },
          options: {},
        },
        endpoint: { network: `zunova-${n.subnets[0]}`, macAddress: binding.macAddress, ipv4: '10.91.0.2', ipv6: null },
      });
      await network('without-subnet', { cidr: null });
      expect([...(await provider.engineNetworks())]).to.deep.equal([`zunova-${n.subnets[0]}`]);
    });

    it('makes a network without a gateway internal', async () => {
      const n = await network('n', { cidr: '10.91.0.0/24', gatewayIp: null });
      const [binding] = await provider.bind(container([on(n.id)]), HOST);
      if (binding === undefined) throw new Error('no binding');
      const wiring = await provider.wiring(binding);
      expect(wiring.network).to.include({ internal: true });
      expect(wiring.network.subnets).to.deep.equal([{ cidr: '10.91.0.0/24', gateway: '10.91.0.1' }]);
      expect(wiring.endpoint.ipv4).to.equal('10.91.0.2');
    });
  });
});
