import type { PortBinding } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import { Invalid, NotFound } from '#core/domain/errors.js';
import { PortInUse } from '#core/domain/network-errors.js';
import type { NetworkRequest } from '#core/domain/spec.js';
import { bridgeAddress, isHostAddress } from '#core/domain/subnet-addresses.js';
import type { EngineEndpoint, EngineNetwork } from '#core/runtime/driver.js';
import type { NetworkStore } from '#core/store/network-store.js';
import type { Network } from '#core/store/networks.js';
import type { Port } from '#core/store/port-record.js';
import { DEFAULT_GROUP } from '#core/store/security-groups.js';
import type { BoundContainer, NetworkProvider, WantedInterface } from '../provider.js';
import { byIdOrName, defaultNetwork, onlyNetwork } from './choose.js';

/**
 * Name of the engine's network for a subnet of ours. A network has one subnet; when that is deleted and another is made, the
 * engine needs another bridge, so the name is the subnet's.
 */
const engineNetworkName = (subnetId: string): string => `zunova-${subnetId}`;

/**
 * Networks without OpenStack: each is a bridge of the container engine with one IPv4 subnet, its ports are records that say
 * which address and MAC the engine is to give. The bridge is made by the host's agent when the first container needs it.
 *
 * Tenants are kept apart because each network is a bridge of its own, between which the engine forwards nothing. Security
 * groups are records here: they are stored, checked and shown, and not enforced; enforcement comes with Neutron.
 */
export class EmbeddedNetworkProvider implements NetworkProvider {
  constructor(private readonly store: NetworkStore) {}

  async resolve(
    context: RequestContext,
    wanted: readonly WantedInterface[] | 'auto' | 'default' | 'none',
  ): Promise<readonly NetworkRequest[]> {
    if (wanted === 'none' || wanted.length === 0) return [];
    // Also for an administrator: a container belongs to its project, and so does what it is connected to.
    const networks = await this.store.networks.list(context.projectId);
    if (wanted === 'auto') {
      const network = onlyNetwork(networks);
      return network === null ? [] : [onNetwork(network.id)];
    }
    if (wanted === 'default') return [onNetwork(defaultNetwork(networks, context.projectId).id)];
    const ports = wanted.some((w) => w.port !== undefined) ? await this.store.ports.list(context.projectId) : [];
    const requests: NetworkRequest[] = [];
    const used = new Set<string>();
    for (const w of wanted) {
      const { networkId, request } = w.port === undefined ? await this.network(w, networks) : usePort(w.port, ports);
      // The engine connects a container to a network once.
      if (used.has(networkId)) throw new Invalid(`Network ${networkId} is duplicated.`, 'networks');
      used.add(networkId);
      requests.push(request);
    }
    return requests;
  }

  private async network(
    w: WantedInterface,
    networks: readonly Network[],
  ): Promise<{ networkId: string; request: NetworkRequest }> {
    const network = byIdOrName('network', networks, w.network ?? '');
    const subnet = await this.store.subnets.ofNetwork(network.id);
    if (subnet === null) {
      throw new Invalid(`Network ${network.id} requires a subnet in order to boot instances on.`, 'networks');
    }
    if (w.fixedIp !== undefined) {
      if (!isHostAddress(subnet, w.fixedIp)) {
        throw new Invalid(
          `Fixed IP address ${w.fixedIp} is not a valid ip address for network ${network.id}.`,
          'fixed_ip',
        );
      }
      const holder = await this.store.ports.holderOf(network.id, w.fixedIp);
      if (holder !== null) throw new Invalid(`Fixed IP address ${w.fixedIp} is already in use.`, 'fixed_ip');
    }
    return { networkId: network.id, request: { ...onNetwork(network.id), fixedIp: w.fixedIp ?? null } };
  }

  async resolveSecurityGroups(context: RequestContext, groups: readonly string[]): Promise<readonly string[]> {
    if (groups.length === 0) return [];
    if (groups.includes(DEFAULT_GROUP)) await this.store.securityGroups.ensureDefault(context.projectId);
    const own = await this.store.securityGroups.list(context.projectId);
    return [...new Set(groups.map((g) => byIdOrName('security group', own, g).id))];
  }

  async bind(container: BoundContainer, host: string): Promise<readonly PortBinding[]> {
    const { uuid, projectId } = container;
    if (container.networks.length === 0) return [];
    const bound = await this.store.ports.boundTo(uuid);
    const { group, owner: deviceOwner } = await this.store.ports.defaults(projectId, host);
    const groups =
      container.securityGroups.length > 0
        ? container.securityGroups
        : [group ?? (await this.store.securityGroups.ensureDefault(projectId))];
    const bindings: PortBinding[] = [];
    for (const [position, request] of container.networks.entries()) {
      const there = bound.find((p) => p.position === position);
      let port: Port;
      if (there !== undefined && there.host === host) {
        port = there;
      } else if (there !== undefined) {
        await this.store.ports.update(there, { host, deviceOwner });
        port = await this.store.ports.byId(there.id, null);
      } else if (request.portId !== null) {
        port = await this.store.ports.take(request.portId, projectId, { containerUuid: uuid, position, host });
      } else {
        port = await this.store.ports.insert({
          networkId: request.networkId ?? '',
          projectId,
          name: '',
          description: '',
          macAddress: null,
          address: request.fixedIp === null ? 'any' : { address: request.fixedIp },
          deviceId: uuid,
          deviceOwner,
          host,
          adminStateUp: true,
          securityGroups: groups,
          position,
        });
      }
      bindings.push(toBinding(port));
    }
    return bindings;
  }

  async release(containerUuid: string): Promise<void> {
    await this.store.ports.release(containerUuid);
  }

  async setActive(containerUuid: string, active: boolean): Promise<void> {
    await this.store.ports.setStatus(containerUuid, active ? 'ACTIVE' : 'DOWN');
  }

  /** @throws NotFound('subnet') when the network has lost its subnet */
  async wiring(binding: PortBinding): Promise<{ network: EngineNetwork; endpoint: EngineEndpoint }> {
    const subnet = await this.store.subnets.ofNetwork(binding.networkId);
    if (subnet === null) throw new NotFound('subnet', binding.fixedIps[0]?.subnetId ?? binding.networkId);
    const name = engineNetworkName(subnet.id);
    return {
      network: {
        name,
        driver: 'bridge',
        ipamDriver: 'default',
        subnets: [{ cidr: subnet.cidr, gateway: bridgeAddress(subnet.cidr, subnet.gatewayIp) }],
        // No gateway: no way out.
        internal: subnet.gatewayIp === null,
        mtu: null,
        // Named as Kuryr names it.
        labels: { 'neutron.net.uuid': binding.networkId },
        options: {},
      },
      endpoint: {
        network: name,
        macAddress: binding.macAddress,
        ipv4: binding.fixedIps.find((f) => f.version === 4)?.address ?? null,
        ipv6: null,
      },
    };
  }

  async engineNetworks(): Promise<ReadonlySet<string>> {
    return new Set((await this.store.subnets.ids()).map(engineNetworkName));
  }
}

const onNetwork = (networkId: string): NetworkRequest => ({ networkId, portId: null, fixedIp: null });

function usePort(wanted: string, ports: readonly Port[]): { networkId: string; request: NetworkRequest } {
  const port = byIdOrName('port', ports, wanted);
  if (port.deviceId !== '') throw new PortInUse(port.id, port.networkId, port.deviceId);
  if (port.fixedIps.length === 0) {
    throw new Invalid(`Port ${port.id} requires a FixedIP in order to be used.`, 'networks');
  }
  return { networkId: port.networkId, request: { networkId: null, portId: port.id, fixedIp: null } };
}

const toBinding = (port: Port): PortBinding => ({
  portId: port.id,
  networkId: port.networkId,
  networkName: port.networkName,
  macAddress: port.macAddress,
  fixedIps: port.fixedIps.map((f) => ({ subnetId: f.subnetId, address: f.address, version: 4 })),
  securityGroups: port.securityGroups,
  preserveOnDelete: !port.owned,
});
