import { NotFound } from '#core/domain/errors.js';
import { SchemaViolation } from '#core/http/errors.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import type { StoredImage } from '#core/store/image-store.js';
import { ownImage, visibleImage } from '../access.js';
import { NoSuchTag } from '../dialect.js';
import { tagSchema } from '../members.js';
import type { ImageParts } from '../parts.js';

type AnyCall = Call<undefined, Record<string, never>>;

/** Tags, and the lists that clients ask for and that are always empty here. */
export function extraRoutes(parts: ImageParts): AnyRoute[] {
  const { store } = parts;
  const retag = async (call: AnyCall, change: (image: StoredImage, tag: string) => readonly string[]) => {
    const image = await ownImage(store, call.context, call.params['id'] ?? '', 'modify_image');
    const tags = change(image, call.params['tag'] ?? '');
    if ((await store.update(image.id, { ...image, tags })) === null) throw new NotFound('image', image.id);
    return { status: 204 };
  };
  const emptyList = (name: string, key: string, more: Record<string, string>): AnyRoute =>
    route({
      name,
      method: 'GET',
      path: `/v2/images/:id/${key}`,
      handler: async ({ context, params }) => {
        await visibleImage(store, context, params['id'] ?? '');
        return { status: 200, body: { [key]: [], ...more } };
      },
    });
  return [
    route({
      name: 'add_tag',
      method: 'PUT',
      path: '/v2/images/:id/tags/:tag',
      handler: (call) =>
        retag(call, (image, tag) => {
          const { error } = tagSchema.validate(tag);
          if (error) throw new SchemaViolation('body', ['tags'], tag, error.message);
          return [...new Set([...image.tags, tag])];
        }),
    }),
    route({
      name: 'delete_tag',
      method: 'DELETE',
      path: '/v2/images/:id/tags/:tag',
      handler: (call) =>
        retag(call, (image, tag) => {
          if (!image.tags.includes(tag)) throw new NoSuchTag(image.id, tag);
          return image.tags.filter((t) => t !== tag);
        }),
    }),
    emptyList('get_tasks', 'tasks', {}),
    emptyList('get_members', 'members', { schema: '/v2/schemas/members' }),
  ];
}
