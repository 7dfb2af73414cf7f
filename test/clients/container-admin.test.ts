import { expect } from 'chai';
import { type Cli, cliOf } from '#test/lib/cli.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';

/** What operators do with python-zunclient (native-api.md 7.2). */
describe('openstack appcontainer for operators', function () {
  this.timeout(180_000);
  let zunova: Deployment;
  let cli: Cli;

  before(async () => {
    zunova = await deploy();
    cli = cliOf(zunova);
  });
  after(() => zunova.close());

  const zun = (...args: string[]) => cli.openstackJson('appcontainer', ...args);
  const service = ['testhost', 'zun-compute'];
  const shownService = async () => {
    const [row] = (await zun('service', 'list')).list();
    return [row?.get('Disabled').value, row?.get('Disabled Reason').value, row?.str('State')];
  };

  it('service disable, enable, forcedown, delete', async () => {
    await cli.openstack('appcontainer', 'service', 'disable', ...service, '--reason', 'maintenance');
    expect(await shownService()).to.deep.equal([true, 'maintenance', 'up']);
    await cli.openstack('appcontainer', 'service', 'enable', ...service);
    expect(await shownService()).to.deep.equal([false, null, 'up']);
    await cli.openstack('appcontainer', 'service', 'forcedown', ...service);
    expect((await shownService())[2]).to.equal('down');
    await cli.openstack('appcontainer', 'service', 'forcedown', ...service, '--unset');
    expect((await shownService())[2]).to.equal('up');
    await cli.openstack('appcontainer', 'service', 'delete', ...service);
    const denied = await cliOf(zunova, 'demo').attempt('openstack', 'appcontainer', 'service', 'enable', ...service);
    expect(denied.stderr).to.include("Policy doesn't allow zun-service:enable to be performed.");
  });

  it('quota get, default, update, delete; quota class get, update', async () => {
    await cli.openstack('appcontainer', 'quota', 'class', 'update', '--containers', '9', 'default');
    expect((await zun('quota', 'class', 'get', 'default')).get('containers').value).to.equal(9);
    expect((await zun('quota', 'default', 'p')).get('containers').value).to.equal(9);
    await cli.openstack('appcontainer', 'quota', 'update', '--cpu', '3', '--disk', '-1', 'p');
    const own = await zun('quota', 'get', 'p');
    expect(own.value).to.deep.equal({ containers: 9, cpu: 3, disk: -1, memory: 51200 });
    await cli.openstack('appcontainer', 'quota', 'delete', 'p');
    expect((await zun('quota', 'get', 'p')).get('cpu').value).to.equal(20);
  });
});
