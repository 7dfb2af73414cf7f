import { expect } from 'chai';
import type { Answer } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { type Compute, compute, messageOf } from './fixture.js';

describe('Nova API: metadata, tags and addresses', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  let nova: Compute;
  let id: string;
  before(async () => {
    zunova = await deploy();
    nova = await compute(zunova.client);
    id = await nova.boot('web1', { metadata: { a: '1' } });
    await nova.reaches(id, 'ACTIVE');
  });
  after(() => zunova.close());

  const metadata = (method: string, key = '', body?: unknown): Promise<Answer> =>
    nova.call(method, `/servers/${id}/metadata${key}`, body === undefined ? {} : { body });

  it('merges, replaces, sets, shows and deletes metadata', async () => {
    expect((await metadata('POST', '', { metadata: { b: '2' } })).json.value).to.deep.equal({
      metadata: { a: '1', b: '2' },
    });
    expect((await metadata('PUT', '', { metadata: { c: '3' } })).json.value).to.deep.equal({ metadata: { c: '3' } });
    expect((await metadata('PUT', '/d', { meta: { d: '4' } })).json.value).to.deep.equal({ meta: { d: '4' } });
    expect((await metadata('GET')).json.value).to.deep.equal({ metadata: { c: '3', d: '4' } });
    expect((await metadata('GET', '/d')).json.value).to.deep.equal({ meta: { d: '4' } });
    expect((await metadata('DELETE', '/d')).status).to.equal(204);
    for (const method of ['GET', 'DELETE']) {
      const missing = await metadata(method, '/d');
      expect([missing.status, messageOf(missing)]).to.deep.equal([404, 'Metadata item was not found']);
    }
    const mismatch = await metadata('PUT', '/x', { meta: { y: '1' } });
    expect([mismatch.status, messageOf(mismatch)]).to.deep.equal([400, 'Request body and URI mismatch']);
    expect((await nova.show(id)).get('metadata').value).to.deep.equal({ c: '3' });
  });

  it('loses nothing of two writes at once', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, i) => metadata('POST', '', { metadata: { [`k${i}`]: 'v' } })));
    const all = (await metadata('GET')).json.get('metadata').value;
    expect(Object.keys(typeof all === 'object' && all !== null ? all : {})).to.include.members(
      Array.from({ length: 8 }, (_, i) => `k${i}`),
    );
  });

  it('has room for 128 items', async () => {
    const items = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, 'v']));
    expect((await metadata('PUT', '', { metadata: items(128) })).status).to.equal(200);
    for (const answer of [
      await metadata('POST', '', { metadata: { one: 'more' } }),
      await metadata('PUT', '', { metadata: items(129) }),
      await nova.call('POST', '/servers', {
        body: { server: { name: 'x', imageRef: nova.image, flavorRef: 'c1', metadata: items(129) } },
      }),
    ]) {
      expect([answer.status, messageOf(answer)]).to.deep.equal([403, 'Maximum number of metadata items exceeds 128']);
    }
    await metadata('PUT', '', { metadata: {} });
  });

  it('shows labels of native containers, and does not pretend to remove them', async () => {
    const made = await zunova.client.native('POST', '/containers', {
      body: { image: 'busybox', labels: { app: 'db' } },
    });
    const native = made.json.str('uuid');
    await nova.reaches(native, 'SHUTOFF');
    const path = `/servers/${native}/metadata`;
    expect((await nova.call('GET', path)).json.value).to.deep.equal({ metadata: { app: 'db' } });
    const more = await nova.call('POST', path, { body: { metadata: { x: 'y' } } });
    expect(more.json.value).to.deep.equal({ metadata: { app: 'db', x: 'y' } });
    expect((await nova.call('DELETE', `${path}/app`)).status).to.equal(400);
    expect((await nova.call('DELETE', `${path}/x`)).status).to.equal(204);
    expect((await nova.call('GET', path)).json.value).to.deep.equal({ metadata: { app: 'db' } });
  });

  const tags = (method: string, tag = '', body?: unknown): Promise<Answer> =>
    nova.call(method, `/servers/${id}/tags${tag}`, { version: '2.26', ...(body !== undefined && { body }) });

  it('adds, checks, replaces and deletes tags', async () => {
    expect((await tags('GET')).json.value).to.deep.equal({ tags: [] });
    const added = await tags('PUT', '/a');
    expect(added.status).to.equal(201);
    expect(added.headers.get('location')).to.match(new RegExp(`/v2\\.1/servers/${id}/tags/a$`));
    const again = await tags('PUT', '/a');
    expect([again.status, again.headers.get('location')]).to.deep.equal([204, null]);
    const check = await tags('GET', '/a');
    expect([check.status, check.text]).to.deep.equal([204, '']);
    const missing = await tags('GET', '/nn');
    expect([missing.status, messageOf(missing)]).to.deep.equal([404, `Server ${id} has no tag 'nn'`]);
    expect((await tags('PUT', '', { tags: ['x', 'y'] })).json.value).to.deep.equal({ tags: ['x', 'y'] });
    expect((await tags('DELETE', '/x')).status).to.equal(204);
    expect((await tags('DELETE', '/x')).status).to.equal(404);
    expect((await nova.show(id, { version: '2.26' })).get('tags').value).to.deep.equal(['y']);
    expect((await tags('DELETE')).status).to.equal(204);
    expect((await tags('GET')).json.value).to.deep.equal({ tags: [] });
  });

  it('refuses tags that cannot be, and more than 50', async () => {
    expect((await tags('PUT', '/a%2Cb')).status).to.equal(400);
    expect((await tags('PUT', `/${'x'.repeat(61)}`)).status).to.equal(400);
    expect((await tags('PUT', '/a', { tag: 'a' })).status).to.equal(400);
    const fifty = Array.from({ length: 50 }, (_, i) => `t${i}`);
    expect((await tags('PUT', '', { tags: [...fifty, 'more'] })).status).to.equal(400);
    expect((await tags('PUT', '', { tags: fifty })).status).to.equal(200);
    expect((await tags('PUT', '/more')).status).to.equal(400);
    await tags('DELETE');
  });

  it('shows addresses by network', async () => {
    const all = await nova.call('GET', `/servers/${id}/ips`);
    const [address] = all.json.list('addresses', 'private');
    expect(address?.value).to.have.all.keys('version', 'addr');
    const one = await nova.call('GET', `/servers/${id}/ips/private`);
    expect(one.json.get('private').value).to.deep.equal(all.json.get('addresses', 'private').value);
    const missing = await nova.call('GET', `/servers/${id}/ips/nowhere`);
    expect([missing.status, messageOf(missing)]).to.deep.equal([404, 'Instance is not a member of specified network']);
  });
});
