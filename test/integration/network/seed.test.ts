import { expect } from 'chai';
import { Invalid } from '#core/domain/errors.js';
import { seedNetworks } from '#core/network/embedded/seed.js';
import { NetworkStore } from '#core/store/network-store.js';
import { type TestDatabase, testDatabase } from '#test/lib/database.js';

const projects = [
  { id: 'd', name: 'demo' },
  { id: 'a', name: 'admin' },
  { id: 's', name: 'special', network: 'lan' },
];

describe('seed of networks', () => {
  let db: TestDatabase;
  let store: NetworkStore;

  beforeEach(async () => {
    db = await testDatabase();
    store = new NetworkStore(db.database);
  });
  afterEach(() => db.close());

  const subnets = async () => (await store.subnets.list(null)).map((s) => [s.projectId, s.cidr, s.gatewayIp]);

  it('gives each project a network with a /24 that the engine does not use', async () => {
    const made = await seedNetworks(store, { projects, usedSubnets: ['172.17.0.0/16', '10.87.0.0/23', 'fd00::/64'] });
    expect(made).to.deep.equal(['private', 'admin-private', 'lan']);
    expect(await subnets()).to.deep.equal([
      ['d', '10.87.2.0/24', '10.87.2.1'],
      ['a', '10.87.3.0/24', '10.87.3.1'],
      ['s', '10.87.4.0/24', '10.87.4.1'],
    ]);
  });

  it('changes nothing the second time, when the engine has the networks, and serves new projects', async () => {
    await seedNetworks(store, { projects: projects.slice(0, 1), usedSubnets: [] });
    const before = await subnets();
    const made = await seedNetworks(store, { projects, usedSubnets: before.map((s) => String(s[1])) });
    expect(made).to.deep.equal(['admin-private', 'lan']);
    expect((await subnets()).slice(0, 1)).to.deep.equal(before);
  });

  it('leaves a project alone that made its own network instead', async () => {
    await store.networks.insert({ projectId: 'd', name: 'mine', description: '', shared: false, adminStateUp: true });
    expect(await seedNetworks(store, { projects: projects.slice(0, 1), usedSubnets: [] })).to.deep.equal([]);
  });

  it('makes each network once when processes start together', async () => {
    await Promise.all(Array.from({ length: 4 }, () => seedNetworks(store, { projects, usedSubnets: [] })));
    expect(await store.networks.list(null)).to.have.length(3);
  });

  it('makes nothing when the base has no room', async () => {
    const seed = { projects, usedSubnets: [], base: '10.99.0.0/23' };
    const error = await seedNetworks(store, seed).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(Invalid);
    expect(await store.networks.list(null)).to.deep.equal([]);
  });
});
