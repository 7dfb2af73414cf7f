import { expect } from 'chai';
import { type Cli, cliOf } from '#test/lib/cli.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

/** One container, two APIs: what is done through one is right in the other. */
describe('a container in both APIs, with the stock clients', function () {
  this.timeout(180_000);
  let zunova: Deployment;
  let cli: Cli;

  before(async () => {
    zunova = await deploy();
    cli = cliOf(zunova);
  });
  after(() => zunova.close());

  const both = async (name: string): Promise<string> => {
    const server = await zunova.client.nova('GET', `/servers/detail?name=${name}`);
    const container = await zunova.client.native('GET', `/containers/${name}`);
    const at = server.json.get('servers', 0);
    return [
      at.str('status'),
      at.str('OS-EXT-STS:task_state'),
      container.json.str('status'),
      container.json.str('task_state'),
      at.str('id') === container.json.str('uuid') ? 'same' : 'different',
    ].join(' ');
  };
  const become = (name: string, state: string): Promise<unknown> =>
    until(`${name}: ${state}`, async () => (await both(name)) === `${state} same`, 30_000);

  it('made by Nova: seen, entered, read and measured by Zun', async () => {
    await cli.openstack(
      'server',
      'create',
      '--flavor',
      'm1.tiny',
      '--image',
      'busybox',
      '--property',
      'container:stop_timeout=1',
      '--wait',
      'web1',
    );
    const uuid = (await cli.openstackJson('server', 'show', 'web1')).str('id');
    const [row] = (await cli.openstackJson('appcontainer', 'list')).list();
    expect(row?.str('uuid')).to.equal(uuid);
    expect(row?.str('name')).to.equal('web1');
    expect(row?.str('status')).to.equal('Running');
    expect(row?.str('image')).to.equal('busybox');
    expect((await cli.openstack('appcontainer', 'exec', 'web1', 'hostname')).trim()).to.equal('web1');
    expect(await cli.openstack('appcontainer', 'logs', 'web1')).to.include('built-in shell');
    const stats = await cli.openstackJson('appcontainer', 'stats', 'web1');
    expect(stats.str('CONTAINER')).to.equal('web1');
    expect(Number(stats.str('MEM LIMIT(MiB)'))).to.equal(512);
    // The client prints its own format string at this command (native-api.md 7.2): what it was sent is what counts.
    const top = await zunova.client.native('GET', '/containers/web1/top');
    expect(top.json.list('Processes').length).to.be.greaterThan(0);
    expect((await cli.attempt('openstack', 'appcontainer', 'top', 'web1')).stderr).to.not.include('HTTP');
  });

  it('made by Zun: seen by Nova, and stopped by it', async () => {
    await cli.openstack('appcontainer', 'run', '--name', 'c2', 'busybox', 'ping', '-c', '1000', '127.0.0.1');
    await become('c2', 'ACTIVE null Running null');
    const rows = (await cli.openstackJson('server', 'list')).list();
    expect(rows.map((r) => r.str('Name')).sort()).to.deep.equal(['c2', 'web1']);
    const shown = await cli.openstackJson('server', 'show', 'c2');
    expect(shown.str('flavor')).to.include('c-1000-512-0');
    await cli.openstack('server', 'stop', 'c2');
    await become('c2', 'SHUTOFF null Stopped null');
  });

  it('the state in flight is in both at once, right after the request was accepted', async () => {
    const uuid = (await zunova.client.native('GET', '/containers/c2')).json.str('uuid');
    expect((await zunova.client.native('POST', '/containers/c2/start')).status).to.equal(202);
    const during = await both('c2');
    expect(during).to.be.oneOf([
      'SHUTOFF powering-on Stopped container_starting same',
      'ACTIVE null Running null same',
    ]);
    await become('c2', 'ACTIVE null Running null');
    expect((await zunova.client.nova('POST', `/servers/${uuid}/action`, { body: { pause: null } })).status).to.equal(
      202,
    );
    expect(await both('c2')).to.be.oneOf([
      'ACTIVE pausing Running container_pausing same',
      'PAUSED null Paused null same',
    ]);
    await become('c2', 'PAUSED null Paused null');
    expect((await zunova.client.native('POST', '/containers/c2/unpause')).status).to.equal(202);
    await become('c2', 'ACTIVE null Running null');
    expect(
      (await zunova.client.nova('POST', `/servers/${uuid}/action`, { body: { reboot: { type: 'HARD' } } })).status,
    ).to.equal(202);
    expect(await both('c2')).to.match(
      /^(HARD_REBOOT (rebooting_hard|reboot_\w+_hard) Restarting container_rebooting|ACTIVE null Running null) same$/,
    );
    await become('c2', 'ACTIVE null Running null');
  });

  it('deleted by one, gone from the other', async () => {
    await cli.openstack('server', 'delete', '--wait', 'c2');
    expect((await cli.attempt('openstack', 'appcontainer', 'show', 'c2')).code).to.not.equal(0);
    await cli.openstack('appcontainer', 'delete', '--stop', 'web1');
    await until(
      'the server is gone',
      async () => (await zunova.client.nova('GET', '/servers/detail')).json.list('servers').length === 0,
      30_000,
    );
  });

  it('each action is listed by both, with the same request id', async () => {
    const made = await zunova.client.native('POST', '/containers?run=true', {
      body: { image: 'busybox', name: 'acts', cpu: 0.1, memory: 16, interactive: true },
    });
    const uuid = made.json.str('uuid');
    await become('acts', 'ACTIVE null Running null');
    const request = made.headers.get('x-openstack-request-id');
    const native = await zunova.client.native('GET', `/containers/${uuid}/container_actions`);
    expect(native.json.list('containerActions').map((a) => a.str('request_id'))).to.deep.equal([request]);
    const nova = await zunova.client.nova('GET', `/servers/${uuid}/os-instance-actions`);
    expect(nova.json.list('instanceActions').map((a) => `${a.str('action')} ${a.str('request_id')}`)).to.deep.equal([
      `create ${request}`,
    ]);
  });
});
