import { expect } from 'chai';
import { type Cli, cliOf, propertiesOf, tableOf } from '#test/lib/cli.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';

/** What administrators do with the stock clients (nova-api.md 6.2, 6.3). */
describe('administration with the stock clients', function () {
  this.timeout(180_000);
  let zunova: Deployment;
  let cli: Cli;

  before(async () => {
    zunova = await deploy();
    cli = cliOf(zunova);
  });
  after(() => zunova.close());

  it('nova flavor-create, -update, -key, -access-*, -delete', async () => {
    const [made] = tableOf(await cli.nova('flavor-create', '--is-public', 'false', 'n1', 'auto', '64', '1', '1'));
    expect(made).to.include({ Name: 'n1', Memory_MiB: '64', Is_Public: 'False' });
    await cli.nova('flavor-update', 'n1', 'small');
    await cli.nova('flavor-key', 'n1', 'set', 'container:pids_limit=50', 'x=1');
    await cli.nova('flavor-key', 'n1', 'unset', 'x');
    const shown = propertiesOf(await cli.nova('flavor-show', 'n1'));
    expect(shown).to.include({ description: 'small', extra_specs: '{"container:pids_limit": "50"}' });
    const project = (await cli.openstackJson('project', 'show', 'alt')).str('id');
    await cli.nova('flavor-access-add', 'n1', project);
    const access = tableOf(await cli.nova('flavor-access-list', '--flavor', 'n1'));
    expect(access.map((r) => r['Tenant_ID'])).to.deep.equal([project]);
    await cli.nova('flavor-access-remove', 'n1', project);
    await cli.nova('flavor-delete', 'n1');
    expect((await cli.attempt('nova', 'flavor-show', 'n1')).code).to.not.equal(0);
  });

  it('openstack flavor create, set, unset, delete', async () => {
    const create = ['flavor', 'create', '--ram', '64', '--disk', '1', '--private', '--property', 'x=1', 'o1'];
    expect((await cli.openstackJson(...create)).get('os-flavor-access:is_public').value).to.equal(false);
    await cli.openstack('flavor', 'set', '--project', 'alt', '--property', 'y=2', '--description', 'said', 'o1');
    await cli.openstack('flavor', 'unset', '--property', 'x', 'o1');
    const shown = await cli.openstackJson('flavor', 'show', 'o1');
    expect(shown.get('properties').value).to.deep.equal({ y: '2' });
    expect(shown.str('description')).to.equal('said');
    expect(shown.list('access_project_ids').length).to.equal(1);
    await cli.openstack('flavor', 'unset', '--project', 'alt', 'o1');
    await cli.openstack('flavor', 'delete', 'o1');
    expect((await cli.attempt('openstack', 'flavor', 'show', 'o1')).code).to.not.equal(0);
  });

  it('server groups by both clients', async () => {
    const create = ['server', 'group', 'create', '--policy', 'anti-affinity', '--rule', 'max_server_per_host=2', 'og'];
    const made = await cli.openstackJson('--os-compute-api-version', '2.64', ...create);
    expect(made.str('policy')).to.equal('anti-affinity');
    const [group] = tableOf(await cli.nova('server-group-create', 'ng', 'affinity'));
    expect(group).to.include({ Name: 'ng', Policy: 'affinity' });
    const listed = tableOf(await cli.nova('server-group-list')).map((r) => r['Name']);
    expect(listed).to.deep.equal(['og', 'ng']);
    const boot = ['--image', 'busybox', '--flavor', 'c1.nano', '--hint', `group=${made.str('id')}`, '--wait', 'in-og'];
    const server = (await cli.openstackJson('server', 'create', ...boot)).str('id');
    const shown = await cli.openstackJson('server', 'group', 'show', 'og');
    expect(shown.get('members').value).to.deep.equal([server]);
    await cli.openstack('server', 'delete', '--wait', 'in-og');
    await cli.openstack('server', 'group', 'delete', 'og');
    await cli.nova('server-group-delete', group?.['Id'] ?? '');
    expect(tableOf(await cli.nova('server-group-list'))).to.deep.equal([]);
  });
});
