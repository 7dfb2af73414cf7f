import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { referenceId, uploadReference } from '#core/image/reference.js';
import { type ImageApi, imageApi } from '#test/lib/image-api.js';
import type { Json } from '#test/lib/request.js';

const DOCKER = { container_format: 'docker', disk_format: 'raw' };
const names = (images: Json[]): string[] => images.map((image) => image.text('name'));

describe('image API: records', () => {
  let api: ImageApi;
  let admin: string;
  let demo: string;
  let alt: string;
  let reader: string;
  before(async () => {
    api = await imageApi();
    admin = await api.token('admin', 'demo');
    demo = await api.token('demo', 'demo');
    alt = await api.token('alt', 'alt');
    reader = await api.token('reader', 'demo');
  });
  after(() => api.close());
  afterEach(async () => {
    await api.database.query('delete from images');
  });

  it('shows its versions without a token', async () => {
    for (const path of ['/', '/versions']) {
      const answer = await api.call(path);
      expect(answer.status).to.equal(300);
      const versions = answer.json().list('versions');
      expect(versions.map((v) => v.text('id'))).to.include.members(['v2.0', 'v2.15']);
      expect(versions[0]?.value).to.deep.equal({
        id: 'v2.15',
        status: 'CURRENT',
        links: [{ rel: 'self', href: `${api.root}/v2/` }],
      });
    }
    expect((await api.call('/v2/images')).status).to.equal(401);
  });

  it('makes and shows an image with all its members', async () => {
    const body = { ...DOCKER, name: 'web', min_ram: 64, tags: ['a'], os_command_line: 'sleep 1' };
    const made = await api.call('/v2/images', { method: 'POST', token: demo, body });
    expect(made.status, made.text).to.equal(201);
    const id = made.json().text('id');
    expect(made.headers['location']).to.equal(`${api.root}/v2/images/${id}`);
    const shown = (await api.call(`/v2/images/${id}`, { token: demo })).json();
    expect(shown.value).to.deep.equal(made.json().value);
    expect(shown.text('created_at')).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(shown.value).to.deep.include({
      name: 'web',
      status: 'queued',
      visibility: 'shared',
      container_format: 'docker',
      disk_format: 'raw',
      size: null,
      virtual_size: null,
      min_ram: 64,
      min_disk: 0,
      protected: false,
      checksum: null,
      os_hash_algo: null,
      os_hash_value: null,
      os_hidden: false,
      tags: ['a'],
      os_command_line: 'sleep 1',
      self: `/v2/images/${id}`,
      file: `/v2/images/${id}/file`,
      schema: '/v2/schemas/image',
    });
  });

  it('refuses images that make no sense', async () => {
    const status = async (body: unknown, token = demo): Promise<number> =>
      (await api.call('/v2/images', { method: 'POST', token, body })).status;
    expect(await status({ name: 7 })).to.equal(400);
    expect(await status({ container_format: 'zip' })).to.equal(400);
    expect(await status({ min_ram: -1 })).to.equal(400);
    expect(await status({ id: 'none' })).to.equal(400);
    expect(await status({ some: { object: 1 } })).to.equal(400);
    expect(await status([])).to.equal(400);
    expect(await status({ status: 'active' })).to.equal(403);
    expect(await status({ owner: 'other' })).to.equal(403);
    expect(await status({ visibility: 'public' })).to.equal(403);
    expect(await status({ name: 'x' }, reader)).to.equal(403);
    const id = randomUUID();
    expect(await status({ id })).to.equal(201);
    expect(await status({ id })).to.equal(409);
  });

  it('does not let anybody stand in for an image of a registry', async () => {
    const status = async (body: unknown): Promise<number> =>
      (await api.call('/v2/images', { method: 'POST', token: demo, body })).status;
    expect(await status({ id: referenceId('docker.io/library/nginx:latest') })).to.equal(400);
    const other = uploadReference(await api.make(alt, DOCKER));
    for (const reference of [other, `docker.io/${other}`, 'not a reference']) {
      expect(await status({ ...DOCKER, container_image: reference }), reference).to.equal(400);
      const id = await api.make(demo, DOCKER);
      const patch = [{ op: 'add', path: '/container_image', value: reference }];
      expect((await api.patch(demo, id, patch)).status).to.equal(400);
    }
  });

  it('shows to each what it may see', async () => {
    await api.make(admin, { name: 'public', visibility: 'public' });
    await api.make(demo, { name: 'demo private', visibility: 'private' });
    const community = await api.make(alt, { name: 'alt community', visibility: 'community' });
    const own = await api.make(alt, { name: 'alt own' });
    expect(names(await api.list(demo)).sort()).to.deep.equal(['demo private', 'public']);
    expect(names(await api.list(alt)).sort()).to.deep.equal(['alt community', 'alt own', 'public']);
    expect(await api.list(admin)).to.have.length(4);
    expect(names(await api.list(demo, '?visibility=community'))).to.deep.equal(['alt community']);
    expect(names(await api.list(demo, '?visibility=public'))).to.deep.equal(['public']);
    const status = async (id: string): Promise<number> => (await api.call(`/v2/images/${id}`, { token: demo })).status;
    expect(await status(community)).to.equal(200);
    expect(await status(own)).to.equal(404);
    expect((await api.patch(demo, community, [])).status).to.equal(403);
    expect((await api.call(`/v2/images/${community}`, { method: 'DELETE', token: demo })).status).to.equal(403);
  });

  it('answers 404 to what is no id, slashes and all', async () => {
    for (const path of ['busybox', 'nginx:1.25', 'quay.io/a/b:1', 'a/file', 'a/tasks', 'a%2Fb', randomUUID()]) {
      expect((await api.call(`/v2/images/${path}`, { token: demo })).status, path).to.equal(404);
    }
  });

  it('filters', async () => {
    const a = await api.make(demo, { ...DOCKER, name: 'a', tags: ['x', 'y'], os_distro: 'none', min_ram: 5 });
    const b = await api.make(demo, { name: 'b,c', tags: ['x'], os_hidden: true });
    const d = await api.make(demo, { name: 'd', protected: true });
    const found = async (query: string): Promise<string[]> => names(await api.list(demo, query));
    expect(await found('?name=a')).to.deep.equal(['a']);
    expect(await found('?name=in:a,d&sort=name:asc')).to.deep.equal(['a', 'd']);
    expect(await found('?name=in:%22b,c%22,d&os_hidden=true')).to.deep.equal(['b,c']);
    expect(await found(`?id=in:${a},${d}&sort_key=name&sort_dir=asc`)).to.deep.equal(['a', 'd']);
    expect(await found(`?id=${b}`)).to.deep.equal([]);
    expect(await found('?id=none')).to.deep.equal([]);
    expect(await found('?tag=x&tag=y')).to.deep.equal(['a']);
    expect(await found('?os_distro=none')).to.deep.equal(['a']);
    expect(await found('?os_distro=other')).to.deep.equal([]);
    expect(await found('?container_format=docker&min_ram=5')).to.deep.equal(['a']);
    expect(await found('?protected=true')).to.deep.equal(['d']);
    expect(await found('?status=active')).to.deep.equal([]);
    expect(await found('?status=queued&owner=nobody')).to.deep.equal([]);
    for (const bad of [
      'limit=x',
      'limit=-1',
      'visibility=no',
      'sort=nothing',
      'sort_dir=up',
      'os_hidden=maybe',
      'marker=x',
    ]) {
      expect((await api.call(`/v2/images?${bad}`, { token: demo })).status, bad).to.equal(400);
    }
    await api.patch(demo, d, [{ op: 'replace', path: '/protected', value: false }]);
  });

  it('pages through a list in any order, every image once', async () => {
    for (const name of ['c', 'a', 'e', 'b', 'd']) await api.make(demo, { name });
    await api.make(demo, {});
    const ids = (await api.list(demo, '?sort=size:desc,name:asc')).map((image) => image.text('id'));
    let next: string | null = '/v2/images?limit=2&sort=size:desc,name:asc';
    const seen: string[] = [];
    while (next !== null) {
      const page: Json = (await api.call(next, { token: demo })).json();
      expect(page.list('images').length).to.be.within(1, 2);
      seen.push(...page.list('images').map((image) => image.text('id')));
      expect(page.text('first'))
        .to.match(/^\/v2\/images\?/)
        .and.not.contain('marker');
      next = page.has('next') ? page.text('next') : null;
    }
    expect(seen).to.deep.equal(ids).and.have.length(6);
    expect((await api.call('/v2/images', { token: demo })).json().has('next')).to.equal(false);
    expect((await api.call(`/v2/images?marker=${randomUUID()}`, { token: demo })).status).to.equal(400);
    expect(await api.list(demo, '?limit=0')).to.have.length(0);
  });

  it('changes members and properties by JSON patch', async () => {
    const id = await api.make(demo, { ...DOCKER, name: 'old', a: '1', b: '2' });
    const changed = await api.patch(demo, id, [
      { op: 'replace', path: '/name', value: 'new' },
      { op: 'add', path: '/a', value: '3' },
      { op: 'remove', path: '/b' },
      { op: 'add', path: '/x~1y', value: 'slash' },
      { op: 'replace', path: '/tags', value: ['t'] },
      { op: 'replace', path: '/min_disk', value: 3 },
    ]);
    expect(changed.status, changed.text).to.equal(200);
    expect(changed.json().value).to.deep.include({ name: 'new', a: '3', 'x/y': 'slash', tags: ['t'], min_disk: 3 });
    expect(changed.json().has('b')).to.equal(false);
    const status = async (...operations: unknown[]): Promise<number> => (await api.patch(demo, id, operations)).status;
    expect(await status({ op: 'replace', path: '/status', value: 'active' })).to.equal(403);
    expect(await status({ op: 'replace', path: '/owner', value: 'x' })).to.equal(403);
    expect(await status({ op: 'replace', path: '/visibility', value: 'public' })).to.equal(403);
    expect(await status({ op: 'remove', path: '/none' })).to.equal(409);
    expect(await status({ op: 'remove', path: '/name' })).to.equal(409);
    expect(await status({ op: 'move', path: '/a', from: '/name' })).to.equal(400);
    expect(await status({ op: 'replace', path: '/tags/0', value: 'x' })).to.equal(400);
    expect(await status({ op: 'add', path: '/a', value: 7 })).to.equal(400);
    expect(await status({ op: 'add', path: '/a' })).to.equal(400);
    const plain = await api.call(`/v2/images/${id}`, { method: 'PATCH', token: demo, body: { name: 'x' } });
    expect(plain.status).to.equal(400);
    expect((await api.patch(alt, id, [])).status).to.equal(404);
  });

  it('tags', async () => {
    const id = await api.make(demo, { tags: ['a'] });
    const tag = async (method: 'PUT' | 'DELETE', name: string): Promise<number> =>
      (await api.call(`/v2/images/${id}/tags/${name}`, { method, token: demo })).status;
    expect(await tag('PUT', 'b%20c')).to.equal(204);
    expect(await tag('PUT', 'a')).to.equal(204);
    expect((await api.call(`/v2/images/${id}`, { token: demo })).json().at('tags').value).to.deep.equal(['a', 'b c']);
    expect(await tag('DELETE', 'a')).to.equal(204);
    expect(await tag('DELETE', 'a')).to.equal(404);
    expect(await tag('PUT', 'x'.repeat(256))).to.equal(400);
  });

  it('deletes what is not protected and not on an engine', async () => {
    const id = await api.make(demo, { protected: true });
    const remove = async (image: string, token = demo): Promise<number> =>
      (await api.call(`/v2/images/${image}`, { method: 'DELETE', token })).status;
    expect(await remove(id)).to.equal(403);
    await api.patch(demo, id, [{ op: 'replace', path: '/protected', value: false }]);
    expect(await remove(id)).to.equal(204);
    expect(await remove(id)).to.equal(404);
  });

  it('answers what is always empty here', async () => {
    const id = await api.make(demo, {});
    expect((await api.call(`/v2/images/${id}/tasks`, { token: demo })).json().value).to.deep.equal({ tasks: [] });
    const members = (await api.call(`/v2/images/${id}/members`, { token: demo })).json();
    expect(members.value).to.deep.equal({ members: [], schema: '/v2/schemas/members' });
    for (const name of ['image', 'images']) {
      expect((await api.call(`/v2/schemas/${name}`, { token: demo })).json().text('name')).to.equal(name);
    }
  });
});
