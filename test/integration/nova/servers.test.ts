import { expect } from 'chai';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';
import { type Compute, compute, messageOf } from './fixture.js';

/** Ends at once when it is told to stop, unlike a shell. */
const OBEDIENT = {
  'container:command': 'sleep 3600',
  'container:entrypoint': '["/bin/busybox"]',
  'container:tty': 'no',
};

describe('Nova API: servers', function () {
  this.timeout(90_000);
  let zunova: Deployment;
  let nova: Compute;
  before(async () => {
    zunova = await deploy();
    nova = await compute(zunova.client);
  });
  after(() => zunova.close());

  const keys = (value: unknown): string[] =>
    typeof value === 'object' && value !== null ? Object.keys(value).sort() : [];

  it('are created in five members, built, and then active', async () => {
    const body = { server: { name: 'web1', imageRef: nova.image, flavorRef: 'c1' } };
    const made = await nova.call('POST', '/servers', { body });
    expect(made.status).to.equal(202);
    expect(keys(made.json.get('server').value)).to.deep.equal([
      'OS-DCF:diskConfig',
      'adminPass',
      'id',
      'links',
      'security_groups',
    ]);
    expect(made.json.str('server', 'adminPass')).to.match(/^[A-Za-z0-9]{12}$/);
    const id = made.json.str('server', 'id');
    expect(made.headers.get('location')).to.match(new RegExp(`^http://127\\.0\\.0\\.1:\\d+/v2\\.1/servers/${id}$`));
    const active = await nova.reaches(id, 'ACTIVE');
    expect(active.get('OS-EXT-STS:power_state').value).to.equal(1);
    expect(active.str('addresses', 'private', 0, 'addr')).to.match(/^10\./);
    const inspect = await zunova.docker.getContainer(active.str('OS-EXT-SRV-ATTR:instance_name')).inspect();
    expect(inspect.Config).to.deep.include({ Tty: true, OpenStdin: true, Hostname: 'web1' });
    expect(inspect.HostConfig).to.deep.include({ Init: true, Memory: 64 * 1024 * 1024, NanoCpus: 1_000_000_000 });
  });

  it('carry environment, options, key, script and files into the container', async () => {
    const key = await nova.call('POST', '/os-keypairs', { body: { keypair: { name: 'k1' } } });
    expect(key.json.str('keypair', 'private_key')).to.match(/^-----BEGIN RSA PRIVATE KEY-----/);
    const script = Buffer.from('#!/bin/sh\necho from user data > /script-ran\n').toString('base64');
    const id = await nova.boot('loaded', {
      key_name: 'k1',
      user_data: script,
      metadata: {
        APP_MODE: 'demo',
        'not-a-variable': 'x',
        ...OBEDIENT,
        'container:env.EXTRA': '1',
        'container:workdir': '/tmp',
      },
      personality: [{ path: '/etc/motd', contents: Buffer.from('hello').toString('base64') }],
    });
    const active = await nova.reaches(id, 'ACTIVE');
    expect(active.str('key_name')).to.equal('k1');
    const container = zunova.docker.getContainer(active.str('OS-EXT-SRV-ATTR:instance_name'));
    const inspect = await container.inspect();
    expect(inspect.Config.Env).to.include.members(['APP_MODE=demo', 'EXTRA=1']);
    expect(inspect.Config.Env.join()).to.not.include('not-a-variable');
    expect(inspect.Config).to.deep.include({ Tty: false, WorkingDir: '/tmp' });
    const run = (command: string) =>
      zunova.client.native('POST', `/containers/${id}/execute?command=${encodeURIComponent(command)}&run=true`);
    expect((await run('cat /script-ran')).json.str('output')).to.equal('from user data\n');
    expect((await run('cat /etc/motd')).json.str('output')).to.equal('hello');
    expect((await run('cat /root/.ssh/authorized_keys')).json.str('output')).to.include('ssh-rsa ');
    expect((await nova.show(id, { version: '2.96' })).str('OS-EXT-SRV-ATTR:user_data')).to.equal(script);
  });

  it('come several at once, numbered, under one reservation', async () => {
    const body = {
      server: { name: 'many', imageRef: nova.image, flavorRef: 'c1', min_count: '2', return_reservation_id: true },
    };
    const made = await nova.call('POST', '/servers', { body });
    expect(keys(made.json.value)).to.deep.equal(['reservation_id']);
    const reservation = made.json.str('reservation_id');
    expect(reservation).to.match(/^r-[0-9a-z]{8}$/);
    const found = await nova.call(
      'GET',
      `/servers/detail?reservation_id=${reservation}&sort_key=display_name&sort_dir=asc`,
      { version: '2.3' },
    );
    expect(found.json.list('servers').map((s) => s.str('name'))).to.deep.equal(['many-1', 'many-2']);
    expect(found.json.list('servers').map((s) => s.get('OS-EXT-SRV-ATTR:launch_index').value)).to.deep.equal([0, 1]);
  });

  it('are limited by quota as a whole, and shrink to it when they may', async () => {
    const many = (min: number, max: number) => ({
      server: { name: 'q', imageRef: nova.image, flavorRef: 'c1', min_count: min, max_count: max },
    });
    const used = (await nova.call('GET', '/limits')).json.str('limits', 'absolute', 'totalInstancesUsed');
    const refused = await nova.call('POST', '/servers', { body: many(11, 11) });
    expect(refused.status).to.equal(403);
    expect(messageOf(refused)).to.equal(
      `Quota exceeded for instances: Requested 11, but already used ${used} of 10 instances`,
    );
    const made = await nova.call('POST', '/servers', { body: many(1, 10) });
    expect(made.status).to.equal(202);
    const full = (await nova.call('GET', '/limits')).json.get('limits', 'absolute', 'totalInstancesUsed').value;
    expect(full).to.equal(10);
    const surplus = await nova.call('GET', '/servers?name=^q-');
    await Promise.all(surplus.json.list('servers').map((s) => nova.call('DELETE', `/servers/${s.str('id')}`)));
    for (const s of surplus.json.list('servers')) await nova.gone(s.str('id'));
  });

  it('end in ERROR with a fault where no host can take them', async () => {
    const other = await nova.boot('here', {}, { user: 'demo' });
    const server = { name: 'elsewhere', imageRef: nova.image, flavorRef: 'c1' };
    const body = { server, 'os:scheduler_hints': { different_host: [other] } };
    const made = await nova.call('POST', '/servers', { body, user: 'demo' });
    expect(made.status).to.equal(202);
    const id = made.json.str('server', 'id');
    const error = await nova.reaches(id, 'ERROR');
    expect(error.get('fault', 'code').value).to.equal(500);
    expect(error.str('fault', 'message')).to.match(/^No valid host was found\. There are not enough hosts available\./);
    expect(error.get('OS-EXT-SRV-ATTR:host').value).to.equal(null);
    expect((await nova.call('DELETE', `/servers/${id}`)).status).to.equal(204);
    expect((await nova.call('GET', `/servers/${id}`)).status).to.equal(404);
  });

  it('are renamed and described', async () => {
    const id = await nova.boot('old', { metadata: OBEDIENT });
    const put = (server: unknown, version: string) => nova.call('PUT', `/servers/${id}`, { body: { server }, version });
    const renamed = await put({ name: 'new', description: 'd', accessIPv4: '192.0.2.1' }, '2.96');
    expect(renamed.status).to.equal(200);
    expect(renamed.json.get('server').value).to.deep.include({
      name: 'new',
      description: 'd',
      accessIPv4: '192.0.2.1',
    });
    expect((await put({ description: null }, '2.96')).json.get('server', 'description').value).to.equal(null);
    expect((await put({}, '2.1')).status).to.equal(200);
    expect((await put({ name: '' }, '2.1')).status).to.equal(400);
    expect((await put({ metadata: {} }, '2.1')).status).to.equal(400);
    expect((await nova.show(id)).str('name')).to.equal('new');
  });

  it('are deleted: at once shown so, then gone, and listed for those who ask what has changed', async () => {
    const id = await nova.boot('doomed', { metadata: OBEDIENT });
    await nova.reaches(id, 'ACTIVE');
    const since = new Date().toISOString();
    const deleted = await nova.call('DELETE', `/servers/${id}`);
    expect([deleted.status, deleted.text]).to.deep.equal([204, '']);
    const after = await nova.call('GET', `/servers/${id}`);
    expect(after.status === 404 || after.json.str('server', 'OS-EXT-STS:task_state') === 'deleting').to.equal(true);
    await nova.gone(id);
    expect((await nova.call('DELETE', `/servers/${id}`)).status).to.equal(404);
    const changed = await nova.call('GET', `/servers/detail?changes-since=${since}`);
    const record = changed.json.list('servers').find((s) => s.str('id') === id);
    expect(record?.value).to.deep.include({ status: 'DELETED', 'OS-EXT-STS:vm_state': 'deleted', addresses: {} });
    expect(record?.str('OS-SRV-USG:terminated_at')).to.match(/^\d{4}-.*\.\d{6}$/);
    const actions = await nova.call('GET', `/servers/${id}/os-instance-actions`, { version: '2.21' });
    expect(actions.json.list('instanceActions').map((a) => a.str('action'))).to.deep.equal(['delete', 'create']);
    expect((await nova.call('GET', `/servers/${id}/os-instance-actions`, { version: '2.20' })).status).to.equal(404);
  });

  it('can be deleted while they are being built', async () => {
    const id = await nova.boot('early');
    expect((await nova.call('DELETE', `/servers/${id}`)).status).to.equal(204);
    await nova.gone(id);
    const left = await until('an empty engine', async () => {
      const all = await zunova.docker.listContainers({ all: true, filters: { label: [`zunova.uuid=${id}`] } });
      return all.length === 0 ? 'none' : null;
    });
    expect(left).to.equal('none');
  });

  it('of another project do not exist', async () => {
    const id = await nova.boot('mine', {}, { user: 'demo' });
    const alt = { user: 'alt' } as const;
    expect((await nova.call('GET', '/servers?name=mine', alt)).json.list('servers')).to.deep.equal([]);
    const attempts = await Promise.all([
      nova.call('GET', `/servers/${id}`, alt),
      nova.call('PUT', `/servers/${id}`, { ...alt, body: { server: { name: 'x' } } }),
      nova.act(id, { 'os-stop': null }, alt),
      nova.act(id, { lock: null }, alt),
      nova.call('GET', `/servers/${id}/metadata`, alt),
      nova.call('PUT', `/servers/${id}/tags/x`, { ...alt, version: '2.26' }),
      nova.call('GET', `/servers/${id}/ips`, alt),
      nova.call('GET', `/servers/${id}/os-instance-actions`, alt),
      nova.call('DELETE', `/servers/${id}`, alt),
    ]);
    for (const a of attempts) {
      expect([a.status, messageOf(a)]).to.deep.equal([404, `Instance ${id} could not be found.`]);
    }
    expect((await nova.reaches(id, 'ACTIVE')).get('name').value).to.equal('mine');
  });
});
