import { deleteContainer } from '#core/engine/delete-container.js';
import type { Engine } from '#core/engine/engine.js';
import { getContainer } from '#core/engine/find-container.js';
import { type PageView, RenderedPages } from '#core/engine/rendered-pages.js';
import { type AttributeChanges, updateContainer } from '#core/engine/update-container.js';
import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import type { Query } from '#schemas/nova/query.js';
import { serverQuery } from '#schemas/nova/server-query.js';
import { serverUpdate, type UpdateBody } from '#schemas/nova/server-update.js';
import { listQuery, type ServerListQuery } from '../translate/list-query.js';
import { linkRoots, nextLink } from '../views/links.js';
import { serverShow, serverUpdated } from '../views/server.js';
import { briefView, detailView } from './list-views.js';
import { viewContext } from './view-context.js';

/** Servers as objects (nova-api.md 4.4, 4.5); their creation and actions are in files of their own. */
export function serverRoutes(engine: Engine): AnyRoute[] {
  const pages = new RenderedPages(engine);
  return [
    route<undefined, Query>({
      name: 'os_compute_api:servers:index',
      method: 'GET',
      path: '/servers',
      query: serverQuery,
      handler: (call) => list(pages, call, 'index', () => briefView(call)),
    }),
    route<undefined, Query>({
      name: 'os_compute_api:servers:detail',
      method: 'GET',
      path: '/servers/detail',
      query: serverQuery,
      handler: (call) => list(pages, call, 'detail', () => detailView(engine, call)),
    }),
    route({
      name: 'os_compute_api:servers:show',
      method: 'GET',
      path: '/servers/:id',
      handler: async (call) => {
        const server = await getContainer(engine, call.context, idOf(call));
        const view = await viewContext(engine, call, [server]);
        return { status: 200, body: { server: serverShow(server, view) } };
      },
    }),
    route<UpdateBody>({
      name: 'os_compute_api:servers:update',
      method: 'PUT',
      path: '/servers/:id',
      body: serverUpdate,
      handler: async (call) => {
        const server = await updateContainer(engine, call.context, idOf(call), () => changesOf(call.body));
        const view = await viewContext(engine, call, [server]);
        return { status: 200, body: { server: serverUpdated(server, view) } };
      },
    }),
    route({
      name: 'os_compute_api:servers:delete',
      method: 'DELETE',
      path: '/servers/:id',
      handler: async (call) => {
        await deleteContainer(engine, call.context, idOf(call), { frontEnd: 'nova' });
        return { status: 204 };
      },
    }),
  ];
}

/** The id of the server that the path names. */
export const idOf = (call: Pick<Call, 'params'>): string => call.params['id'] ?? '';

async function list(
  pages: RenderedPages,
  call: Call<unknown, Query>,
  kind: 'index' | 'detail',
  view: () => PageView | Promise<PageView>,
): Promise<Reply> {
  const { context, version, queryText } = call;
  const path = kind === 'index' ? '/servers' : '/servers/detail';
  const translated = (): ServerListQuery => listQuery(call.query, context, version, kind);
  const body = await pages.page({
    key: `${linkRoots(call).self}${path}?${queryText} ${version.minor} ${context.projectId} ${context.isAdmin}`,
    query: () => translated().query,
    view,
    frame: (uuids) => {
      const page = { count: uuids.length, size: translated().size, last: uuids.at(-1) };
      const links = JSON.stringify(nextLink(call, 'servers_links', path, page)).slice(1, -1);
      return ['{"servers":[', links === '' ? ']}' : `],${links}}`];
    },
  });
  return { status: 200, body };
}

function changesOf({ server }: UpdateBody): AttributeChanges {
  const { name, accessIPv4, accessIPv6, description, hostname } = server;
  const diskConfig = server['OS-DCF:diskConfig'];
  return {
    ...(name !== undefined && { name }),
    ...(hostname !== undefined && { hostname }),
    server: {
      ...(accessIPv4 !== undefined && { accessIPv4 }),
      ...(accessIPv6 !== undefined && { accessIPv6 }),
      ...(description !== undefined && { description }),
      ...(diskConfig !== undefined && { diskConfig }),
    },
  };
}
