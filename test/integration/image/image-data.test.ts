import { createHash, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { expect } from 'chai';
import { type ImageApi, imageApi } from '#test/lib/image-api.js';
import type { Answer } from '#test/lib/request.js';
import { until } from '#test/lib/until.js';

const DOCKER = { container_format: 'docker', disk_format: 'raw' };
const LIMIT = 1 << 20;

describe('image API: data', () => {
  let api: ImageApi;
  let demo: string;
  before(async () => {
    api = await imageApi({ upload: { maxBytes: LIMIT, idleMs: 300 } });
    demo = await api.token('demo', 'demo');
  });
  after(() => api.close());

  const show = (id: string): Promise<Answer> => api.call(`/v2/images/${id}`, { token: demo });
  const statusOf = async (id: string): Promise<string> => (await show(id)).json().text('status');
  const filesOf = async (id: string): Promise<string[]> =>
    (await readdir(api.directory)).filter((name) => name.startsWith(id));
  /** An upload that the test feeds by hand. */
  const begin = (id: string, headers: Record<string, string> = {}) => {
    const sent = request(`${api.root}/v2/images/${id}/file`, {
      method: 'PUT',
      headers: { 'x-auth-token': demo, 'content-type': 'application/octet-stream', ...headers },
    });
    const status = new Promise<number>((resolve, reject) => {
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('error', reject);
    });
    // a request that the test cuts itself is no failure of the test
    status.catch(() => undefined);
    return { sent, status };
  };

  it('takes an archive, sums it up, and gives it back', async () => {
    const data = randomBytes(500_000);
    const id = await api.make(demo, DOCKER);
    expect((await api.call(`/v2/images/${id}/file`, { token: demo })).status).to.equal(204);
    expect((await api.upload(demo, id, data)).status).to.equal(204);
    const md5 = createHash('md5').update(data).digest('hex');
    expect((await show(id)).json().value).to.deep.include({
      status: 'active',
      size: data.length,
      checksum: md5,
      os_hash_algo: 'sha512',
      os_hash_value: createHash('sha512').update(data).digest('hex'),
    });
    const response = await fetch(`${api.root}/v2/images/${id}/file`, { headers: { 'x-auth-token': demo } });
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('application/octet-stream');
    expect(response.headers.get('content-length')).to.equal(String(data.length));
    expect(response.headers.get('content-md5')).to.equal(md5);
    expect(Buffer.from(await response.arrayBuffer()).equals(data)).to.equal(true);
    expect((await api.upload(demo, id, data)).status).to.equal(409);
    expect((await api.call(`/v2/images/${id}`, { method: 'DELETE', token: demo })).status).to.equal(204);
    expect(await filesOf(id)).to.deep.equal([]);
  });

  it('takes a placeholder for an image of a registry, which needs none', async () => {
    const id = await api.make(demo, { ...DOCKER, container_image: 'quay.io/a/b:1' });
    expect(await statusOf(id)).to.equal('active');
    expect((await api.store.byId(id))?.reference).to.equal('quay.io/a/b:1');
    expect((await api.upload(demo, id, Buffer.from('.'))).status).to.equal(204);
    expect((await api.store.byId(id))?.reference).to.equal('quay.io/a/b:1');
  });

  it('refuses what it cannot take, and the image stays as it was', async () => {
    const id = await api.make(demo, DOCKER);
    const other = await api.token('alt', 'alt');
    const data = Buffer.from('data');
    expect((await api.upload(other, id, data)).status).to.equal(404);
    expect((await api.upload(demo, id, data, { 'content-type': 'application/json' })).status).to.equal(415);
    expect((await api.upload(demo, await api.make(demo, {}), data)).status).to.equal(400);
    expect((await api.upload(demo, id, Buffer.alloc(LIMIT + 1))).status).to.equal(413);
    expect(await statusOf(id)).to.equal('queued');
    expect(await filesOf(id)).to.deep.equal([]);
    expect((await api.upload(demo, id, Buffer.alloc(LIMIT))).status).to.equal(204);
  });

  it('tells the client that its data of unknown length is too much', async () => {
    const id = await api.make(demo, DOCKER);
    const { sent, status } = begin(id, { 'transfer-encoding': 'chunked' });
    sent.write(Buffer.alloc(LIMIT));
    sent.end(Buffer.alloc(LIMIT));
    expect(await status).to.equal(413);
    expect(await statusOf(id)).to.equal('queued');
    expect(await filesOf(id)).to.deep.equal([]);
  });

  it('takes one upload of an image at a time, and the image can be deleted meanwhile', async () => {
    const id = await api.make(demo, DOCKER);
    const { sent, status } = begin(id);
    sent.write('first half');
    await until('it saves', async () => (await statusOf(id)) === 'saving');
    expect((await api.upload(demo, id, Buffer.from('other'))).status).to.equal(409);
    expect((await api.call(`/v2/images/${id}`, { method: 'DELETE', token: demo })).status).to.equal(204);
    sent.end('second half');
    expect(await status).to.equal(404);
    expect(await filesOf(id)).to.deep.equal([]);
  });

  it('is free again after an upload that broke off', async () => {
    const id = await api.make(demo, DOCKER);
    const { sent } = begin(id);
    sent.write('half');
    await until('it saves', async () => (await statusOf(id)) === 'saving');
    sent.destroy();
    await until('it is free', async () => (await statusOf(id)) === 'queued');
    expect(await filesOf(id)).to.deep.equal([]);
    expect((await api.upload(demo, id, Buffer.from('whole'))).status).to.equal(204);
    expect((await show(id)).json().at('size').value).to.equal(5);
  });

  it('is free again after an upload that stopped without a word', async () => {
    const id = await api.make(demo, DOCKER);
    const { sent } = begin(id);
    sent.write('half');
    await until('it saves', async () => (await statusOf(id)) === 'saving');
    await until('it is free', async () => (await statusOf(id)) === 'queued');
    sent.destroy();
    expect(await filesOf(id)).to.deep.equal([]);
  });
});
