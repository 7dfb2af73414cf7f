import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { EngineRefused } from '#core/domain/errors.js';
import type { ImageChoice } from '#core/domain/spec.js';
import { normalise, referenceId } from '#core/image/reference.js';
import { silent } from '#core/logging/logger.js';
import { createDockerDriver } from '#core/runtime/docker/docker-driver.js';
import type { EngineImage, RuntimeDriver } from '#core/runtime/driver.js';
import type { StoredImage } from '#core/store/image-store.js';
import { BUSYBOX, ensureBusybox } from '#test/lib/busybox.js';
import { type TestImages, testImages } from '#test/lib/images.js';
import { ociArchive, savedArchive, type TinyImage, tarOf, testRegistry, tinyImage } from '#test/lib/tiny-image.js';
import { failure, until } from '#test/lib/until.js';

describe('making an image present on an engine', function () {
  this.timeout(60_000);
  let kit: TestImages;
  let driver: RuntimeDriver;
  const made: string[] = [];

  before(async () => {
    const socketPath = process.env['ZUNOVA_TEST_DOCKER_SOCKET'] ?? '/var/run/docker.sock';
    driver = createDockerDriver({ socketPath, identity: { deployment: randomUUID(), host: 'h' }, log: silent() });
    await ensureBusybox(driver);
    kit = await testImages();
  });
  after(async () => {
    for (const reference of made) await driver.removeImage(reference);
    await kit.close();
  });

  const uploaded = async (archive: Buffer): Promise<StoredImage> => {
    const image = await kit.uploaded(archive);
    made.push(image.reference);
    return image;
  };
  const choiceOf = (image: StoredImage): ImageChoice => ({
    ref: image.name ?? '',
    id: image.id,
    driver: 'glance',
    pullPolicy: null,
  });
  const ensure = (choice: ImageChoice): Promise<EngineImage> =>
    kit.images.ensure(driver, choice, new AbortController().signal);
  const docker = (text: string, pullPolicy: ImageChoice['pullPolicy'] = null): ImageChoice => ({
    ref: text,
    id: referenceId(normalise(text) ?? ''),
    driver: 'docker',
    pullPolicy,
  });
  const loads = async (archive: Buffer, tiny: TinyImage): Promise<void> => {
    const image = await uploaded(archive);
    const found = await ensure(choiceOf(image));
    expect(found.tags).to.include(image.reference);
    expect(found.command).to.deep.equal(['/hello']);
    expect(found.id).to.equal(tiny.engineId);
  };

  describe('uploaded data', () => {
    it('is loaded on first use, and only then', async () => {
      const tiny = await tinyImage();
      const image = await uploaded(await savedArchive(tiny, null));
      expect(await driver.inspectImage(image.reference)).to.equal(null);
      const [first, second] = await Promise.all([ensure(choiceOf(image)), ensure(choiceOf(image))]);
      expect(first.id).to.equal(tiny.engineId).and.to.equal(second.id);
      await kit.files.remove(image.id);
      expect((await ensure(choiceOf(image))).id).to.equal(tiny.engineId);
    });

    it('does not get the names that its archive claims', async () => {
      const before = await driver.inspectImage(BUSYBOX);
      const image = await uploaded(await savedArchive(await tinyImage(), [BUSYBOX, 'other:1']));
      const found = await ensure(choiceOf(image));
      expect(found.tags).to.deep.equal([image.reference]);
      expect((await driver.inspectImage(BUSYBOX))?.id).to.equal(before?.id);
      expect(await driver.inspectImage('other:1')).to.equal(null);
    });

    it('may be compressed', async () => {
      const tiny = await tinyImage();
      await loads(gzipSync(await savedArchive(tiny, ['x:1'])), tiny);
    });

    it('may be an OCI layout, also with an index for several machines', async () => {
      const [plain, indexed] = [await tinyImage(), await tinyImage()];
      await loads(await ociArchive(plain, false), plain);
      await loads(await ociArchive(indexed, true), indexed);
    });

    it('may be what the engine itself saves', async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of await driver.saveImage(BUSYBOX)) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
      const image = await uploaded(Buffer.concat(chunks));
      expect((await ensure(choiceOf(image))).id).to.equal((await driver.inspectImage(BUSYBOX))?.id);
    });

    const broken: Record<string, () => Promise<Buffer> | Buffer> = {
      'no tar': () => Buffer.from('this is not an image, it is a text of some length'.repeat(40)),
      empty: () => Buffer.alloc(0),
      'a tar of something else': () => tarOf({ 'readme.txt': 'hello' }),
      'a manifest that is no JSON': () => tarOf({ 'manifest.json': '[' }),
      'a manifest of another form': () => tarOf({ 'manifest.json': '{"a": 1}' }),
      'several images': () =>
        tarOf({ 'manifest.json': JSON.stringify([1, 2].map(() => ({ Config: 'c', Layers: [] }))) }),
      'a layer that is missing': () =>
        tarOf({ 'manifest.json': JSON.stringify([{ Config: 'c.json', Layers: ['l'] }]), 'c.json': '{}' }),
      'half a compressed file': async () => gzipSync(await savedArchive(await tinyImage(), null)).subarray(0, 200),
    };
    for (const [what, archive] of Object.entries(broken)) {
      it(`that is ${what} is refused, with the reason`, async () => {
        const error = await failure(ensure(choiceOf(await uploaded(await archive()))));
        expect(error).to.be.instanceOf(EngineRefused);
        expect(error.message).to.match(/^Image mine cannot be loaded: ./);
      });
    }

    it('that is gone is said to be gone', async () => {
      const image = await uploaded(await savedArchive(await tinyImage(), null));
      await kit.files.remove(image.id);
      expect(await failure(ensure(choiceOf(image))))
        .to.be.instanceOf(EngineRefused)
        .with.property('kind', 'not-found');
      await kit.store.delete(image.id);
      expect((await failure(ensure(choiceOf(image)))).message).to.contain('has been deleted');
    });
  });

  describe('registry images', () => {
    it('are pulled once for all that wait, and not again while they are there', async () => {
      const tiny = await tinyImage();
      const registry = await testRegistry(tiny);
      made.push(registry.reference);
      try {
        const release = registry.hold();
        const waiting = Promise.all([1, 2, 3].map(() => ensure(docker(registry.reference))));
        await until('the layer is asked for', () => registry.fetches() === 1);
        release();
        for (const found of await waiting) expect(found.id).to.equal(tiny.engineId);
        await ensure(docker(registry.reference));
        await ensure(docker(registry.reference, 'never'));
        expect(registry.fetches()).to.equal(1);
      } finally {
        await registry.close();
      }
      // the registry is away: present images need none, "always" does
      expect((await ensure(docker(registry.reference, 'ifnotpresent'))).id).to.equal(tiny.engineId);
      expect(await failure(ensure(docker(registry.reference, 'always')))).to.be.instanceOf(EngineRefused);
    });

    it('that are not there are refused with a clear reason', async () => {
      const registry = await testRegistry(await tinyImage());
      try {
        const missing = registry.reference.replace('tiny:1', 'tiny:2');
        const error = await failure(ensure(docker(missing)));
        expect(error).to.be.instanceOf(EngineRefused).with.property('kind', 'not-found');
        expect(error.message).to.match(/^Image \S+tiny:2 could not be found in its registry: ./);
        const never = await failure(ensure(docker(missing, 'never')));
        expect(never).to.be.instanceOf(EngineRefused).with.property('kind', 'not-found');
        expect(never.message).to.contain('pull policy is never');
      } finally {
        await registry.close();
      }
    });

    it('can be given up while they are pulled', async () => {
      const registry = await testRegistry(await tinyImage());
      try {
        const release = registry.hold();
        const leaving = new AbortController();
        const waiting = kit.images.ensure(driver, docker(registry.reference), leaving.signal);
        await until('the layer is asked for', () => registry.fetches() === 1);
        leaving.abort(new Error('no longer wanted'));
        expect((await failure(waiting)).message).to.equal('no longer wanted');
        release();
      } finally {
        await registry.close();
      }
    });
  });
});
