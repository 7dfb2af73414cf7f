import { NotFound } from '#core/domain/errors.js';
import type { Operation } from '#core/domain/operation.js';
import type { Engine } from '#core/engine/engine.js';
import { isUuid } from '#core/engine/find-container.js';
import { actionsOf, listActions } from '#core/engine/list-actions.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import { permits } from '../policy.js';
import { actionDetailView, actionView } from '../views/action.js';

/** Records of what was done to a container (native-api.md 3.7); of one that is gone, by its uuid. */
export const auditRoutes = (engine: Engine): AnyRoute[] => [
  route({
    name: 'container:actions',
    method: 'GET',
    path: '/v1/containers/:container/container_actions',
    handler: async (call) => ({
      status: 200,
      body: { containerActions: (await recorded(engine, call)).map(actionView) },
    }),
  }),
  route({
    name: 'container:actions',
    method: 'GET',
    path: '/v1/containers/:container/container_actions/:request',
    handler: async (call) => {
      const id = call.params['request'] ?? '';
      const action = (await recorded(engine, call)).find((o) => o.requestId === id);
      if (action === undefined) throw new NotFound('action', id);
      return { status: 200, body: actionDetailView(action, permits(call.context, 'container:action:events')) };
    },
  }),
];

/** Changes of limits leave no record in Zun. */
async function recorded(engine: Engine, { context, params }: Call<unknown, unknown>): Promise<Operation[]> {
  const id = params['container'] ?? '';
  const all = isUuid(id) ? await listActions(engine, context, id) : await actionsOf(engine, context, id);
  return all.filter((o) => o.action !== 'update');
}
