import type { RequestContext } from '#core/domain/context.js';
import { Forbidden, NotFound } from '#core/domain/errors.js';
import { isUuid } from '#core/lib/uuid.js';
import type { ImageStore, StoredImage } from '#core/store/image-store.js';

/** @throws NotFound for what the caller may not see: whether it exists is none of its business */
export async function visibleImage(store: ImageStore, context: RequestContext, id: string): Promise<StoredImage> {
  const image = isUuid(id) ? await store.visibleById(context, id) : null;
  if (image === null) throw new NotFound('image', id);
  return image;
}

/** An image that the caller may change. `rule` is the name in Glance's policy. @throws NotFound, Forbidden */
export async function ownImage(
  store: ImageStore,
  context: RequestContext,
  id: string,
  rule: string,
): Promise<StoredImage> {
  const image = await visibleImage(store, context, id);
  if (!context.isAdmin && image.owner !== context.projectId) throw new Forbidden(rule);
  return image;
}
