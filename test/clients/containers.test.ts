import { expect } from 'chai';
import { Json } from '#test/lib/api-client.js';
import { type Cli, cliOf } from '#test/lib/cli.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

/** The container commands of the README, by `openstack appcontainer` and the old `zun` shell. */
describe('containers with the stock client', function () {
  this.timeout(180_000);
  let zunova: Deployment;
  let cli: Cli;

  before(async () => {
    zunova = await deploy();
    cli = cliOf(zunova);
  });
  after(() => zunova.close());

  const stateOf = async (name: string) => {
    const uuid = (await cli.openstackJson('appcontainer', 'show', name)).str('uuid');
    return (await zunova.docker.getContainer(`zunova-${uuid}`).inspect()).State;
  };
  const become = (name: string, status: string): Promise<unknown> =>
    until(
      `${name} is ${status}`,
      async () => (await zunova.client.native('GET', `/containers/${name}`)).json.str('status') === status,
      30_000,
    );

  it('run --wait gives a running container with what was asked for', async () => {
    await cli.openstack(
      'appcontainer',
      'run',
      '--name',
      'c1',
      '--cpu',
      '0.5',
      '--memory',
      '64',
      '--environment',
      'A=b',
      '--label',
      'tier=web',
      '--hostname',
      'chost',
      '--wait',
      'busybox',
      'sh',
      '-c',
      'echo started; trap exit TERM; while :; do sleep 0.2; done',
    );
    const shown = await cli.openstackJson('appcontainer', 'show', 'c1');
    expect(shown.str('status')).to.equal('Running');
    expect(shown.get('cpu').value).to.equal(0.5);
    expect(shown.str('memory')).to.equal('64');
    expect(shown.str('hostname')).to.equal('chost');
    const inspect = await zunova.docker.getContainer(`zunova-${shown.str('uuid')}`).inspect();
    expect(inspect.HostConfig).to.include({ Memory: 64 * 1024 * 1024, NanoCpus: 5e8 });
    expect(inspect.Config.Env).to.include('A=b');
    expect(inspect.Config.Labels['tier']).to.equal('web');
    expect(Object.values(inspect.NetworkSettings.Networks)[0]?.IPAddress).to.equal(shown.str('addresses'));
  });

  it('exec, logs and stats answer from the container', async () => {
    expect((await cli.openstack('appcontainer', 'exec', 'c1', 'hostname')).trim()).to.equal('chost');
    expect(await cli.openstack('appcontainer', 'logs', 'c1')).to.include('started');
    expect((await cli.openstackJson('appcontainer', 'stats', 'c1')).str('CONTAINER')).to.equal('c1');
    expect((await cli.attempt('openstack', 'appcontainer', 'exec', 'c1', 'sh', '-c', 'exit 3')).code).to.equal(3);
  });

  it('pause, unpause, stop, start, restart and kill do that', async () => {
    await cli.openstack('appcontainer', 'pause', 'c1');
    await become('c1', 'Paused');
    expect((await stateOf('c1')).Paused).to.equal(true);
    await cli.openstack('appcontainer', 'unpause', 'c1');
    await become('c1', 'Running');
    await cli.openstack('appcontainer', 'stop', 'c1');
    await become('c1', 'Stopped');
    expect((await stateOf('c1')).Running).to.equal(false);
    await cli.openstack('appcontainer', 'start', 'c1');
    await become('c1', 'Running');
    const before = (await stateOf('c1')).StartedAt;
    await cli.openstack('appcontainer', 'restart', 'c1');
    await until('it was restarted', async () => (await stateOf('c1')).StartedAt !== before, 30_000);
    await become('c1', 'Running');
    await cli.openstack('appcontainer', 'kill', 'c1');
    await become('c1', 'Stopped');
  });

  it('set changes name, cpu and memory of the running container', async () => {
    await cli.openstack('appcontainer', 'start', 'c1');
    await become('c1', 'Running');
    const changed = await cli.openstackJson(
      'appcontainer',
      'set',
      '--name',
      'c1b',
      '--cpu',
      '0.25',
      '--memory',
      '128',
      'c1',
    );
    expect(changed.str('name')).to.equal('c1b');
    expect(changed.str('memory')).to.equal('128');
    const { HostConfig } = await zunova.docker.getContainer(`zunova-${changed.str('uuid')}`).inspect();
    expect(HostConfig).to.include({ Memory: 128 * 1024 * 1024, NanoCpus: 2.5e8 });
  });

  it('create makes a container that waits for its start', async () => {
    await cli.openstack('appcontainer', 'create', '--name', 'c3', '--wait', 'busybox', 'true');
    expect((await stateOf('c3')).Status).to.equal('created');
    await cli.openstack('appcontainer', 'start', 'c3');
    await until('it has ended', async () => (await stateOf('c3')).Status === 'exited', 30_000);
    await become('c3', 'Stopped');
  });

  it('actions are listed', async () => {
    const actions = (await cli.openstackJson('appcontainer', 'action', 'list', 'c3')).list();
    expect(actions.map((a) => a.str('action'))).to.deep.equal(['start', 'create']);
    const shown = await cli.openstackJson('appcontainer', 'action', 'show', 'c3', actions[0]?.str('request_id') ?? '');
    expect(shown.str('message')).to.be.oneOf(['', 'null', 'None']);
  });

  it('delete --stop --wait leaves nothing', async () => {
    await cli.openstack('appcontainer', 'delete', '--stop', '--wait', 'c1b', 'c3');
    expect((await cli.openstackJson('appcontainer', 'list')).list()).to.have.length(0);
    const deployment = (await zunova.db.database.one<{ id: string }>('select id from deployment'))?.id ?? '';
    const left = await zunova.docker.listContainers({
      all: true,
      filters: { label: [`zunova.deployment=${deployment}`] },
    });
    expect(left).to.have.length(0);
  });

  it('what fails says why', async () => {
    const missing = await cli.attempt('openstack', 'appcontainer', 'show', 'nobody');
    expect(missing.code).to.not.equal(0);
    expect(missing.stderr).to.include('Container nobody could not be found.');
    await cli.openstack('appcontainer', 'run', '--name', 'bad', 'busybox', '/no/such/program');
    await become('bad', 'Error');
    expect((await cli.openstackJson('appcontainer', 'show', 'bad')).str('status_reason')).to.include(
      '/no/such/program',
    );
    await cli.openstack('appcontainer', 'delete', '--force', 'bad');
  });

  it('hosts, services and zones are told as they are', async () => {
    const [host] = (await cli.openstackJson('appcontainer', 'host', 'list')).list();
    expect(host?.str('hostname')).to.equal('testhost');
    const info = new Json(await zunova.docker.info());
    expect(Number(host?.str('cpus'))).to.equal(info.get('NCPU').value);
    const [service] = (await cli.openstackJson('appcontainer', 'service', 'list')).list();
    expect(`${service?.str('Host')} ${service?.str('Binary')} ${service?.str('State')}`).to.equal(
      'testhost zun-compute up',
    );
    const [zone] = (await cli.openstackJson('appcontainer', 'availability', 'zone', 'list')).list();
    expect(zone?.str('availability_zone')).to.equal('nova');
  });

  it('the old zun shell works too', async () => {
    const list = await cli.attempt('zun', 'list');
    expect(list.code, list.stderr).to.equal(0);
    expect(list.stdout).to.include('uuid');
  });
});
