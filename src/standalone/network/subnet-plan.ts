import type { AllocationPool } from '#core/domain/subnet-addresses.js';
import { bridgeAddress, defaultPools } from '#core/domain/subnet-addresses.js';
import { formatIpv4Block, type Ipv4Block, inBlock, parseIpv4, parseIpv4Block } from '#core/lib/ipv4.js';
import { invalidInput, NeutronRefusal } from './errors.js';

export interface SubnetPlan {
  readonly cidr: string;
  readonly gatewayIp: string | null;
  readonly allocationPools: readonly AllocationPool[];
}

/** Two hosts and a bridge do not fit into less. */
const LONGEST_PREFIX = 29;
const SHORTEST_PREFIX = 8;
const LOOPBACK = { first: 0x7f000000, last: 0x7fffffff, prefix: 8 };
const MULTICAST_AND_ABOVE = 0xe0000000;

/**
 * Checks what a new subnet is to be, and fills in what was not said: the first address as gateway, all others as pool.
 * `gatewayIp` null means none, undefined not said. Host bits of the CIDR are dropped.
 * @throws NeutronRefusal in Neutron's words
 */
export function planSubnet(
  wantedCidr: string,
  gatewayIp: string | null | undefined,
  pools: readonly AllocationPool[] | undefined,
): SubnetPlan {
  const block = parseIpv4Block(wantedCidr);
  if (block === null) throw invalidInput(`cidr '${wantedCidr}' does not match the ip_version '4'`);
  const cidr = formatIpv4Block(block);
  checkBlock(block);
  const gateway = gatewayIp === undefined ? bridgeAddress(cidr, null) : gatewayIp;
  if (gateway !== null) checkGateway(gateway, block);
  const planned = pools === undefined || pools.length === 0 ? defaultPools(cidr, gateway) : pools;
  checkPools(cidr, gateway, planned);
  return { cidr, gatewayIp: gateway, allocationPools: planned };
}

function checkBlock(block: Ipv4Block): void {
  if (block.prefix === 0) throw invalidInput('0 is not allowed as CIDR prefix length');
  if (block.prefix < SHORTEST_PREFIX || block.prefix > LONGEST_PREFIX) {
    throw invalidInput(`the prefix length of a subnet is ${SHORTEST_PREFIX} to ${LONGEST_PREFIX}`);
  }
  if (block.first >= MULTICAST_AND_ABOVE)
    throw invalidInput('Multicast IP subnet is not supported if enable_dhcp is True');
  if (inBlock(block.first, LOOPBACK)) throw invalidInput('Loopback IP subnet is not supported if enable_dhcp is True');
  if (block.first === 0) throw invalidInput("First IP '0.0.0.0' of network is not supported if enable_dhcp is True");
}

function checkGateway(gateway: string, block: Ipv4Block): void {
  const address = parseIpv4(gateway);
  if (address === null) throw invalidInput(`gateway_ip '${gateway}' does not match the ip_version '4'`);
  if (address <= block.first || address >= block.last) throw invalidInput('Gateway is not valid on subnet');
}

const shown = (p: AllocationPool): string => `${p.start}-${p.end}`;

/** @throws NeutronRefusal */
export function checkPools(cidr: string, gatewayIp: string | null, pools: readonly AllocationPool[]): void {
  const block = parseIpv4Block(cidr);
  if (block === null) throw invalidInput(`cidr '${cidr}' does not match the ip_version '4'`);
  const ranges = pools.map((pool) => {
    const [start, end] = [parseIpv4(pool.start), parseIpv4(pool.end)];
    if (start === null || end === null || start > end) {
      throw new NeutronRefusal(400, 'InvalidAllocationPool', `The allocation pool ${shown(pool)} is not valid.`);
    }
    if (start <= block.first || end >= block.last) {
      const message = `The allocation pool ${shown(pool)} spans beyond the subnet cidr ${cidr}.`;
      throw new NeutronRefusal(400, 'OutOfBoundsAllocationPool', message);
    }
    return { pool, start, end };
  });
  for (const [i, a] of ranges.entries()) {
    const b = ranges.slice(i + 1).find((other) => a.start <= other.end && other.start <= a.end);
    if (b === undefined) continue;
    const message = `Found overlapping allocation pools: ${shown(a.pool)} ${shown(b.pool)} for subnet ${cidr}.`;
    throw new NeutronRefusal(409, 'OverlappingAllocationPools', message);
  }
  const gateway = gatewayIp === null ? null : parseIpv4(gatewayIp);
  const conflict = gateway === null ? undefined : ranges.find((r) => gateway >= r.start && gateway <= r.end);
  if (conflict === undefined) return;
  const message = `Gateway ip ${gatewayIp} conflicts with allocation pool ${shown(conflict.pool)}.`;
  throw new NeutronRefusal(409, 'GatewayConflictWithAllocationPools', message);
}
