import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { PortBinding } from '#core/domain/container.js';
import { silent } from '#core/logging/logger.js';
import { EmbeddedNetworkProvider } from '#core/network/embedded/provider.js';
import { seedNetworks } from '#core/network/embedded/seed.js';
import { createDockerDriver } from '#core/runtime/docker/docker-driver.js';
import type { RuntimeDriver } from '#core/runtime/driver.js';
import { NetworkStore } from '#core/store/network-store.js';
import { ensureBusybox } from '#test/lib/busybox.js';
import { type TestDatabase, testDatabase } from '#test/lib/database.js';
import { engineContainer } from '#test/lib/engine-container.js';
import { contextOf } from '#test/lib/network-service.js';

const socketPath = process.env['ZUNOVA_TEST_DOCKER_SOCKET'] ?? '/var/run/docker.sock';

interface Running {
  readonly uuid: string;
  readonly port: PortBinding;
  readonly address: string;
}

describe('embedded networks on a real engine', function () {
  this.timeout(120_000);
  let db: TestDatabase;
  let store: NetworkStore;
  let provider: EmbeddedNetworkProvider;
  let driver: RuntimeDriver;
  const running: string[] = [];
  const networks = new Set<string>();

  before(async () => {
    db = await testDatabase();
    store = new NetworkStore(db.database);
    provider = new EmbeddedNetworkProvider(store);
    driver = createDockerDriver({ socketPath, identity: { deployment: randomUUID(), host: 'h' }, log: silent() });
    await ensureBusybox(driver);
    const projects = [
      { id: 'demo-id', name: 'demo' },
      { id: 'other-id', name: 'other' },
    ];
    // A range of its own: the default one may belong to a Zunova that runs on this machine.
    await seedNetworks(store, { projects, usedSubnets: await driver.listSubnets(), base: '10.214.0.0/16' });
  });

  after(async () => {
    for (const uuid of running) await driver.remove(uuid);
    for (const name of networks) await driver.removeNetwork(name);
    await db.close();
  });

  /** What the create operation does with the provider and the driver. */
  async function run(bearer: 'demo' | 'other'): Promise<Running> {
    const context = contextOf(bearer);
    const uuid = randomUUID();
    const requests = await provider.resolve(context, 'default');
    const container = { uuid, projectId: context.projectId, hostname: 'c', networks: requests, securityGroups: [] };
    const [port] = await provider.bind(container, 'h');
    if (port === undefined) throw new Error('no port');
    const { network, endpoint } = await provider.wiring(port);
    networks.add(network.name);
    await driver.ensureNetwork(network);
    running.push(uuid);
    await driver.create(engineContainer({ uuid, endpoints: [endpoint] }));
    await driver.start(uuid);
    return { uuid, port, address: port.fixedIps[0]?.address ?? '' };
  }

  const shell = async (uuid: string, script: string) =>
    driver.exec(uuid, { command: ['sh', '-c', script], tty: false, stdin: false });

  it('gives a container the address and MAC of its port, and its network as the way out', async () => {
    const c = await run('demo');
    const seen = (await shell(c.uuid, 'ip addr show eth0; ip route')).output.toString();
    expect(seen).to.contain(c.port.macAddress).and.contain(`${c.address}/24`);
    expect(seen).to.match(/default via 10\.214\.\d+\.1 dev eth0/);
  });

  it('connects the containers of a project, and not those of two', async () => {
    const [a, b, foreign] = [await run('demo'), await run('demo'), await run('other')];
    const ping = async (to: Running) => (await shell(a.uuid, `ping -c 1 -W 3 ${to.address}`)).exitCode;
    expect(await ping(b)).to.equal(0);
    expect(await ping(foreign)).to.not.equal(0);
  });

  it('gives a network that was replaced a bridge of its own', async () => {
    const network = await store.networks.insert({
      projectId: 'demo-id',
      name: 'again',
      description: '',
      shared: false,
      adminStateUp: true,
    });
    for (const cidr of ['10.215.1.0/24', '10.215.2.0/24']) {
      const gatewayIp = cidr.replace('.0/24', '.1');
      const subnet = await store.subnets.insert({
        networkId: network.id,
        projectId: 'demo-id',
        name: '',
        description: '',
        cidr,
        gatewayIp,
        allocationPools: [],
        dnsNameservers: [],
        enableDhcp: true,
      });
      const binding = { networkId: network.id, portId: '', networkName: '', macAddress: '', fixedIps: [] };
      const wiring = await provider.wiring({ ...binding, securityGroups: [], preserveOnDelete: false });
      networks.add(wiring.network.name);
      await driver.ensureNetwork(wiring.network);
      expect(await driver.listSubnets()).to.include(cidr);
      await store.subnets.delete(subnet.id);
      expect([...(await provider.engineNetworks())]).to.not.include(wiring.network.name);
    }
  });
});
