import type { RequestContext } from '#core/domain/context.js';
import { Forbidden } from '#core/domain/errors.js';
import { PortInUse } from '#core/domain/network-errors.js';
import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import { scopeOf } from '#core/store/network-scope.js';
import type { NetworkStore } from '#core/store/network-store.js';
import type { Network } from '#core/store/networks.js';
import type { AddressWish } from '#core/store/port-allocation.js';
import type { Port, PortChanges } from '#core/store/port-record.js';
import type { WantedFixedIp } from '#schemas/network/port.js';
import {
  type CreatePort,
  createPort,
  type PortAttributes,
  type UpdatePort,
  updatePort,
} from '#schemas/network/port.js';
import { forAdmin, projectOf } from '../access.js';
import { listed, shown } from '../collection.js';
import { invalidInput } from '../errors.js';
import type { NetworkParts } from '../parts.js';
import { portView } from '../views.js';

const ATTRIBUTES = [
  'id',
  'name',
  'network_id',
  'mac_address',
  'fixed_ips',
  'device_id',
  'device_owner',
  'status',
  'admin_state_up',
  'security_groups',
  'binding:host_id',
  'binding:vnic_type',
  'binding:vif_type',
  'tenant_id',
  'project_id',
  'description',
  'tags',
  'port_security_enabled',
  'created_at',
  'updated_at',
  'revision_number',
];

export function portRoutes({ store }: NetworkParts): AnyRoute[] {
  return [
    route({
      name: 'get_ports',
      method: 'GET',
      path: '/v2.0/ports',
      handler: async (call) => {
        const ports = await store.ports.list(scopeOf(call.context));
        return listed(
          call,
          'ports',
          ATTRIBUTES,
          ports.map((p) => portView(p, call.context.isAdmin)),
        );
      },
    }),
    route({
      name: 'get_port',
      method: 'GET',
      path: '/v2.0/ports/:id',
      handler: async (call) => {
        const port = await store.ports.byId(call.params['id'] ?? '', scopeOf(call.context));
        return shown(call, 'port', portView(port, call.context.isAdmin));
      },
    }),
    route<{ port: CreatePort }>({
      name: 'create_port',
      method: 'POST',
      path: '/v2.0/ports',
      body: () => createPort,
      handler: (call) => create(store, call),
    }),
    route<{ port: UpdatePort }>({
      name: 'update_port',
      method: 'PUT',
      path: '/v2.0/ports/:id',
      body: () => updatePort,
      handler: (call) => update(store, call),
    }),
    route({
      name: 'delete_port',
      method: 'DELETE',
      path: '/v2.0/ports/:id',
      handler: async ({ context, params }) => {
        const port = await store.ports.byId(params['id'] ?? '', scopeOf(context));
        await store.ports.delete(port.id);
        return { status: 204 };
      },
    }),
  ];
}

async function create(
  store: NetworkStore,
  { context, body }: Call<{ port: CreatePort }, Record<string, never>>,
): Promise<Reply> {
  const wanted = body.port;
  const projectId = projectOf(context, wanted);
  const network = await store.networks.byId(wanted.network_id, scopeOf(context));
  allowed(context, network, wanted, wanted.device_owner, 'create_port');
  const address = await addressWish(store, network.id, wanted.fixed_ips);
  const groups = wanted.security_groups ?? [await store.securityGroups.ensureDefault(projectId)];
  await known(store, projectId, groups);
  const port = await store.ports.insert({
    networkId: network.id,
    projectId,
    name: wanted.name,
    description: wanted.description,
    macAddress: wanted.mac_address ?? null,
    address,
    deviceId: wanted.device_id,
    deviceOwner: wanted.device_owner,
    host: wanted['binding:host_id'] ?? '',
    adminStateUp: wanted.admin_state_up,
    securityGroups: groups,
    position: null,
  });
  return { status: 201, body: { port: portView(port, context.isAdmin) } };
}

async function update(
  store: NetworkStore,
  { context, body, params }: Call<{ port: UpdatePort }, Record<string, never>>,
): Promise<Reply> {
  const wanted = body.port;
  const port = await store.ports.byId(params['id'] ?? '', scopeOf(context));
  const network = await store.networks.byId(port.networkId, null);
  allowed(context, network, wanted, wanted.device_owner ?? '', 'update_port');
  if (wanted.security_groups !== undefined) await known(store, port.projectId, wanted.security_groups);
  const changes: PortChanges = {
    ...(wanted.name !== undefined && { name: wanted.name }),
    ...(wanted.description !== undefined && { description: wanted.description }),
    ...(wanted.admin_state_up !== undefined && { adminStateUp: wanted.admin_state_up }),
    ...(wanted.security_groups !== undefined && { securityGroups: wanted.security_groups }),
    ...(await wiringChanges(store, port, wanted)),
  };
  await store.ports.update(port, changes);
  return { status: 200, body: { port: portView(await store.ports.byId(port.id, null), context.isAdmin) } };
}

/**
 * Changes of what a container's interface is made of. While a container has the port they are refused (Neutron would take
 * them and the compute service follow): the engine does not change the address of an interface.
 * @throws PortInUse
 */
async function wiringChanges(store: NetworkStore, port: Port, wanted: UpdatePort): Promise<PortChanges> {
  const host = wanted['binding:host_id'];
  const changes: PortChanges = {
    ...(wanted.mac_address !== undefined &&
      wanted.mac_address !== port.macAddress && { macAddress: wanted.mac_address }),
    ...(wanted.device_id !== undefined && wanted.device_id !== port.deviceId && { deviceId: wanted.device_id }),
    ...(wanted.device_owner !== undefined &&
      wanted.device_owner !== port.deviceOwner && { deviceOwner: wanted.device_owner }),
    ...(host !== undefined && host !== port.host && { host }),
    ...(wanted.fixed_ips !== undefined &&
      !sameAddresses(port, wanted.fixed_ips) && {
        address: await addressWish(store, port.networkId, wanted.fixed_ips),
      }),
  };
  if (port.position !== null && Object.keys(changes).length > 0) {
    throw new PortInUse(port.id, port.networkId, port.deviceId);
  }
  return changes;
}

/** A wish that leaves the choice of the address open is met by the one that is there. */
function sameAddresses(port: Port, wanted: readonly WantedFixedIp[]): boolean {
  return (
    wanted.length === port.fixedIps.length &&
    wanted.every((w) =>
      port.fixedIps.some(
        (f) =>
          (w.ip_address === undefined || w.ip_address === f.address) &&
          (w.subnet_id === undefined || w.subnet_id === f.subnetId),
      ),
    )
  );
}

/**
 * Neutron's policy: who does not own the network takes the address and MAC that he is given, and where a port is bound is
 * for administrators.
 * @throws Forbidden
 */
function allowed(
  context: RequestContext,
  network: Network,
  wanted: PortAttributes,
  deviceOwner: string,
  rule: 'create_port' | 'update_port',
): void {
  forAdmin(context, wanted['binding:host_id'] !== undefined, `${rule}:binding:host_id`);
  if (context.isAdmin || network.projectId === context.projectId) return;
  if (wanted.mac_address !== undefined) throw new Forbidden(`${rule}:mac_address`);
  if (deviceOwner.startsWith('network:')) throw new Forbidden(`${rule}:device_owner`);
  if (wanted.fixed_ips?.some((f) => f.ip_address !== undefined)) throw new Forbidden(`${rule}:fixed_ips`);
}

/**
 * What `fixed_ips` asks for. An interface of a container has one IPv4 address.
 * @throws NotFound('subnet'), NeutronRefusal
 */
async function addressWish(
  store: NetworkStore,
  networkId: string,
  wanted: readonly WantedFixedIp[] | undefined,
): Promise<AddressWish> {
  if (wanted === undefined) return 'any';
  const [first, ...more] = wanted;
  if (first === undefined) return 'none';
  if (more.length > 0) throw invalidInput('Exceeded maximum amount of fixed ips per port: 1');
  if (first.subnet_id !== undefined) {
    const subnet = await store.subnets.byId(first.subnet_id, null);
    if (subnet.networkId !== networkId) {
      throw invalidInput(
        `Failed to create port on network ${networkId}, because fixed_ips included invalid subnet ${subnet.id}`,
      );
    }
  }
  if (first.ip_address !== undefined) return { address: first.ip_address };
  if (first.subnet_id === undefined) throw invalidInput('IP allocation requires subnet_id or ip_address');
  return 'any';
}

/** A port has groups of its own project. @throws NotFound('security group') */
async function known(store: NetworkStore, projectId: string, groups: readonly string[]): Promise<void> {
  for (const id of groups) await store.securityGroups.byId(id, projectId);
}
