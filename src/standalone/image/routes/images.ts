import { randomUUID } from 'node:crypto';
import type { RequestContext } from '#core/domain/context.js';
import { Forbidden, Invalid } from '#core/domain/errors.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import type { StoredImage } from '#core/store/image-store.js';
import { ownImage, visibleImage } from '../access.js';
import { Conflict, NotAllowed } from '../dialect.js';
import { listImages } from '../list.js';
import { engineReference, type ImageMembers, newImageBody, split } from '../members.js';
import type { ImageParts } from '../parts.js';
import { type PatchOperation, patchBody, patched } from '../patch.js';
import { type ImageListQuery, imageListQuery } from '../query.js';
import { imageView } from '../views.js';

/** `GET`, `POST /v2/images`; `GET`, `PATCH`, `DELETE /v2/images/{id}`. */
export function imageRoutes(parts: ImageParts): AnyRoute[] {
  return [
    route<undefined, ImageListQuery>({
      name: 'get_images',
      method: 'GET',
      path: '/v2/images',
      query: imageListQuery,
      handler: async (call) => ({ status: 200, body: await listImages(parts, call) }),
    }),
    route<Record<string, unknown>>({
      name: 'add_image',
      method: 'POST',
      path: '/v2/images',
      body: newImageBody,
      handler: (call) => create(parts, call),
    }),
    route({
      name: 'get_image',
      method: 'GET',
      path: '/v2/images/:id',
      handler: async ({ context, params }) => {
        const image = await visibleImage(parts.store, context, params['id'] ?? '');
        return { status: 200, body: imageView(image) };
      },
    }),
    route<PatchOperation[]>({
      name: 'modify_image',
      method: 'PATCH',
      path: '/v2/images/:id',
      body: patchBody,
      handler: (call) => patch(parts, call),
    }),
    route({
      name: 'delete_image',
      method: 'DELETE',
      path: '/v2/images/:id',
      handler: async ({ context, params }) => {
        await remove(parts, await ownImage(parts.store, context, params['id'] ?? '', 'delete_image'));
        return { status: 204 };
      },
    }),
  ];
}

async function create({ store }: ImageParts, call: Call<Record<string, unknown>, Record<string, never>>) {
  const { context } = call;
  const { id: wantedId, owner: wantedOwner, ...flat } = call.body;
  const { members, properties } = split(flat);
  mayShow(context, members.visibility);
  const id = newId(wantedId);
  const reference = engineReference(id, properties);
  const image = await store.create({
    ...columns(members),
    id,
    origin: 'user',
    owner: owner(context, wantedOwner),
    // An image of a registry is complete without data.
    status: properties['container_image'] === undefined ? 'queued' : 'active',
    reference,
    properties,
    sizeBytes: null,
    checksum: null,
    hashAlgo: null,
    hashValue: null,
  });
  const headers = { Location: `${call.baseUrl}/v2/images/${image.id}` };
  return { status: 201, body: imageView(image), headers };
}

/**
 * Ids of version 5 follow from a reference: an image of somebody's own under such an id would stand in for the registry's.
 * @throws Invalid
 */
function newId(wanted: unknown): string {
  if (typeof wanted !== 'string') return randomUUID();
  if (/^.{14}5/.test(wanted)) throw new Invalid('id: a name-based UUID (version 5) may not be chosen', 'id');
  return wanted.toLowerCase();
}

/** Only administrators make images for others. */
function owner(context: RequestContext, wanted: unknown): string {
  if (wanted === undefined || wanted === context.projectId) return context.projectId;
  if (!context.isAdmin) throw new Forbidden('add_image');
  if (typeof wanted !== 'string') throw new Invalid('owner is not a string', 'owner');
  return wanted;
}

function mayShow(context: RequestContext, visibility: string): void {
  if (visibility === 'public' && !context.isAdmin) throw new Forbidden('publicize_image');
}

const columns = (m: ImageMembers) => ({
  name: m.name,
  visibility: m.visibility,
  containerFormat: m.container_format,
  diskFormat: m.disk_format,
  minRamMb: m.min_ram,
  minDiskGb: m.min_disk,
  protected: m.protected,
  hidden: m.os_hidden,
  tags: m.tags,
});

const flatOf = (image: StoredImage): Record<string, unknown> => ({
  ...image.properties,
  name: image.name,
  visibility: image.visibility,
  container_format: image.containerFormat,
  disk_format: image.diskFormat,
  min_ram: image.minRamMb,
  min_disk: image.minDiskGb,
  protected: image.protected,
  os_hidden: image.hidden,
  tags: image.tags,
});

async function patch({ store }: ImageParts, call: Call<PatchOperation[], Record<string, never>>) {
  const { context, params } = call;
  const image = await ownImage(store, context, params['id'] ?? '', 'modify_image');
  const { members, properties } = split(patched(flatOf(image), call.body));
  if (members.visibility !== image.visibility) mayShow(context, members.visibility);
  const formatChanges = members.container_format !== image.containerFormat || members.disk_format !== image.diskFormat;
  if (formatChanges && image.status !== 'queued') {
    throw new NotAllowed(`Attribute 'container_format' can be only replaced for a queued image.`);
  }
  // The reference of what an engine has, or of a name that was asked for, is what the image is.
  const reference = image.origin === 'user' ? engineReference(image.id, properties) : image.reference;
  if (image.origin !== 'user' && properties['container_image'] !== image.properties['container_image']) {
    throw new NotAllowed(`Attribute 'container_image' is read-only.`);
  }
  const status = statusAfter(image, properties);
  const changed = await store.update(image.id, { ...columns(members), reference, status, properties });
  if (changed === null) throw new Conflict(`Image ${image.id} was deleted.`);
  return { status: 200, body: imageView(changed) };
}

/** An image without data is complete as long as it names one in a registry. */
function statusAfter(image: StoredImage, properties: Readonly<Record<string, string>>): StoredImage['status'] {
  if (image.status === 'saving' || image.checksum !== null || image.origin !== 'user') return image.status;
  return properties['container_image'] === undefined ? 'queued' : 'active';
}

async function remove({ store, files }: ImageParts, image: StoredImage): Promise<void> {
  if (image.protected) throw new NotAllowed(`Image ${image.id} is protected and cannot be deleted.`);
  if (image.origin === 'engine') {
    const hosts = (await store.hostsOf(image.id)).join(', ');
    throw new Conflict(`Image ${image.id} cannot be deleted: it is on the container engine of ${hosts}.`);
  }
  await store.delete(image.id);
  await files.remove(image.id);
}
