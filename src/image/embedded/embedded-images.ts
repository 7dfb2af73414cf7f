import type { Readable } from 'node:stream';
import type { RequestContext } from '#core/domain/context.js';
import { Ambiguous, EngineRefused, NotFound } from '#core/domain/errors.js';
import type { ImageChoice, ImageDriver, PullPolicy } from '#core/domain/spec.js';
import type { ImageProvider, ImageRecord } from '#core/image/provider.js';
import {
  familiarName,
  fullReference,
  normalise,
  parseReference,
  referenceId,
  uploadedId,
} from '#core/image/reference.js';
import { isUuid } from '#core/lib/uuid.js';
import type { EngineImage } from '#core/runtime/driver.js';
import type { ImageStore, SeenImage, StoredImage } from '#core/store/image-store.js';
import { imageFetcher } from './image-fetcher.js';
import type { ImageFiles } from './image-files.js';

export interface EmbeddedImageParts {
  readonly store: ImageStore;
  readonly files: ImageFiles;
}

/** The images of the engines, and those that were uploaded, as an image service (nova-api 5.2). */
export function createEmbeddedImages({ store, files }: EmbeddedImageParts): ImageProvider {
  const fetch = imageFetcher(files);
  return {
    byId: async (context, id) => recordOf(await visible(store, context, id)),
    choose: (context, name, driver, policy) => choose(store, context, name, driver, policy),
    ensure: async (driver, image, signal) =>
      fetch(driver, { shown: image.ref, policy: image.pullPolicy, reference: await referenceOf(store, image) }, signal),
    engineHas: async (host, images) => {
      await store.replaceHostImages(host, seenImages(images), loadedUploads(images));
    },
    download: async (context, id): Promise<Readable> => {
      const image = await visible(store, context, id);
      const found = image.checksum === null ? null : await files.read(image.id);
      if (found === null) throw new NotFound('image', id);
      return found.data;
    },
  };
}

async function visible(store: ImageStore, context: RequestContext, id: string): Promise<StoredImage> {
  const image = isUuid(id) ? await store.visibleById(context, id) : null;
  if (image === null) throw new NotFound('image', id);
  return image;
}

const recordOf = (image: StoredImage): ImageRecord => ({
  id: image.id,
  name: image.name ?? '',
  status: image.status,
  minRamMb: image.minRamMb,
  minDiskGb: image.minDiskGb,
  containerFormat: image.containerFormat ?? '',
  reference: image.reference,
  sizeBytes: image.sizeBytes,
  ownerId: image.owner,
  visibility: image.visibility,
  properties: image.properties,
});

/**
 * As in Zun, `docker` takes references and `glance` takes ids and names of records. Without a driver a uuid or what cannot be a
 * reference is a record, all else a reference, whether any engine has it or not: it is pulled when the container is made.
 */
async function choose(
  store: ImageStore,
  context: RequestContext,
  name: string,
  driver: ImageDriver | null,
  policy: PullPolicy | null,
): Promise<ImageChoice> {
  const reference = normalise(name);
  if (driver === 'glance' || (driver === null && (isUuid(name) || reference === null))) {
    const image = await recordNamed(store, context, name);
    return { ref: name, id: image.id, driver: 'glance', pullPolicy: policy };
  }
  if (reference === null) throw new NotFound('image', name);
  // The name under which engines have uploaded data: it leads to a record, so that nobody runs the private image of another project.
  const uploaded = uploadedId(reference);
  const id = uploaded === null ? referenceId(reference) : (await visible(store, context, uploaded)).id;
  return { ref: name, id, driver: 'docker', pullPolicy: policy };
}

async function recordNamed(store: ImageStore, context: RequestContext, name: string): Promise<StoredImage> {
  if (isUuid(name)) return visible(store, context, name);
  const page = { limit: 2, marker: null, sort: [] };
  const [image, ...more] = await store.list(context, { names: [name], statuses: ['active'] }, page);
  if (image === undefined) throw new NotFound('image', name);
  if (more.length > 0) throw new Ambiguous('image', name);
  return image;
}

/** What the engine is asked for. A registry image needs no record: its id follows from its reference. */
async function referenceOf(store: ImageStore, image: ImageChoice): Promise<string> {
  const reference = normalise(image.ref);
  if (reference !== null && referenceId(reference) === image.id) return reference;
  const record = await store.byId(image.id);
  if (record !== null) return record.reference;
  throw new EngineRefused(`Image ${image.ref} (${image.id}) could not be found: it has been deleted.`, 'not-found');
}

/** Each name that engines know images by, once; unnamed ones cannot be asked for. */
function seenImages(images: readonly EngineImage[]): SeenImage[] {
  const seen = new Map<string, SeenImage>();
  for (const image of images) {
    for (const tag of image.tags) {
      const parsed = parseReference(tag);
      if (parsed === null || uploadedId(tag) !== null) continue;
      const reference = fullReference(parsed);
      const id = referenceId(reference);
      const { sizeBytes, createdAt } = image;
      seen.set(id, { id, name: familiarName(parsed), reference, engineImage: image.id, sizeBytes, createdAt });
    }
  }
  return [...seen.values()];
}

function loadedUploads(images: readonly EngineImage[]): { id: string; engineImage: string }[] {
  const loaded = new Map<string, string>();
  for (const image of images) {
    for (const tag of image.tags) {
      const id = uploadedId(tag);
      if (id !== null) loaded.set(id, image.id);
    }
  }
  return [...loaded].map(([id, engineImage]) => ({ id, engineImage }));
}
