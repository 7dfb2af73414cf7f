import type { Call } from '#core/http/route.js';
import { familiarName, isExplicit, normalise, parseReference, referenceId, uploadedId } from '#core/image/reference.js';
import type { StoredImage } from '#core/store/image-store.js';
import type { ImageParts } from './parts.js';
import { filterOf, type ImageListQuery, pageOf } from './query.js';
import { imageView } from './views.js';

type ListCall = Call<undefined, ImageListQuery>;

/** The body of `GET /v2/images`. */
export async function listImages(parts: ImageParts, call: ListCall): Promise<Record<string, unknown>> {
  const page = pageOf(call.query);
  // one more than asked for tells whether there is a next page
  const found = await parts.store.list(call.context, filterOf(call.query), { ...page, limit: page.limit + 1 });
  const images = found.slice(0, page.limit);
  const last = images.at(-1);
  const query = new URLSearchParams(call.rawQuery);
  query.delete('marker');
  const list: Record<string, unknown> = {
    images: images.map((image) => imageView(image)),
    first: query.size === 0 ? '/v2/images' : `/v2/images?${query.toString()}`,
    schema: '/v2/schemas/images',
  };
  if (found.length > images.length && last !== undefined) {
    query.set('marker', last.id);
    list['next'] = `/v2/images?${query.toString()}`;
  }
  const { name } = call.query;
  if (name !== undefined && page.marker === null && found.length === 0 && page.limit > 0) {
    const image = await byReference(parts, call, name);
    // clients compare the name with what they asked for
    if (image !== null) list['images'] = [imageView(image, name)];
  }
  return list;
}

/**
 * The image that a name means to docker, when none is called so: `docker.io/library/busybox` is `busybox`. With `autocreate` the
 * record is made of a name that can only be a reference (nova-api 5.2).
 */
async function byReference(
  { store, autocreate }: ImageParts,
  call: ListCall,
  name: string,
): Promise<StoredImage | null> {
  const parsed = parseReference(name);
  const reference = normalise(name);
  if (parsed === null || reference === null || uploadedId(name) !== null) return null;
  const id = referenceId(reference);
  const filter = { ...filterOf(call.query), names: [], ids: [id] };
  const page = { limit: 1, marker: null, sort: [] };
  const [known] = await store.list(call.context, filter, page);
  if (known !== undefined || !autocreate || !isExplicit(name)) return known ?? null;
  // Somebody else may make it at the same moment: what counts is what is there afterwards.
  await store.ensureReference(id, familiarName(parsed), reference);
  const [made] = await store.list(call.context, filter, page);
  return made ?? null;
}
