import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import { scopeOf } from '#core/store/network-scope.js';
import type { NetworkStore } from '#core/store/network-store.js';
import { type CreateNetwork, createNetwork, type UpdateNetwork, updateNetwork } from '#schemas/network/network.js';
import { forAdmin, owned, projectOf } from '../access.js';
import { listed, shown } from '../collection.js';
import { invalidInput } from '../errors.js';
import type { NetworkParts } from '../parts.js';
import { networkView } from '../views.js';

const ATTRIBUTES = [
  'id',
  'name',
  'status',
  'admin_state_up',
  'shared',
  'router:external',
  'subnets',
  'mtu',
  'tenant_id',
  'project_id',
  'description',
  'tags',
  'port_security_enabled',
  'created_at',
  'updated_at',
  'revision_number',
];

export function networkRoutes({ store }: NetworkParts): AnyRoute[] {
  return [
    route({
      name: 'get_networks',
      method: 'GET',
      path: '/v2.0/networks',
      handler: async (call) =>
        listed(call, 'networks', ATTRIBUTES, (await store.networks.list(scopeOf(call.context))).map(networkView)),
    }),
    route({
      name: 'get_network',
      method: 'GET',
      path: '/v2.0/networks/:id',
      handler: async (call) =>
        shown(call, 'network', networkView(await store.networks.byId(call.params['id'] ?? '', scopeOf(call.context)))),
    }),
    route<{ network: CreateNetwork }>({
      name: 'create_network',
      method: 'POST',
      path: '/v2.0/networks',
      body: () => createNetwork,
      handler: (call) => create(store, call),
    }),
    route<{ network: UpdateNetwork }>({
      name: 'update_network',
      method: 'PUT',
      path: '/v2.0/networks/:id',
      body: () => updateNetwork,
      handler: (call) => update(store, call),
    }),
    route({
      name: 'delete_network',
      method: 'DELETE',
      path: '/v2.0/networks/:id',
      handler: async ({ context, params }) => {
        const network = await store.networks.byId(params['id'] ?? '', scopeOf(context));
        owned(context, network, 'delete_network');
        await store.networks.delete(network.id);
        return { status: 204 };
      },
    }),
  ];
}

async function create(
  store: NetworkStore,
  { context, body }: Call<{ network: CreateNetwork }, Record<string, never>>,
): Promise<Reply> {
  const wanted = body.network;
  const projectId = projectOf(context, wanted);
  forAdmin(context, wanted.shared, 'create_network:shared');
  forAdmin(context, wanted['router:external'], 'create_network:router:external');
  notExternal(wanted['router:external']);
  // As in Neutron, a project has its default group from its first network on.
  await store.securityGroups.ensureDefault(projectId);
  const network = await store.networks.insert({
    projectId,
    name: wanted.name,
    description: wanted.description,
    shared: wanted.shared,
    adminStateUp: wanted.admin_state_up,
  });
  return { status: 201, body: { network: networkView(network) } };
}

async function update(
  store: NetworkStore,
  { context, body, params }: Call<{ network: UpdateNetwork }, Record<string, never>>,
): Promise<Reply> {
  const wanted = body.network;
  const network = await store.networks.byId(params['id'] ?? '', scopeOf(context));
  owned(context, network, 'update_network');
  forAdmin(context, wanted.shared !== undefined && wanted.shared !== network.shared, 'update_network:shared');
  forAdmin(context, wanted['router:external'] === true, 'update_network:router:external');
  notExternal(wanted['router:external'] ?? false);
  await store.networks.update(network.id, {
    ...(wanted.name !== undefined && { name: wanted.name }),
    ...(wanted.description !== undefined && { description: wanted.description }),
    ...(wanted.shared !== undefined && { shared: wanted.shared }),
    ...(wanted.admin_state_up !== undefined && { adminStateUp: wanted.admin_state_up }),
  });
  return { status: 200, body: { network: networkView(await store.networks.byId(network.id, scopeOf(context))) } };
}

/** @throws NeutronRefusal */
function notExternal(external: boolean): void {
  if (external) throw invalidInput('external networks are not offered, because there are no routers');
}
