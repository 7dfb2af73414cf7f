import type { Engine } from '#core/engine/engine.js';
import {
  createServerGroup,
  deleteServerGroup,
  getServerGroup,
  listServerGroups,
  type NewServerGroup,
} from '#core/engine/server-groups.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { integer, last, type Query } from '#schemas/nova/query.js';
import { type ServerGroupBody, serverGroupBody, serverGroupQuery } from '#schemas/nova/server-group.js';
import { badRequest } from '../refusal.js';
import { pageSize } from '../views/links.js';
import { serverGroupView } from '../views/server-group.js';
import { idOf } from './servers.js';

const POLICY = 'os_compute_api:os-server-groups';

/** Groups of servers (nova-api.md 4.19). A server gets into one by the hint `group` of its create, and in no other way. */
export function serverGroupRoutes(engine: Engine): AnyRoute[] {
  return [
    route<undefined, Query>({
      name: `${POLICY}:index`,
      method: 'GET',
      path: '/os-server-groups',
      query: serverGroupQuery,
      handler: async ({ context, query, version }) => {
        const everybody = last(query, 'all_projects') !== null && context.isAdmin;
        const size = pageSize(integer(query, 'limit'));
        const project = everybody ? null : context.projectId;
        const groups = await listServerGroups(engine, project, size, integer(query, 'offset') ?? 0);
        return { status: 200, body: { server_groups: groups.map((g) => serverGroupView(g, version)) } };
      },
    }),
    route<ServerGroupBody>({
      name: `${POLICY}:create`,
      method: 'POST',
      path: '/os-server-groups',
      body: serverGroupBody,
      handler: async ({ context, body, version }) => {
        const group = await createServerGroup(engine, context, wanted(body));
        return { status: 200, body: { server_group: serverGroupView(group, version) } };
      },
    }),
    route({
      name: `${POLICY}:show`,
      method: 'GET',
      path: '/os-server-groups/:id',
      handler: async (call) => {
        const group = await getServerGroup(engine, call.context, idOf(call));
        return { status: 200, body: { server_group: serverGroupView(group, call.version) } };
      },
    }),
    route({
      name: `${POLICY}:delete`,
      method: 'DELETE',
      path: '/os-server-groups/:id',
      handler: async (call) => {
        await deleteServerGroup(engine, call.context, idOf(call));
        return { status: 204 };
      },
    }),
  ];
}

/** Either form of the body. @throws Refusal 400 for rules of a policy that has none */
function wanted({ server_group: { name, policy, policies, rules = {} } }: ServerGroupBody): NewServerGroup {
  const chosen = policy ?? policies?.[0];
  if (chosen === undefined) throw new Error('the schema let a group without a policy pass');
  if (Object.keys(rules).length > 0 && chosen !== 'anti-affinity') {
    throw badRequest('Only anti-affinity policy supports rules.');
  }
  return { name, policy: chosen, rules };
}
