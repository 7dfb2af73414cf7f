import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { UserName } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

/** Two projects on one host: neither sees, names or touches what is the other's, through either API. */
describe('tenants', function () {
  this.timeout(120_000);
  let zunova: Deployment;
  let uuid: string;

  before(async () => {
    zunova = await deploy();
    const made = await zunova.client.native('POST', '/containers?run=true', {
      user: 'demo',
      body: { image: 'busybox', name: 'mine', cpu: 0.1, memory: 16, interactive: true },
    });
    uuid = made.json.str('uuid');
    await until(
      'it runs',
      async () =>
        (await zunova.client.native('GET', '/containers/mine', { user: 'demo' })).json.str('status') === 'Running',
    );
    await zunova.client.nova('POST', '/os-keypairs', { user: 'demo', body: { keypair: { name: 'k' } } });
  });
  after(() => zunova.close());

  const native = (method: string, path: string, user: UserName, body?: unknown) =>
    zunova.client.native(method, path, { user, ...(body !== undefined && { body }) });
  const nova = (method: string, path: string, user: UserName, body?: unknown) =>
    zunova.client.nova(method, path, { user, ...(body !== undefined && { body }) });

  it("lists show only what is the own project's", async () => {
    expect((await native('GET', '/containers', 'alt')).json.list('containers')).to.have.length(0);
    expect((await nova('GET', '/servers/detail', 'alt')).json.list('servers')).to.have.length(0);
    expect((await native('GET', '/containers', 'demo')).json.list('containers')).to.have.length(1);
    expect((await nova('GET', '/servers/detail', 'demo')).json.list('servers')).to.have.length(1);
  });

  it('a filter by project or name does not reach further', async () => {
    const project = (await native('GET', `/containers/${uuid}`, 'demo')).json.str('project_id');
    expect((await native('GET', `/containers?project_id=${project}`, 'alt')).json.list('containers')).to.have.length(0);
    expect((await nova('GET', `/servers?project_id=${project}&all_tenants=1`, 'alt')).status).to.equal(403);
    expect((await native('GET', '/containers?all_projects=1', 'alt')).status).to.equal(403);
  });

  for (const [method, path, body] of [
    ['GET', ''],
    ['PATCH', '', { name: 'taken' }],
    ['DELETE', '?stop=true'],
    ['POST', '/start'],
    ['POST', '/stop'],
    ['POST', '/reboot'],
    ['POST', '/pause'],
    ['POST', '/unpause'],
    ['POST', '/kill'],
    ['GET', '/logs'],
    ['POST', '/execute?command=id'],
    ['GET', '/top'],
    ['GET', '/stats'],
    ['GET', '/container_actions'],
    ['GET', '/network_list'],
  ] as const) {
    it(`native ${method} ${path}: 404 by uuid and by name`, async () => {
      for (const id of [uuid, 'mine']) {
        const answer = await native(method, `/containers/${id}${path}`, 'alt', body);
        expect(answer.status, answer.text).to.equal(404);
        expect(answer.json.str('errors', 0, 'title')).to.equal(`Container ${id} could not be found.`);
      }
    });
  }

  for (const [method, path, body] of [
    ['GET', ''],
    ['PUT', '', { server: { name: 'taken' } }],
    ['DELETE', ''],
    ['POST', '/action', { 'os-start': null }],
    ['POST', '/action', { 'os-stop': null }],
    ['POST', '/action', { reboot: { type: 'HARD' } }],
    ['POST', '/action', { pause: null }],
    ['POST', '/action', { 'os-getConsoleOutput': {} }],
    ['GET', '/metadata'],
    ['PUT', '/metadata/k', { meta: { k: 'v' } }],
    ['GET', '/ips'],
    ['GET', '/os-instance-actions'],
  ] as const) {
    it(`nova ${method} /servers/{id}${path} ${body === undefined ? '' : JSON.stringify(body)}: 404`, async () => {
      const answer = await nova(method, `/servers/${uuid}${path}`, 'alt', body);
      expect(answer.status, answer.text).to.equal(404);
      expect(answer.json.str('itemNotFound', 'message')).to.equal(`Instance ${uuid} could not be found.`);
    });
  }

  it('networks and ports of others do not exist', async () => {
    const of = async (user: UserName) =>
      (await zunova.client.request('network', 'GET', '/v2.0/networks', { user })).json.list('networks');
    const demo = await of('demo');
    expect(demo.map((n) => n.str('name'))).to.deep.equal(['private']);
    expect((await of('alt')).map((n) => n.str('name'))).to.deep.equal(['alt-private']);
    const foreign = demo[0]?.str('id') ?? '';
    const server = { name: 'x', imageRef: await image(), flavorRef: 'c1', networks: [{ uuid: foreign }] };
    expect((await nova('POST', '/servers', 'alt', { server })).status).to.equal(400);
    expect(
      (await native('POST', '/containers', 'alt', { image: 'busybox', nets: [{ network: foreign }] })).status,
    ).to.equal(404);
    const ports = (await zunova.client.request('network', 'GET', '/v2.0/ports', { user: 'alt' })).json.list('ports');
    expect(ports.filter((p) => p.str('device_id') === uuid)).to.have.length(0);
  });

  it('key pairs belong to their user', async () => {
    expect((await nova('GET', '/os-keypairs/k', 'alt')).status).to.equal(404);
    expect((await nova('GET', '/os-keypairs', 'alt')).json.list('keypairs')).to.have.length(0);
  });

  it("a project in the URL that is not the token's is refused", async () => {
    const answer = await nova('GET', `/${randomUUID().replaceAll('-', '')}/servers`, 'demo');
    expect(answer.status).to.equal(400);
    expect(answer.json.str('badRequest', 'message')).to.match(/^Malformed request URL: URL's project_id/);
  });

  it('a reader reads and does not write', async () => {
    expect((await native('GET', `/containers/${uuid}`, 'reader')).status).to.equal(200);
    expect((await nova('GET', `/servers/${uuid}`, 'reader')).status).to.equal(200);
    const stop = await native('POST', `/containers/${uuid}/stop`, 'reader');
    expect(stop.status).to.equal(403);
    expect(stop.json.str('errors', 0, 'title')).to.equal("Policy doesn't allow container:stop to be performed.");
    const action = await nova('POST', `/servers/${uuid}/action`, 'reader', { 'os-stop': null });
    expect(action.status).to.equal(403);
    expect(action.json.str('forbidden', 'message')).to.match(
      /^Policy doesn't allow os_compute_api:servers:stop to be performed\.$/,
    );
  });

  it('what administrators see is for administrators', async () => {
    for (const path of ['/hosts', '/services']) expect((await native('GET', path, 'demo')).status, path).to.equal(403);
    for (const path of ['/os-hypervisors', '/os-services', '/os-availability-zone/detail']) {
      expect((await nova('GET', path, 'demo')).status, path).to.equal(403);
    }
    const member = (await native('GET', `/containers/${uuid}`, 'demo')).json.value;
    expect(member).to.not.have.any.keys('host', 'privileged', 'runtime', 'image_pull_policy');
    expect((await nova('GET', `/servers/${uuid}`, 'demo')).json.get('server').value).to.not.have.any.keys(
      'OS-EXT-SRV-ATTR:host',
    );
    expect((await native('GET', `/containers/${uuid}`, 'admin')).json.str('host')).to.equal('testhost');
  });

  it('nothing of all that was changed', async () => {
    const shown = await native('GET', `/containers/${uuid}`, 'demo');
    expect(shown.json.str('name')).to.equal('mine');
    expect(shown.json.str('status')).to.equal('Running');
    expect(
      (await native('GET', `/containers/${uuid}/container_actions`, 'demo')).json.list('containerActions'),
    ).to.have.length(1);
  });

  const image = async (): Promise<string> =>
    (await zunova.client.request('image', 'GET', '/v2/images?name=busybox')).json.str('images', 0, 'id');
});
