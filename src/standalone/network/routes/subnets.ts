import { isIP } from 'node:net';
import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import { scopeOf } from '#core/store/network-scope.js';
import type { NetworkStore } from '#core/store/network-store.js';
import { type CreateSubnet, createSubnet, type UpdateSubnet, updateSubnet } from '#schemas/network/subnet.js';
import { owned, projectOf } from '../access.js';
import { listed, shown } from '../collection.js';
import { invalidInput, NeutronRefusal } from '../errors.js';
import type { NetworkParts } from '../parts.js';
import { checkPools, planSubnet } from '../subnet-plan.js';
import { subnetView } from '../views.js';

const ATTRIBUTES = [
  'id',
  'name',
  'network_id',
  'cidr',
  'gateway_ip',
  'ip_version',
  'enable_dhcp',
  'dns_nameservers',
  'subnetpool_id',
  'ipv6_ra_mode',
  'ipv6_address_mode',
  'service_types',
  'tenant_id',
  'project_id',
  'description',
  'tags',
  'created_at',
  'updated_at',
  'revision_number',
];

export function subnetRoutes({ store }: NetworkParts): AnyRoute[] {
  return [
    route({
      name: 'get_subnets',
      method: 'GET',
      path: '/v2.0/subnets',
      handler: async (call) =>
        listed(call, 'subnets', ATTRIBUTES, (await store.subnets.list(scopeOf(call.context))).map(subnetView)),
    }),
    route({
      name: 'get_subnet',
      method: 'GET',
      path: '/v2.0/subnets/:id',
      handler: async (call) =>
        shown(call, 'subnet', subnetView(await store.subnets.byId(call.params['id'] ?? '', scopeOf(call.context)))),
    }),
    route<{ subnet: CreateSubnet }>({
      name: 'create_subnet',
      method: 'POST',
      path: '/v2.0/subnets',
      body: () => createSubnet,
      handler: (call) => create(store, call),
    }),
    route<{ subnet: UpdateSubnet }>({
      name: 'update_subnet',
      method: 'PUT',
      path: '/v2.0/subnets/:id',
      body: () => updateSubnet,
      handler: (call) => update(store, call),
    }),
    route({
      name: 'delete_subnet',
      method: 'DELETE',
      path: '/v2.0/subnets/:id',
      handler: async ({ context, params }) => {
        const subnet = await store.subnets.byId(params['id'] ?? '', scopeOf(context));
        owned(context, subnet, 'delete_subnet');
        await store.subnets.delete(subnet.id);
        return { status: 204 };
      },
    }),
  ];
}

async function create(
  store: NetworkStore,
  { context, body }: Call<{ subnet: CreateSubnet }, Record<string, never>>,
): Promise<Reply> {
  const wanted = body.subnet;
  const projectId = projectOf(context, wanted);
  const network = await store.networks.byId(wanted.network_id, scopeOf(context));
  owned(context, network, 'create_subnet');
  noRoutes(wanted.host_routes);
  if (wanted.ip_version !== 4) throw invalidInput('IPv6 subnets are not offered by this deployment');
  if (typeof wanted.subnetpool_id === 'string') {
    throw new NeutronRefusal(404, 'SubnetPoolNotFound', `Subnet pool ${wanted.subnetpool_id} could not be found.`);
  }
  if (typeof wanted.cidr !== 'string') {
    const message = 'Bad subnets request: a subnetpool must be specified in the absence of a cidr.';
    throw new NeutronRefusal(400, 'BadRequest', message);
  }
  const subnet = await store.subnets.insert({
    ...planSubnet(wanted.cidr, wanted.gateway_ip, wanted.allocation_pools),
    networkId: network.id,
    projectId,
    name: wanted.name,
    description: wanted.description,
    dnsNameservers: nameservers(wanted.dns_nameservers),
    enableDhcp: wanted.enable_dhcp,
  });
  return { status: 201, body: { subnet: subnetView(subnet) } };
}

async function update(
  store: NetworkStore,
  { context, body, params }: Call<{ subnet: UpdateSubnet }, Record<string, never>>,
): Promise<Reply> {
  const wanted = body.subnet;
  const subnet = await store.subnets.byId(params['id'] ?? '', scopeOf(context));
  owned(context, subnet, 'update_subnet');
  noRoutes(wanted.host_routes ?? []);
  if (wanted.gateway_ip !== undefined && wanted.gateway_ip !== subnet.gatewayIp) {
    throw invalidInput('the gateway of a subnet cannot be changed: it is the address of a bridge');
  }
  if (wanted.allocation_pools !== undefined) checkPools(subnet.cidr, subnet.gatewayIp, wanted.allocation_pools);
  await store.subnets.update(subnet.id, {
    ...(wanted.name !== undefined && { name: wanted.name }),
    ...(wanted.description !== undefined && { description: wanted.description }),
    ...(wanted.enable_dhcp !== undefined && { enableDhcp: wanted.enable_dhcp }),
    ...(wanted.dns_nameservers !== undefined && { dnsNameservers: nameservers(wanted.dns_nameservers) }),
    ...(wanted.allocation_pools !== undefined && { allocationPools: wanted.allocation_pools }),
  });
  return { status: 200, body: { subnet: subnetView(await store.subnets.byId(subnet.id, scopeOf(context))) } };
}

/** @throws NeutronRefusal */
function noRoutes(routes: readonly unknown[]): void {
  if (routes.length > 0) throw invalidInput('host_routes are not offered by this deployment');
}

/** @throws NeutronRefusal */
function nameservers(addresses: readonly string[]): readonly string[] {
  const wrong = addresses.find((a) => isIP(a) !== 4);
  if (wrong !== undefined) throw invalidInput(`dns_nameserver '${wrong}' does not match the ip_version '4'`);
  return addresses;
}
