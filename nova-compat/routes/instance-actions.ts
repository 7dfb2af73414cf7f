import { Invalid } from '#core/domain/errors.js';
import type { Operation } from '#core/domain/operation.js';
import type { Engine } from '#core/engine/engine.js';
import { getContainer } from '#core/engine/find-container.js';
import { getAction, listActions } from '#core/engine/list-actions.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import { anyText, integer, last, paging, type Query, queryOf } from '#schemas/nova/query.js';
import { badRequest } from '../refusal.js';
import { timeOf } from '../translate/words.js';
import { changedAt, instanceActionDetail, instanceActionView } from '../views/instance-action.js';
import { nextLink, pageSize } from '../views/links.js';
import { idOf } from './servers.js';

const PAGED = 58;

const actionQuery = queryOf(
  (minor) => ({
    ...(minor >= PAGED && { ...paging, 'changes-since': anyText }),
    ...(minor >= 66 && { 'changes-before': anyText }),
  }),
  PAGED,
);

/** What was done to a server (nova-api.md 4.12). From 2.21 also to one that is gone. */
export function instanceActionRoutes(engine: Engine): AnyRoute[] {
  const find = (call: Call<unknown, unknown>) =>
    getContainer(engine, call.context, idOf(call), { deleted: call.version.atLeast(21) });
  return [
    route<undefined, Query>({
      name: 'os_compute_api:os-instance-actions:list',
      method: 'GET',
      path: '/servers/:id/os-instance-actions',
      query: actionQuery,
      handler: async (call) => {
        const server = await find(call);
        const all = await listActions(engine, call.context, server.uuid);
        if (!call.version.atLeast(PAGED)) {
          return { status: 200, body: { instanceActions: all.map((o) => instanceActionView(o, call.version)) } };
        }
        const size = pageSize(integer(call.query, 'limit'));
        const found = pageOf(all, call.query, size);
        const page = { count: found.length, size, last: found.at(-1)?.requestId };
        const path = `/servers/${server.uuid}/os-instance-actions`;
        const body = { instanceActions: found.map((o) => instanceActionView(o, call.version)) };
        return { status: 200, body: { ...body, ...nextLink(call, 'links', path, page) } };
      },
    }),
    route({
      name: 'os_compute_api:os-instance-actions:show',
      method: 'GET',
      path: '/servers/:id/os-instance-actions/:request',
      handler: async (call) => {
        const server = await find(call);
        const operation = await getAction(engine, call.context, server.uuid, requestOf(call));
        const view = instanceActionDetail(operation, server, call.version, call.context.isAdmin);
        return { status: 200, body: { instanceAction: view } };
      },
    }),
  ];
}

const requestOf = (call: Pick<Call, 'params'>): string => call.params['request'] ?? '';

/** A server has few actions, so a page is cut from all of them. */
function pageOf(all: readonly Operation[], query: Query, size: number): Operation[] {
  const [since, before] = (['changes-since', 'changes-before'] as const).map((key) => {
    const text = last(query, key);
    return text === null ? null : timeOf(key, text);
  });
  if (since && before && since > before) {
    throw badRequest('The value of changes-since must be less than or equal to changes-before.');
  }
  const marker = last(query, 'marker');
  const start = marker === null ? 0 : all.findIndex((o) => o.requestId === marker) + 1;
  if (marker !== null && start === 0) throw new Invalid(`marker [${marker}] not found`, 'marker');
  return all
    .slice(start)
    .filter((o) => (!since || changedAt(o) >= since) && (!before || changedAt(o) <= before))
    .slice(0, size);
}
