import { expect } from 'chai';
import { Json } from '#test/lib/api-client.js';
import { type Cli, cliOf, tableOf } from '#test/lib/cli.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';

/** What is around the containers: flavors, images, networks, zones, hosts, keys, limits, tokens. */
describe('resources with the stock clients', function () {
  this.timeout(180_000);
  let zunova: Deployment;
  let cli: Cli;

  before(async () => {
    zunova = await deploy();
    cli = cliOf(zunova);
  });
  after(() => zunova.close());

  const column = async (name: string, ...args: string[]): Promise<string[]> =>
    (await cli.openstackJson(...args)).list().map((r) => r.str(name));

  it('flavor list and show', async () => {
    expect(await column('Name', 'flavor', 'list')).to.include.members(['m1.tiny', 'm1.small', 'm1.xlarge', 'c1.nano']);
    expect((await cli.openstackJson('flavor', 'show', 'm1.tiny')).get('ram').value).to.equal(512);
    expect(tableOf(await cli.nova('flavor-list')).map((r) => r['Name'])).to.include('m1.tiny');
  });
  it('image list and show', async () => {
    expect(await column('Name', 'image', 'list')).to.include('busybox');
    expect((await cli.openstackJson('image', 'show', 'busybox')).str('container_format')).to.equal('docker');
  });
  it('network, subnet, port and security group list', async () => {
    expect(await column('Name', 'network', 'list')).to.have.members(['private', 'alt-private']);
    expect((await column('Subnet', 'subnet', 'list')).length).to.equal(2);
    await cli.openstack('port', 'list');
    await cli.openstack('security', 'group', 'list');
  });
  it('availability zone list', async () => {
    expect(await column('Zone Name', 'availability', 'zone', 'list')).to.include('nova');
    expect(tableOf(await cli.nova('availability-zone-list')).some((r) => r['Name']?.includes('nova'))).to.equal(true);
  });
  it('hypervisor list and show tell the host', async () => {
    expect(await column('Hypervisor Hostname', 'hypervisor', 'list')).to.deep.equal(['testhost']);
    const shown = await cli.openstackJson('hypervisor', 'show', 'testhost');
    const info = new Json(await zunova.docker.info());
    expect(Number(shown.str('vcpus'))).to.equal(info.get('NCPU').value);
    expect(shown.str('state')).to.equal('up');
    expect(tableOf(await cli.nova('hypervisor-list')).map((r) => r['Hypervisor hostname'])).to.deep.equal(['testhost']);
  });
  it('compute service list', async () => {
    const rows = (await cli.openstackJson('compute', 'service', 'list')).list();
    const compute = rows.filter((r) => r.str('Binary') === 'nova-compute');
    expect(compute.map((r) => `${r.str('Host')} ${r.str('Status')} ${r.str('State')}`)).to.deep.equal([
      'testhost enabled up',
    ]);
  });
  it('keypair create, list, show, delete', async () => {
    const key = await cli.openstack('keypair', 'create', 'k1');
    expect(key).to.include('-----BEGIN RSA PRIVATE KEY-----');
    expect(await column('Name', 'keypair', 'list')).to.deep.equal(['k1']);
    expect((await cli.openstackJson('keypair', 'show', 'k1')).str('fingerprint')).to.match(
      /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/,
    );
    await cli.openstack('keypair', 'delete', 'k1');
    expect(await column('Name', 'keypair', 'list')).to.deep.equal([]);
  });
  it('limits show', async () => {
    const limits = new Map(
      (await cli.openstackJson('limits', 'show', '--absolute'))
        .list()
        .map((r) => [r.str('Name'), r.get('Value').value]),
    );
    expect(limits.get('maxTotalInstances')).to.equal(10);
    expect(limits.get('totalInstancesUsed')).to.equal(0);
  });
  it('token issue, catalog list, versions show, project and user list', async () => {
    await cli.openstack('token', 'issue');
    expect(await column('Type', 'catalog', 'list')).to.have.members([
      'compute',
      'image',
      'network',
      'container',
      'identity',
    ]);
    expect(await cli.openstack('versions', 'show')).to.include('compute');
    expect(await column('Name', 'project', 'list')).to.have.members(['demo', 'alt']);
    expect(await column('Name', 'user', 'list')).to.include.members(['admin', 'demo', 'alt']);
    await cli.nova('version-list');
  });
  it('a member cannot look at the hosts', async () => {
    const denied = await cliOf(zunova, 'demo').attempt('openstack', 'hypervisor', 'list');
    expect(denied.code).to.not.equal(0);
    expect(denied.stderr).to.include("Policy doesn't allow");
  });
  it('a wrong password is told so', async () => {
    const denied = await cli.attempt('openstack', '--os-password', 'wrong', 'token', 'issue');
    expect(denied.code).to.not.equal(0);
    expect(denied.stderr).to.include('The request you have made requires authentication. (HTTP 401)');
  });
});
