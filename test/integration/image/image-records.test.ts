import { randomUUID } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { recoverUploads } from '#core/image/embedded/recover-uploads.js';
import { referenceId, uploadReference } from '#core/image/reference.js';
import type { EngineImage } from '#core/runtime/driver.js';
import { bearer, type TestImages, testImages } from '#test/lib/images.js';
import { savedArchive, tinyImage } from '#test/lib/tiny-image.js';
import { failure } from '#test/lib/until.js';

describe('records of images', () => {
  let kit: TestImages;
  before(async () => {
    kit = await testImages();
  });
  after(() => kit.close());

  describe('what `image` means', () => {
    it('is a reference for docker, known or not', async () => {
      const choice = await kit.images.choose(bearer('p'), 'nginx:1.25', null, 'always');
      expect(choice).to.deep.equal({
        ref: 'nginx:1.25',
        id: referenceId('docker.io/library/nginx:1.25'),
        driver: 'docker',
        pullPolicy: 'always',
      });
      expect((await failure(kit.images.choose(bearer('p'), 'No Image', 'docker', null))).name).to.equal('NotFound');
    });

    it('is a record for glance: by uuid, or by a name that only one has', async () => {
      const image = await kit.uploaded(await savedArchive(await tinyImage(), null));
      const byId = await kit.images.choose(bearer('p'), image.id, null, null);
      expect(byId).to.deep.equal({ ref: image.id, id: image.id, driver: 'glance', pullPolicy: null });
      await kit.database.query(`update images set name = 'one of a kind' where id = $1`, [image.id]);
      expect((await kit.images.choose(bearer('p'), 'one of a kind', null, null)).id).to.equal(image.id);
      await kit.database.query(`update images set name = 'one of a kind' where name = 'mine'`);
      expect((await failure(kit.images.choose(bearer('p'), 'one of a kind', 'glance', null))).name).to.equal(
        'Ambiguous',
      );
      expect((await failure(kit.images.choose(bearer('p'), 'none', 'glance', null))).name).to.equal('NotFound');
    });

    it('never is the private image of another project', async () => {
      const image = await kit.uploaded(await savedArchive(await tinyImage(), null));
      const other = bearer('q');
      for (const name of [image.id, image.reference, `docker.io/${image.reference}`]) {
        expect((await failure(kit.images.choose(other, name, null, null))).name, name).to.equal('NotFound');
      }
      expect((await failure(kit.images.byId(other, image.id))).name).to.equal('NotFound');
      expect((await kit.images.choose(bearer('p'), image.reference, null, null)).id).to.equal(image.id);
      expect((await kit.images.byId(bearer('q', true), image.id)).id).to.equal(image.id);
    });
  });

  describe('images of engines', () => {
    const engineImage = (id: string, tags: string[]): EngineImage => ({
      id,
      tags,
      sizeBytes: 1000,
      createdAt: new Date('2026-01-10T08:00:00Z'),
      command: [],
      entrypoint: [],
      exposedPorts: [],
      environment: {},
    });
    const all = async (): Promise<string[]> => {
      const page = { limit: 100, marker: null, sort: [{ key: 'name', descending: false }] };
      const found = await kit.store.list({ isAdmin: false, projectId: 'nobody' }, {}, page);
      return found.map((image) => image.name ?? '');
    };
    before(async () => {
      await kit.database.query(
        `insert into hosts (name, availability_zone, address, info) values ('a', 'z', '', '{}'), ('b', 'z', '', '{}')`,
      );
    });

    it('are shown under the names that docker shows, as long as an engine has them', async () => {
      const seen = engineImage('sha256:1', [
        'busybox:latest',
        'quay.io/x/y:2',
        '<none>:<none>',
        uploadReference(randomUUID()),
      ]);
      await kit.images.engineHas('a', [seen, engineImage('sha256:2', [])]);
      expect(await all()).to.deep.equal(['busybox', 'quay.io/x/y:2']);
      const record = await kit.images.byId(bearer('p'), referenceId('docker.io/library/busybox:latest'));
      expect(record).to.deep.include({
        name: 'busybox',
        status: 'active',
        reference: 'docker.io/library/busybox:latest',
        containerFormat: 'docker',
        visibility: 'public',
        ownerId: null,
        sizeBytes: 1000,
      });
      await kit.images.engineHas('b', [engineImage('sha256:1', ['busybox:latest'])]);
      await kit.images.engineHas('a', []);
      expect(await all()).to.deep.equal(['busybox']);
      expect(await kit.store.hostsOf(record.id)).to.deep.equal(['b']);
      await kit.images.engineHas('b', []);
      expect(await all()).to.deep.equal([]);
    });

    it('may be reported by many hosts at once', async () => {
      const seen = [engineImage('sha256:1', ['busybox:latest'])];
      await Promise.all(
        Array.from({ length: 20 }, (_v, i) => kit.images.engineHas(i % 2 ? 'a' : 'b', i % 3 ? seen : [])),
      );
      await Promise.all([kit.images.engineHas('a', seen), kit.images.engineHas('b', seen)]);
      expect(await all()).to.deep.equal(['busybox']);
      await Promise.all([kit.images.engineHas('a', []), kit.images.engineHas('b', [])]);
      expect(await all()).to.deep.equal([]);
    });

    it('leave what users made alone', async () => {
      const reference = 'docker.io/library/asked:1';
      await kit.store.ensureReference(referenceId(reference), 'asked:1', reference);
      await kit.images.engineHas('a', [engineImage('sha256:3', ['asked:1'])]);
      await kit.images.engineHas('a', []);
      expect(await all()).to.deep.equal(['asked:1']);
      await kit.store.delete(referenceId(reference));
    });
  });

  it('puts in order what a process left in the middle of an upload', async () => {
    const whole = await kit.uploaded(await savedArchive(await tinyImage(), null));
    const half = await kit.store.create({ ...whole, id: randomUUID(), status: 'queued', checksum: null });
    await kit.store.beginUpload(half.id);
    await writeFile(kit.files.path(`${half.id}.part`), 'half');
    await writeFile(kit.files.path(randomUUID()), 'of a deleted image');
    await writeFile(kit.files.path('note'), 'of somebody else');
    await recoverUploads(kit.store, kit.files);
    expect((await kit.store.byId(half.id))?.status).to.equal('queued');
    expect((await kit.store.byId(whole.id))?.status).to.equal('active');
    const kept = await readdir(kit.directory);
    expect(kept).to.include.members([whole.id, 'note']);
    expect(kept.filter((name) => name.includes('part'))).to.deep.equal([]);
    expect(await kit.store.beginUpload(half.id)).to.equal(true);
  });
});
