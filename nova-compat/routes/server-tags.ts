import type { Container } from '#core/domain/container.js';
import type { Engine } from '#core/engine/engine.js';
import { getContainer } from '#core/engine/find-container.js';
import { updateContainer } from '#core/engine/update-container.js';
import { parseMember } from '#core/http/parse.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import { MAX_TAGS } from '#schemas/nova/common.js';
import { noBody, type TagsBody, tagName, tagsBody } from '#schemas/nova/metadata.js';
import { badRequest, notFound } from '../refusal.js';
import { linkRoots } from '../views/links.js';
import { checkWritable } from './server-metadata.js';
import { idOf } from './servers.js';

const PATH = '/servers/:id/tags';
const SINCE = { min: 26 } as const;

/** Tags of a server (nova-api.md 4.8). */
export function tagRoutes(engine: Engine): AnyRoute[] {
  return [...allTags(engine), ...oneTag(engine)];
}

function allTags(engine: Engine): AnyRoute[] {
  return [
    route({
      name: 'os_compute_api:os-server-tags:index',
      method: 'GET',
      path: PATH,
      versions: SINCE,
      handler: async (call) => ({ status: 200, body: { tags: (await find(engine, call)).server.tags } }),
    }),
    route<TagsBody>({
      name: 'os_compute_api:os-server-tags:update_all',
      method: 'PUT',
      path: PATH,
      versions: SINCE,
      body: tagsBody,
      handler: async (call) => {
        const tags = [...new Set(call.body.tags)];
        await write(engine, call, 'update tags', () => tags);
        return { status: 200, body: { tags } };
      },
    }),
    route({
      name: 'os_compute_api:os-server-tags:delete_all',
      method: 'DELETE',
      path: PATH,
      versions: SINCE,
      handler: async (call) => {
        await write(engine, call, 'delete tags', () => []);
        return { status: 204 };
      },
    }),
  ];
}

function oneTag(engine: Engine): AnyRoute[] {
  const path = `${PATH}/:tag`;
  return [
    route({
      name: 'os_compute_api:os-server-tags:show',
      method: 'GET',
      path,
      versions: SINCE,
      handler: async (call) => {
        const { server, uuid } = await find(engine, call);
        if (!server.tags.includes(tagOf(call))) throw missing(uuid, tagOf(call));
        return { status: 204 };
      },
    }),
    route<null>({
      name: 'os_compute_api:os-server-tags:update',
      method: 'PUT',
      path,
      versions: SINCE,
      body: noBody,
      handler: async (call) => {
        const tag = parseMember(tagName(call.version), 'tag', tagOf(call));
        let added = true;
        await write(engine, call, 'update tag', ({ server }) => {
          added = !server.tags.includes(tag);
          if (added && server.tags.length >= MAX_TAGS) {
            throw badRequest(`The number of tags exceeded the per-server limit ${MAX_TAGS}`);
          }
          return added ? [...server.tags, tag] : server.tags;
        });
        if (!added) return { status: 204 };
        const location = `${linkRoots(call).self}/servers/${idOf(call)}/tags/${encodeURIComponent(tag)}`;
        return { status: 201, headers: { Location: location } };
      },
    }),
    route({
      name: 'os_compute_api:os-server-tags:delete',
      method: 'DELETE',
      path,
      versions: SINCE,
      handler: async (call) => {
        const tag = tagOf(call);
        await write(engine, call, 'delete tag', ({ server, uuid }) => {
          if (!server.tags.includes(tag)) throw missing(uuid, tag);
          return server.tags.filter((t) => t !== tag);
        });
        return { status: 204 };
      },
    }),
  ];
}

const tagOf = (call: Pick<Call, 'params'>): string => call.params['tag'] ?? '';
const missing = (uuid: string, tag: string) => notFound(`Server ${uuid} has no tag '${tag}'`);
const find = (engine: Engine, call: Call<unknown, unknown>): Promise<Container> =>
  getContainer(engine, call.context, idOf(call));

async function write(
  engine: Engine,
  call: Call<unknown, unknown>,
  action: string,
  change: (now: Container) => readonly string[],
): Promise<void> {
  await updateContainer(engine, call.context, idOf(call), (c) => {
    checkWritable(c, action);
    return { server: { tags: change(c) } };
  });
}
