import { expect } from 'chai';
import type { Answer } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { type Compute, compute, messageOf } from './fixture.js';

describe('Nova API: flavors, key pairs, limits, hosts', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  let nova: Compute;
  before(async () => {
    zunova = await deploy();
    nova = await compute(zunova.client);
  });
  after(() => zunova.close());

  const get = (path: string, version = '2.1', user: 'admin' | 'demo' | 'alt' = 'admin'): Promise<Answer> =>
    nova.call('GET', path, { version, user });

  it('lists flavors, in pages, by size, sorted', async () => {
    const ids = async (query: string): Promise<string[]> =>
      (await get(`/flavors?${query}`)).json.list('flavors').map((f) => f.str('id'));
    expect(await ids('')).to.deep.equal(['1', '2', '3', '4', '5', 'c1', 'c2']);
    expect(await ids('is_public=None')).to.deep.equal(['1', '2', '3', '4', '5', 'c1', 'c2']);
    expect(await ids('is_public=false')).to.deep.equal([]);
    expect(await ids('minRam=8192')).to.deep.equal(['4', '5']);
    expect(await ids('minDisk=20&sort_key=memory_mb&sort_dir=desc')).to.deep.equal(['5', '4', '3', '2']);
    expect(await ids('limit=2&marker=2')).to.deep.equal(['3', '4']);
    expect(await ids('marker=c2')).to.deep.equal([]);
    expect((await get('/flavors?limit=2')).json.str('flavors_links', 0, 'href')).to.match(/limit=2&marker=2$/);
    for (const [query, message] of [
      ['is_public=xx', 'Invalid is_public filter [xx]'],
      ['minRam=x', 'Invalid minRam filter [x]'],
      ['minDisk=x', 'Invalid minDisk filter [x]'],
      ['marker=nope', 'marker [nope] not found'],
    ] as const) {
      const answer = await get(`/flavors?${query}`);
      expect([answer.status, messageOf(answer)]).to.deep.equal([400, message]);
    }
    expect((await get('/flavors/detail?is_public=None', '2.1', 'demo')).status).to.equal(200);
  });

  it('shows a flavor by id only, in the members of its version', async () => {
    const base = {
      id: '1',
      name: 'm1.tiny',
      ram: 512,
      disk: 1,
      swap: '',
      'OS-FLV-EXT-DATA:ephemeral': 0,
      'OS-FLV-DISABLED:disabled': false,
      vcpus: 1,
      'os-flavor-access:is_public': true,
      rxtx_factor: 1,
    };
    const shown = (await get('/flavors/1')).json.get('flavor');
    expect(shown.value).to.deep.equal({ ...base, links: shown.get('links').value });
    const newest = (await get('/flavors/1', '2.96')).json.get('flavor').value;
    expect(newest).to.deep.include({ ...base, swap: 0, description: null, extra_specs: {} });
    const byName = await get('/flavors/m1.tiny');
    expect([byName.status, messageOf(byName)]).to.deep.equal([404, 'Flavor m1.tiny could not be found.']);
    expect((await get('/flavors/1/os-extra_specs')).json.value).to.deep.equal({ extra_specs: {} });
    const spec = await get('/flavors/1/os-extra_specs/x');
    expect([spec.status, messageOf(spec)]).to.deep.equal([404, 'Flavor 1 has no extra specs with key x.']);
  });

  it('keeps key pairs for each user', async () => {
    const post = (keypair: unknown, version: string) =>
      nova.call('POST', '/os-keypairs', { version, body: { keypair } });
    const made = await post({ name: 'gen' }, '2.1');
    expect(made.status).to.equal(200);
    const publicKey = made.json.str('keypair', 'public_key');
    expect(publicKey).to.match(/^ssh-rsa AAAA/);
    expect(made.json.get('keypair').value).to.not.have.property('type');
    const imported = await post({ name: 'imp', public_key: publicKey, type: 'ssh' }, '2.92');
    expect(imported.status).to.equal(201);
    expect(imported.json.get('keypair').value).to.have.all.keys('name', 'public_key', 'fingerprint', 'user_id', 'type');
    expect(imported.json.str('keypair', 'fingerprint')).to.equal(made.json.str('keypair', 'fingerprint'));
    expect((await post({ name: 'null', public_key: null }, '2.92')).json.str('keypair', 'private_key')).to.match(
      /^-----BEGIN/,
    );
    const twice = await post({ name: 'gen' }, '2.92');
    expect([twice.status, messageOf(twice)]).to.deep.equal([409, "Key pair 'gen' already exists."]);
    const bad = await post({ name: 'bad', public_key: 'ssh-rsa AAAA' }, '2.92');
    expect([bad.status, messageOf(bad)]).to.deep.equal([
      400,
      'Keypair data is invalid: failed to generate fingerprint',
    ]);
    expect((await post({ name: 'x', type: 'x509' }, '2.2')).status).to.equal(400);

    const page = await get('/os-keypairs?limit=2', '2.35');
    expect(page.json.list('keypairs').map((k) => k.str('keypair', 'name'))).to.deep.equal(['gen', 'imp']);
    expect(page.json.str('keypairs_links', 0, 'href')).to.match(/limit=2&marker=imp$/);
    const shown = (await get('/os-keypairs/gen', '2.10')).json.get('keypair').value;
    expect(shown).to.deep.include({ name: 'gen', type: 'ssh', deleted: false, deleted_at: null, updated_at: null });
    expect((await get('/os-keypairs/gen', '2.1', 'demo')).status).to.equal(404);
    const admin = made.json.str('keypair', 'user_id');
    expect((await get(`/os-keypairs?user_id=${admin}`, '2.10', 'demo')).status).to.equal(403);

    expect((await nova.call('DELETE', '/os-keypairs/gen')).status).to.equal(202);
    expect((await nova.call('DELETE', '/os-keypairs/imp', { version: '2.2' })).status).to.equal(204);
    const gone = await get('/os-keypairs/gen');
    expect([gone.status, messageOf(gone)]).to.deep.equal([404, `Keypair gen not found for user ${admin}`]);
  });

  it('shows limits and quotas in the members of their version', async () => {
    const absolute = (version: string) => get('/limits', version).then((a) => a.json.get('limits', 'absolute').value);
    expect(await absolute('2.96')).to.deep.equal({
      maxTotalInstances: 10,
      maxTotalCores: 20,
      maxTotalRAMSize: 51_200,
      maxTotalKeypairs: 100,
      maxServerMeta: 128,
      maxServerGroups: 10,
      maxServerGroupMembers: 10,
      totalInstancesUsed: 0,
      totalCoresUsed: 0,
      totalRAMUsed: 0,
      totalServerGroupsUsed: 0,
    });
    expect(await absolute('2.56')).to.include({ maxPersonality: 5, maxPersonalitySize: 10_240 });
    expect(await absolute('2.38')).to.include({ maxImageMeta: 128 });
    expect(await absolute('2.35')).to.include({ maxTotalFloatingIps: -1, totalSecurityGroupsUsed: 0 });
    const project = await zunova.db.database.one<{ id: string }>(
      `select id from identity_projects where name = 'demo'`,
    );
    const set = (await get(`/os-quota-sets/${project?.id}`, '2.57', 'demo')).json.get('quota_set');
    expect(set.value).to.deep.equal({
      id: project?.id,
      instances: 10,
      cores: 20,
      ram: 51_200,
      key_pairs: 100,
      metadata_items: 128,
      server_groups: 10,
      server_group_members: 10,
    });
    expect(
      (await get(`/os-quota-sets/${project?.id}/defaults`, '2.57', 'demo')).json.get('quota_set').value,
    ).to.deep.equal(set.value);
    const detail = await get(`/os-quota-sets/${project?.id}/detail`, '2.57', 'demo');
    expect(detail.json.get('quota_set', 'cores').value).to.deep.equal({ limit: 20, in_use: 0, reserved: 0 });
    expect((await get(`/os-quota-sets/${project?.id}`, '2.57', 'alt')).status).to.equal(403);
  });

  it('shows zones to everybody, and their hosts to administrators', async () => {
    const plain = await get('/os-availability-zone', '2.1', 'demo');
    expect(plain.json.value).to.deep.equal({
      availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true }, hosts: null }],
    });
    const detail = await get('/os-availability-zone/detail');
    expect(detail.json.list('availabilityZoneInfo').map((z) => z.str('zoneName'))).to.deep.equal(['internal', 'nova']);
    const service = detail.json.get('availabilityZoneInfo', 1, 'hosts', 'testhost', 'nova-compute');
    expect(service.value).to.deep.include({ available: true, active: true });
    expect(service.str('updated_at')).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
  });

  it('shows hosts as hypervisors, services and hosts', async () => {
    const [old] = (await get('/os-hypervisors/detail')).json.list('hypervisors');
    expect(old?.value).to.deep.include({
      id: 1,
      hypervisor_hostname: 'testhost',
      hypervisor_type: 'docker',
      state: 'up',
      status: 'enabled',
    });
    expect((await get('/os-hypervisors/1/uptime')).json.str('hypervisor', 'uptime')).to.match(/^ \d\d:\d\d:\d\d up /);
    expect((await get('/os-hypervisors/statistics')).json.get('hypervisor_statistics', 'count').value).to.equal(1);
    expect((await get('/os-hypervisors/test/search')).json.list('hypervisors')).to.have.length(1);
    const none = await get('/os-hypervisors/zz/search');
    expect([none.status, messageOf(none)]).to.deep.equal([404, "No hypervisor matching 'zz' could be found."]);

    const [brief] = (await get('/os-hypervisors?with_servers=true', '2.96')).json.list('hypervisors');
    const uuid = brief?.str('id') ?? '';
    expect(brief?.value).to.deep.include({ servers: [], hypervisor_hostname: 'testhost' });
    expect((await get(`/os-hypervisors/${uuid}`, '2.96')).json.str('hypervisor', 'uptime')).to.match(/ up /);
    const invalid = await get('/os-hypervisors/1', '2.53');
    expect([invalid.status, messageOf(invalid)]).to.deep.equal([400, 'Invalid uuid 1']);
    expect((await get('/os-hypervisors?hypervisor_hostname_pattern=zz', '2.53')).status).to.equal(404);
    expect((await get('/os-hypervisors?hypervisor_hostname_pattern=t&limit=1', '2.53')).status).to.equal(400);
    expect((await get(`/os-hypervisors?marker=${uuid}`, '2.53')).json.value).to.deep.equal({ hypervisors: [] });

    const services = await get('/os-services', '2.96');
    expect(services.json.list('services').map((s) => s.str('binary'))).to.deep.equal([
      'nova-scheduler',
      'nova-conductor',
      'nova-compute',
    ]);
    const [compute1] = (await get('/os-services?binary=nova-compute', '2.10')).json.list('services');
    expect(compute1?.value).to.have.all.keys(
      'id',
      'binary',
      'host',
      'zone',
      'status',
      'state',
      'updated_at',
      'disabled_reason',
    );
    expect(compute1?.value).to.deep.include({ host: 'testhost', zone: 'nova', status: 'enabled', state: 'up' });
    expect((await get('/os-hosts')).json.list('hosts')).to.have.length(3);
    for (const path of [
      '/os-hypervisors',
      '/os-services',
      '/os-hosts',
      '/os-availability-zone/detail',
      '/os-aggregates',
    ]) {
      expect((await get(path, '2.1', 'demo')).status, path).to.equal(403);
    }
    expect((await get('/os-aggregates/name')).status).to.equal(400);
    expect((await get('/os-aggregates')).json.value).to.deep.equal({ aggregates: [] });
  });

  it('lists extensions', async () => {
    const all = (await get('/extensions')).json.list('extensions');
    expect(all.map((e) => e.str('alias'))).to.include.members(['os-consoles', 'os-hosts', 'OS-DCF']);
    expect((await get('/extensions/os-hosts')).json.str('extension', 'name')).to.equal('Hosts');
    expect((await get('/extensions/nope')).status).to.equal(404);
  });
});
