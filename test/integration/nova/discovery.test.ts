import { expect } from 'chai';
import type { Answer, RequestOptions } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';

describe('Nova API: discovery and the edge', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  before(async () => {
    zunova = await deploy();
  });
  after(() => zunova.close());

  const at = (path: string, options: RequestOptions = {}, method = 'GET'): Promise<Answer> =>
    zunova.client.request('compute', method, path, options);
  const nobody = { user: null } as const;

  it('needs no token for the documents, and their links are equal', async () => {
    const [root, v21, v2] = await Promise.all([at('/', nobody), at('/v2.1/', nobody), at('/v2', nobody)]);
    expect([root.status, v21.status, v2.status]).to.deep.equal([200, 200, 200]);
    expect(root.json.str('versions', 0, 'id')).to.equal('v2.0');
    expect(root.json.get('versions', 1, 'links', 0).value).to.deep.equal(v21.json.get('version', 'links', 0).value);
    expect(root.json.get('versions', 0, 'links', 0).value).to.deep.equal(v2.json.get('version', 'links', 0).value);
    expect(v21.json.str('version', 'version')).to.equal('2.96');
    expect(v21.headers.get('openstack-api-version')).to.equal('compute 2.1');
    expect(v2.headers.get('openstack-api-version')).to.equal(null);
    expect(root.headers.get('openstack-api-version')).to.equal(null);
  });

  it('gives the same document inside, with a token', async () => {
    const project = await zunova.db.database.one<{ id: string }>(
      `select id from identity_projects where name = 'demo'`,
    );
    const outside = (await at('/v2.1', nobody)).json.value;
    expect((await at('/v2.1/versions/v2.1')).json.value).to.deep.equal(outside);
    expect((await at(`/v2.1/${project?.id}/`)).json.value).to.deep.equal(outside);
    expect((await at(`/v2.1/${project?.id}/`, nobody)).status).to.equal(401);
  });

  it('answers choices to any other path', async () => {
    const answer = await at('/v3/servers', nobody);
    expect(answer.status).to.equal(300);
    expect(answer.json.str('choices', 1, 'links', 0, 'href')).to.match(/\/v2\.1\/v3\/servers$/);
  });

  it('has both version headers, both request ids and the bare media type on success', async () => {
    const answer = await zunova.client.nova('GET', '/servers', { version: '2.60' });
    expect(answer.headers.get('openstack-api-version')).to.equal('compute 2.60');
    expect(answer.headers.get('x-openstack-nova-api-version')).to.equal('2.60');
    expect(answer.headers.get('vary')).to.equal('OpenStack-API-Version, X-OpenStack-Nova-API-Version');
    expect(answer.headers.get('x-compute-request-id')).to.match(/^req-[0-9a-f-]{36}$/);
    expect(answer.headers.get('x-openstack-request-id')).to.equal(answer.headers.get('x-compute-request-id'));
    expect(answer.headers.get('content-type')).to.equal('application/json');
    const latest = await zunova.client.nova('GET', '/servers', { version: 'latest' });
    expect(latest.headers.get('x-openstack-nova-api-version')).to.equal('2.96');
  });

  it('refuses bad tokens as keystonemiddleware does', async () => {
    for (const options of [nobody, { user: null, headers: { 'x-auth-token': 'gAAAAbad' } }]) {
      const answer = await at('/v2.1/servers', options);
      expect(answer.status).to.equal(401);
      expect(answer.headers.get('www-authenticate')).to.match(/^Keystone uri="http:/);
      expect(answer.json.get('error', 'code').value).to.equal(401);
    }
  });

  it('refuses versions out of range with what was asked for in the headers', async () => {
    const answer = await zunova.client.nova('GET', '/servers', { version: '2.97' });
    expect(answer.status).to.equal(406);
    expect(answer.json.str('computeFault', 'message')).to.equal(
      'Version 2.97 is not supported by the API. Minimum is 2.1 and maximum is 2.96.',
    );
    expect(answer.headers.get('openstack-api-version')).to.equal('compute 2.97');
    expect((await zunova.client.nova('GET', '/servers', { version: 'abc' })).status).to.equal(400);
  });

  const notFound = { itemNotFound: { code: 404, message: 'The resource could not be found.' } };
  for (const [method, path, version] of [
    ['GET', '/nope', '2.1'],
    ['PATCH', '/servers', '2.1'],
    ['PUT', '/servers', '2.1'],
    ['GET', '/servers/a/b/c', '2.1'],
    ['GET', '/servers/web%00', '2.1'],
    ['GET', '/servers/x/tags', '2.25'],
    ['GET', '/os-hosts', '2.43'],
    ['GET', '/os-hypervisors/statistics', '2.88'],
    ['GET', '/images', '2.36'],
  ] as const) {
    it(`knows no ${method} ${path} at ${version}`, async () => {
      const answer = await zunova.client.nova(method, path, { version });
      expect([answer.status, answer.json.value]).to.deep.equal([404, notFound]);
    });
  }

  it('says of removed APIs that they are gone', async () => {
    for (const path of ['/os-cells', '/os-fping/x', '/os-agents', '/servers/x/consoles']) {
      const answer = await zunova.client.nova('GET', path);
      expect(answer.status, path).to.equal(410);
      expect(answer.json.get('computeFault', 'code').value).to.equal(410);
    }
  });

  it('takes the project in the path, and no other than that of the token', async () => {
    const project = await zunova.db.database.one<{ id: string }>(
      `select id from identity_projects where name = 'demo'`,
    );
    const own = await at(`/v2.1/${project?.id}/flavors/1`);
    expect(own.json.str('flavor', 'links', 0, 'href')).to.match(new RegExp(`/v2\\.1/${project?.id}/flavors/1$`));
    expect(own.json.str('flavor', 'links', 1, 'href')).to.match(new RegExp(`\\d/${project?.id}/flavors/1$`));
    const other = await at('/v2.1/abcdef/flavors/1');
    expect(other.status).to.equal(400);
    expect(other.json.str('badRequest', 'message')).to.equal(
      `Malformed request URL: URL's project_id 'abcdef' doesn't match Context's project_id '${project?.id}'`,
    );
  });

  it('refuses bodies that are too large, of another type, or no JSON', async () => {
    const large = await at('/v2.1/servers', { rawBody: Buffer.alloc(10_000_000, 120) }, 'POST');
    expect(large.status).to.equal(413);
    const xml = await at(
      '/v2.1/servers',
      { rawBody: '<server/>', headers: { 'content-type': 'application/xml' } },
      'POST',
    );
    expect([xml.status, xml.json.value]).to.deep.equal([
      415,
      { badMediaType: { code: 415, message: 'Unsupported Content-Type' } },
    ]);
    const broken = await at(
      '/v2.1/servers',
      { rawBody: '{"server"', headers: { 'content-type': 'application/json' } },
      'POST',
    );
    expect([broken.status, broken.json.value]).to.deep.equal([
      400,
      { badRequest: { code: 400, message: 'Malformed request body' } },
    ]);
    const empty = await at('/v2.1/servers', {}, 'POST');
    expect(empty.json.str('badRequest', 'message')).to.equal("None is not of type 'object'");
  });

  it('is lenient under /v2: no version headers, unknown members dropped', async () => {
    const answer = await at(
      '/v2/os-keypairs',
      { body: { keypair: { name: ' lenient ', foo: 1 } }, headers: { 'openstack-api-version': 'compute 2.999' } },
      'POST',
    );
    expect(answer.status).to.equal(200);
    expect(answer.json.str('keypair', 'name')).to.equal('lenient');
    expect(answer.headers.get('openstack-api-version')).to.equal(null);
    expect((await at('/v2.1/os-keypairs', { body: { keypair: { name: 'strict', foo: 1 } } }, 'POST')).status).to.equal(
      400,
    );
  });
});
