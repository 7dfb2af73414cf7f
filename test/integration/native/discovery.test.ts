import { expect } from 'chai';
import type { Answer } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';

describe('native API: discovery, versions, paths', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  before(async () => {
    zunova = await deploy();
  });
  after(() => zunova.close());

  const get = (path: string, version: string | null = null, user: 'admin' | null = 'admin'): Promise<Answer> =>
    zunova.client.request('container', 'GET', path, {
      user,
      ...(version !== null && { headers: { 'openstack-api-version': version } }),
    });
  const versionHeaders = ({ headers }: Answer): (string | null)[] =>
    ['openstack-api-version', 'openstack-api-minimum-version', 'openstack-api-maximum-version', 'vary'].map((h) =>
      headers.get(h),
    );
  const all = (version: string): string[] => [
    `container ${version}`,
    'container 1.1',
    'container 1.40',
    'OpenStack-API-Version',
  ];

  it('shows itself without a token, and without versions, at the root', async () => {
    const root = await get('/', 'container 9.9', null);
    expect(root.status).to.equal(200);
    expect(root.json.str('versions', 0, 'status')).to.equal('CURRENT');
    expect(root.json.str('versions', 0, 'max_version')).to.equal('1.40');
    expect(root.json.str('versions', 0, 'links', 0, 'href')).to.match(/^http:\/\/127\.0\.0\.1:\d+\/v1\/$/);
    expect(versionHeaders(root)).to.deep.equal([null, null, null, null]);
    expect(root.headers.get('x-openstack-request-id')).to.match(/^req-[0-9a-f-]{36}$/);
  });

  it('shows v1 without a token, in a version', async () => {
    for (const path of ['/v1', '/v1/']) {
      const v1 = await get(path, 'container 1.12', null);
      expect(v1.status).to.equal(200);
      expect(v1.json.str('id')).to.equal('v1');
      expect(versionHeaders(v1)).to.deep.equal(all('1.12'));
    }
  });

  it('answers each way to write a path', async () => {
    for (const path of [
      '/v1/containers',
      '/v1/containers/',
      '/containers',
      '//v1//containers',
      '/containers/?limit=5',
    ]) {
      expect((await get(path)).status, path).to.equal(200);
    }
  });

  it('has JSON without a charset', async () => {
    for (const path of ['/v1/containers', '/v1/containers/nope']) {
      expect((await get(path)).headers.get('content-type'), path).to.equal('application/json');
    }
  });

  describe('negotiation', () => {
    const rows = [
      [null, '1.1'],
      ['container 1.20', '1.20'],
      ['container latest', '1.40'],
      ['compute 2.1, container 1.12', '1.12'],
    ] as const;
    for (const [header, version] of rows) {
      it(`${header}: ${version}`, async () =>
        expect(versionHeaders(await get('/v1/containers', header))).to.deep.equal(all(version)));
    }

    it('refuses what is out of range, and says what is not', async () => {
      for (const version of ['1.41', '1.0', '2.0']) {
        const refused = await get('/v1/containers', `container ${version}`);
        expect(refused.status).to.equal(406);
        expect(refused.json.str('errors', 0, 'code')).to.equal('zun.microversion-unsupported');
        expect(refused.json.str('errors', 0, 'max_version')).to.equal('1.40');
        expect(versionHeaders(refused)).to.deep.equal(all('1.1'));
      }
    });

    it('refuses what is no version of this service', async () => {
      for (const header of ['latest', 'compute 2.1', 'container one']) {
        const refused = await get('/v1/containers', header);
        expect(refused.status).to.equal(406);
        expect(refused.json.str('errors', 0, 'title')).to.equal('Not Acceptable');
      }
    });

    it('knows operations that came or went with a version', async () => {
      const rows = [
        ['GET', '/hosts', 4, true],
        ['GET', '/containers/x/network_list', 13, true],
        ['POST', '/containers/x/rename?name=new', 13, false],
        ['POST', '/containers/x/resize_container', 19, true],
        ['POST', '/containers/x/network_attach', 8, true],
        ['POST', '/containers/x/add_security_group?name=g', 14, false],
        ['DELETE', '/networks/x', 27, true],
      ] as const;
      for (const [method, path, minor, isFrom] of rows) {
        const outside = isFrom ? minor - 1 : minor + 1;
        const refused = await zunova.client.native(method, path, { version: `1.${outside}` });
        expect(refused.status, `${path} ${outside}`).to.equal(406);
        expect(refused.json.str('errors', 0, 'detail')).to.equal(
          `Version 1.${outside} was requested but the requested API is not supported for this version.`,
        );
        expect(versionHeaders(refused)).to.deep.equal(all(`1.${outside}`));
        expect((await zunova.client.native(method, path, { version: `1.${minor}` })).status, path).to.not.equal(406);
      }
    });
  });

  describe('refuses', () => {
    it('who has no token, without telling versions', async () => {
      for (const headers of [{}, { 'x-auth-token': 'wrong' }]) {
        const refused = await zunova.client.request('container', 'GET', '/v1/containers', { user: null, headers });
        expect(refused.status).to.equal(401);
        expect(refused.json.value).to.deep.equal({
          error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
        });
        expect(refused.headers.get('www-authenticate')).to.match(/^Keystone uri="http/);
        expect(versionHeaders(refused)).to.deep.equal([null, null, null, null]);
      }
    });

    it('paths that do not exist', async () => {
      for (const path of [
        '/v2/containers',
        '/v1/bogus',
        '/v1/containers/x/bogus',
        '/experimental/capsules',
        '/v1/quotas',
        '/V1/containers',
      ]) {
        const refused = await get(path, 'container 1.20');
        expect(refused.status, path).to.equal(404);
        expect(refused.json.str('errors', 0, 'title')).to.equal('Not Found');
        expect(versionHeaders(refused), path).to.deep.equal(all('1.20'));
      }
    });

    it('methods that a resource does not have with 405, and those of an action with 404', async () => {
      const { client } = zunova;
      const put = await client.native('PUT', '/containers');
      expect(put.status).to.equal(405);
      expect(put.headers.get('allow')).to.equal('GET, POST');
      expect((await client.native('POST', '/containers/x', { body: {} })).headers.get('allow')).to.equal(
        'DELETE, GET, PATCH',
      );
      expect((await client.native('GET', '/containers/x/start')).status).to.equal(404);
      expect((await client.native('GET', '/networks')).status).to.equal(405);
    });

    it('bodies that are no JSON, too large, or of another type', async () => {
      const { client } = zunova;
      const json = { 'content-type': 'application/json' };
      const bad = await client.native('POST', '/containers', { rawBody: '{"image": ', headers: json });
      expect(bad.status).to.equal(400);
      expect(bad.json.str('errors', 0, 'title')).to.equal('The request body is not valid JSON.');
      const large = JSON.stringify({ image: 'x'.repeat(10_000_000) });
      expect((await client.native('POST', '/containers', { rawBody: large, headers: json })).status).to.equal(413);
      const xml = await client.native('POST', '/containers', {
        rawBody: '<a/>',
        headers: { 'content-type': 'text/xml' },
      });
      expect(xml.status).to.equal(415);
      expect(versionHeaders(xml)).to.deep.equal(all('1.40'));
    });

    it('what is not offered, in words', async () => {
      for (const [method, path] of [
        ['POST', '/containers/x/rebuild'],
        ['GET', '/capsules'],
        ['POST', '/capsules/'],
        ['GET', '/images/library%2Fnginx/search'],
        ['GET', '/registries'],
      ] as const) {
        const refused = await zunova.client.native(method, path, method === 'GET' ? {} : { body: {} });
        expect(refused.status, path).to.equal(501);
        expect(refused.json.str('errors', 0, 'title')).to.match(/is not supported by this service\.$/);
        expect(refused.json.str('errors', 0, 'request_id')).to.equal(refused.headers.get('x-openstack-request-id'));
      }
    });
  });

  it('shows operators hosts, services and zones, and hosts to nobody else', async () => {
    const { client } = zunova;
    const hosts = await client.native('GET', '/hosts');
    const [host] = hosts.json.list('hosts');
    expect(host?.str('hostname')).to.equal('testhost');
    const one = await client.native('GET', `/hosts/${host?.str('uuid')}`);
    expect(one.json.value).to.deep.equal(host?.value);
    expect((await client.native('GET', '/hosts/testhost')).json.str('uuid')).to.equal(host?.str('uuid'));
    expect((await client.native('GET', '/hosts/nope')).json.str('errors', 0, 'code')).to.equal(
      'container.compute-node-not-found',
    );
    expect((await client.native('GET', '/hosts?sort_key=nope')).status).to.equal(400);
    expect((await client.native('GET', '/hosts?limit=1')).json.str('next')).to.match(
      /\/v1\/hosts\?sort_key=hostname&sort_dir=asc&limit=1&marker=/,
    );
    const services = await client.native('GET', '/services/');
    expect(services.json.list('services').map((s) => s.str('state'))).to.deep.equal(['up']);
    const zones = await client.native('GET', '/availability_zones', { user: 'demo' });
    expect(zones.json.value).to.deep.equal({ availability_zones: [{ availability_zone: 'nova' }], next: null });
    for (const [path, rule] of [
      ['/hosts', 'host:get_all'],
      ['/services', 'zun-service:get_all'],
      ['/images', 'image:get_all'],
    ] as const) {
      const refused = await client.native('GET', path, { user: 'demo' });
      expect(refused.status).to.equal(403);
      expect(refused.json.str('errors', 0, 'title')).to.equal(`Policy doesn't allow ${rule} to be performed.`);
    }
  });

  it('shows a project its own quotas', async () => {
    const { client } = zunova;
    const project = (
      await client.native('POST', '/containers', { user: 'demo', body: { image: 'busybox', cpu: 0.5, memory: 64 } })
    ).json;
    const id = project.str('project_id');
    const flat = { containers: 40, memory: 51200, cpu: 20, disk: 100 };
    expect((await client.native('GET', `/quotas/${id}`, { user: 'demo' })).json.value).to.deep.equal(flat);
    expect((await client.native('GET', `/quotas/${id}/defaults`, { user: 'demo' })).json.value).to.deep.equal(flat);
    expect((await client.native('GET', `/quotas/${id}?usages=False`, { user: 'demo' })).json.value).to.deep.equal(flat);
    const used = await client.native('GET', `/quotas/${id}?usages=True`, { user: 'demo' });
    expect(used.json.get('cpu').value).to.deep.equal({ limit: 20, in_use: 0.5 });
    expect(used.json.get('memory').value).to.deep.equal({ limit: 51200, in_use: 64 });
    expect((await client.native('GET', `/quotas/${id}`, { user: 'alt' })).status).to.equal(403);
    expect((await client.native('GET', `/quotas/${id}`, { user: 'admin' })).status).to.equal(200);
  });
});
