import { expect } from 'chai';
import type { Answer, UserName } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { type Compute, compute, messageOf } from './fixture.js';

describe('Nova API: writes of flavors', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  let nova: Compute;
  let altProject: string;
  before(async () => {
    zunova = await deploy();
    nova = await compute(zunova.client);
    const row = await zunova.db.database.one<{ id: string }>("select id from identity_projects where name = 'alt'");
    altProject = row?.id ?? '';
  });
  after(() => zunova.close());

  const call = (
    method: string,
    path: string,
    body?: unknown,
    version = '2.96',
    user: UserName = 'admin',
  ): Promise<Answer> => nova.call(method, path, { version, user, ...(body !== undefined && { body }) });
  const make = (over: Record<string, unknown>, version?: string): Promise<Answer> =>
    call('POST', '/flavors', { flavor: { ram: 64, vcpus: 1, disk: 1, ...over } }, version);
  const refusal = (a: Answer): [number, string] => [a.status, messageOf(a)];

  it('makes one with all that was asked, in the members of the version', async () => {
    const made = await make({
      name: 'full',
      id: 77,
      swap: '16',
      'OS-FLV-EXT-DATA:ephemeral': 2,
      rxtx_factor: 2,
      'os-flavor-access:is_public': true,
      description: 'for tests',
    });
    expect(made.status).to.equal(200);
    const base = {
      id: '77',
      name: 'full',
      ram: 64,
      disk: 1,
      swap: 16,
      'OS-FLV-EXT-DATA:ephemeral': 2,
      'OS-FLV-DISABLED:disabled': false,
      vcpus: 1,
      'os-flavor-access:is_public': true,
      rxtx_factor: 2,
      links: made.json.get('flavor', 'links').value,
    };
    expect(made.json.value).to.deep.equal({ flavor: { ...base, description: 'for tests', extra_specs: {} } });
    expect((await call('GET', '/flavors/77', undefined, '2.1', 'demo')).json.value).to.deep.equal({ flavor: base });
  });

  it('makes up an id, and defaults', async () => {
    const made = await make({ name: 'auto', id: null }, '2.1');
    expect(made.json.str('flavor', 'id')).to.match(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(made.json.get('flavor', 'swap').value).to.equal('');
    expect(made.json.get('flavor', 'rxtx_factor').value).to.equal(1);
  });

  it('refuses a name or id that is taken, bad input, and users', async () => {
    await make({ name: 'one', id: 'one' });
    expect(refusal(await make({ name: 'one' }))).to.deep.equal([409, 'Flavor with name one already exists.']);
    expect(refusal(await make({ name: 'two', id: 'one' }))).to.deep.equal([409, 'Flavor with ID one already exists.']);
    expect((await make({ name: 'two', ram: 0 })).status).to.equal(400);
    const denied = await call('POST', '/flavors', { flavor: {} }, '2.96', 'demo');
    expect(refusal(denied)).to.deep.equal([
      403,
      "Policy doesn't allow os_compute_api:os-flavor-manage:create to be performed.",
    ]);
  });

  it('changes the description, from 2.55', async () => {
    await make({ name: 'said', id: 'said' });
    const body = { flavor: { description: 'new' } };
    const changed = await call('PUT', '/flavors/said', body, '2.55');
    expect([changed.status, changed.json.str('flavor', 'description')]).to.deep.equal([200, 'new']);
    expect((await call('PUT', '/flavors/said', body, '2.54')).status).to.equal(404);
    expect((await call('PUT', '/flavors/said', body, '2.55', 'demo')).status).to.equal(403);
    expect(refusal(await call('PUT', '/flavors/none', body))).to.deep.equal([404, 'Flavor none could not be found.']);
  });

  it('writes extra specs one by one and together', async () => {
    await make({ name: 'spec', id: 'spec' });
    const path = '/flavors/spec/os-extra_specs';
    const merged = await call('POST', path, { extra_specs: { a: '1', b: 2 } });
    expect([merged.status, merged.json.value]).to.deep.equal([200, { extra_specs: { a: '1', b: '2' } }]);
    const put = await call('PUT', `${path}/a`, { a: '3' });
    expect([put.status, put.json.value]).to.deep.equal([200, { a: '3' }]);
    expect(refusal(await call('PUT', `${path}/a`, { b: '3' }))).to.deep.equal([400, 'Request body and URI mismatch']);
    const gone = await call('DELETE', `${path}/b`);
    expect([gone.status, gone.text]).to.deep.equal([200, '']);
    expect((await call('GET', path)).json.value).to.deep.equal({ extra_specs: { a: '3' } });
    expect(refusal(await call('DELETE', `${path}/b`))).to.deep.equal([
      404,
      'Flavor spec has no extra specs with key b.',
    ]);
    const none = { extra_specs: { a: '1' } };
    expect((await call('POST', '/flavors/none/os-extra_specs', none)).status).to.equal(404);
    expect((await call('PUT', '/flavors/none/os-extra_specs/a', { a: '1' })).status).to.equal(404);
    expect(refusal(await call('DELETE', '/flavors/none/os-extra_specs/a'))).to.deep.equal([
      404,
      'Flavor none could not be found.',
    ]);
    for (const [method, at, body] of [
      ['POST', path, none],
      ['PUT', `${path}/a`, { a: '1' }],
      ['DELETE', `${path}/a`, undefined],
    ] as const) {
      expect((await call(method, at, body, '2.96', 'demo')).status, method).to.equal(403);
    }
    expect((await call('POST', path, { extra_specs: { 'hw:numa_nodes': 'foo' } }, '2.86')).status).to.equal(400);
  });

  it('keeps a private flavor from those who were not given it', async () => {
    await make({ name: 'hidden', id: 'hidden', 'os-flavor-access:is_public': false });
    const ofAlt = async (): Promise<number> => (await call('GET', '/flavors/hidden', undefined, '2.96', 'alt')).status;
    const act = (key: string, tenant: string, user: UserName = 'admin'): Promise<Answer> =>
      call('POST', '/flavors/hidden/action', { [key]: { tenant } }, '2.96', user);
    expect(await ofAlt()).to.equal(404);
    expect((await call('GET', '/flavors/hidden/os-flavor-access')).json.value).to.deep.equal({ flavor_access: [] });
    const list = { flavor_access: [{ flavor_id: 'hidden', tenant_id: altProject }] };
    const granted = await act('addTenantAccess', altProject);
    expect([granted.status, granted.json.value]).to.deep.equal([200, list]);
    expect(await ofAlt()).to.equal(200);
    const seen = await call('GET', '/flavors', undefined, '2.96', 'alt');
    expect(seen.json.list('flavors').map((f) => f.str('id'))).to.include('hidden');
    expect((await act('addTenantAccess', altProject)).status).to.equal(409);
    expect(refusal(await act('addTenantAccess', 'nobody'))).to.deep.equal([
      400,
      'Project ID nobody is not a valid project.',
    ]);
    expect((await act('addTenantAccess', altProject, 'demo')).status).to.equal(403);
    expect((await act('removeTenantAccess', altProject)).json.value).to.deep.equal({ flavor_access: [] });
    expect((await act('removeTenantAccess', altProject)).status).to.equal(404);
    expect(await ofAlt()).to.equal(404);
    expect(refusal(await act('share', altProject))).to.deep.equal([400, 'There is no such action: share']);
    expect((await call('POST', '/flavors/hidden/action', {})).status).to.equal(400);
  });

  it('has no access list of a public flavor, and gives it to nobody from 2.7', async () => {
    expect(refusal(await call('GET', '/flavors/1/os-flavor-access'))).to.deep.equal([
      404,
      'Access list not available for public flavors.',
    ]);
    const add = (version: string): Promise<Answer> =>
      call('POST', '/flavors/1/action', { addTenantAccess: { tenant: altProject } }, version);
    expect(refusal(await add('2.7'))).to.deep.equal([409, 'Can not add access to a public flavor.']);
    expect((await add('2.6')).status).to.equal(200);
  });

  it('lets servers be as they are when their flavor goes', async () => {
    await make({ name: 'short', id: 'short' });
    const id = await nova.boot('of-short', { flavorRef: 'short' });
    const flavor = (await nova.reaches(id, 'ACTIVE')).get('flavor').value;
    expect((await call('DELETE', '/flavors/short', undefined, '2.1', 'demo')).status).to.equal(403);
    const gone = await call('DELETE', '/flavors/short', undefined, '2.1');
    expect([gone.status, gone.text]).to.deep.equal([202, '']);
    expect((await call('GET', '/flavors/short')).status).to.equal(404);
    expect((await call('DELETE', '/flavors/short')).status).to.equal(404);
    expect((await nova.show(id)).get('flavor').value).to.deep.equal(flavor);
    expect((await nova.show(id, { version: '2.96' })).str('flavor', 'original_name')).to.equal('short');
    expect((await nova.call('DELETE', `/servers/${id}`)).status).to.equal(204);
    await nova.gone(id);
  });
});
