import type { RequestContext } from '#core/domain/context.js';
import { NotFound } from '#core/domain/errors.js';
import { createContainers } from '#core/engine/create-containers.js';
import { deleteContainer } from '#core/engine/delete-container.js';
import type { CreateInput, Engine } from '#core/engine/engine.js';
import { getHost } from '#core/engine/hosts.js';
import { chooseImage } from '#core/engine/images.js';
import { RenderedPages } from '#core/engine/rendered-pages.js';
import { type AnyRoute, route } from '#core/http/route.js';
import {
  type CreateContainerBody,
  type CreateContainerQuery,
  createContainerBody,
  createContainerQuery,
} from '#schemas/native/create-container.js';
import {
  type DeleteContainerQuery,
  deleteContainerQuery,
  type ListContainersQuery,
  listContainersQuery,
  type ShowContainerQuery,
  showContainerQuery,
} from '#schemas/native/lists.js';
import { RequestedHostNotFound } from '../errors.js';
import { containerOf } from '../find.js';
import { authorize } from '../policy.js';
import { type WantedContainer, wantedContainer } from '../translate/create.js';
import { type ListRequest, listRequest, yesNo } from '../translate/list.js';
import { nextLink } from '../translate/page.js';
import { checkFlag } from '../translate/version-gates.js';
import { containerBody, listFrame, listView } from '../views/container.js';
import { selfLink } from '../views/links.js';

/** Containers as a collection (native-api.md 3.4, 3.5). */
export const containerRoutes = (engine: Engine): AnyRoute[] => [
  listRoute(engine),
  route<CreateContainerBody, CreateContainerQuery>({
    name: 'container:create',
    method: 'POST',
    path: '/v1/containers',
    query: () => createContainerQuery,
    body: (version) => createContainerBody(version.minor),
    handler: async ({ context, version, body, query, baseUrl }) => {
      const wanted = wantedContainer(body, context, version, query.run ?? false);
      const [made] = await createContainers(engine, context, await lookedUp(engine, context, wanted));
      if (made === undefined) throw new Error('the engine made no container');
      const headers = { Location: selfLink(baseUrl, 'containers', made.uuid) };
      return { status: 202, body: containerBody(made, context, baseUrl), headers };
    },
  }),
  route<undefined, ShowContainerQuery>({
    name: 'container:get_one',
    method: 'GET',
    path: '/v1/containers/:container',
    query: () => showContainerQuery,
    handler: async (call) => {
      const { context, query, baseUrl } = call;
      if (yesNo('all_projects', query.all_projects)) authorize(context, 'container:get_one_all_projects');
      return { status: 200, body: containerBody(await containerOf(engine, call), context, baseUrl) };
    },
  }),
  route<undefined, DeleteContainerQuery>({
    name: 'container:delete',
    method: 'DELETE',
    path: '/v1/containers/:container',
    query: () => deleteContainerQuery,
    handler: async (call) => {
      const { context, version } = call;
      const { force = false, stop = false, all_projects = false } = call.query;
      if (all_projects) authorize(context, 'container:delete_all_projects');
      const { uuid } = await containerOf(engine, call);
      checkFlag('stop', stop, 12, version);
      if (force && !stop) {
        checkFlag('force', force, 7, version);
        authorize(context, 'container:delete_force');
      }
      await deleteContainer(engine, context, uuid, { frontEnd: 'native', force, stop });
      return { status: 204 };
    },
  }),
];

function listRoute(engine: Engine): AnyRoute {
  const pages = new RenderedPages(engine);
  return route<undefined, ListContainersQuery>({
    name: 'container:get_all',
    method: 'GET',
    path: '/v1/containers',
    query: () => listContainersQuery,
    handler: async (call) => {
      const { context, query, queryText, baseUrl } = call;
      const view = listView(context);
      const translated = (): ListRequest => listRequest(query, context);
      const body = await pages.page({
        key: `${view.key} ${context.projectId} ${context.isAdmin} ${baseUrl} ${queryText}`,
        query: () => translated().query,
        view: () => view,
        frame: (uuids) => listFrame(nextLink(baseUrl, 'containers', translated().page, uuids, call.rawQuery)),
      });
      return { status: 200, body };
    },
  });
}

/** Finds the image and the host that the request names. @throws NotFound('image'), Ambiguous, RequestedHostNotFound */
async function lookedUp(engine: Engine, context: RequestContext, wanted: WantedContainer): Promise<CreateInput> {
  const { input, image, placement, host } = wanted;
  return {
    ...input,
    image: await chooseImage(engine, context, image.name, image.driver, image.policy),
    placement: { ...placement, host: host === null ? null : await hostName(engine, host) },
  };
}

const hostName = async (engine: Engine, host: string): Promise<string> => {
  try {
    return (await getHost(engine, host)).name;
  } catch (error) {
    throw error instanceof NotFound ? new RequestedHostNotFound(host) : error;
  }
};
