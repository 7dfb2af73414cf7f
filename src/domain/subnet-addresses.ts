import { formatIpv4, formatIpv4Block, type Ipv4Block, overlaps, parseIpv4, parseIpv4Block } from '#core/lib/ipv4.js';

/** A range of addresses, both ends included, in dotted form (Neutron's `allocation_pools`). */
export interface AllocationPool {
  readonly start: string;
  readonly end: string;
}

/** What of a subnet decides which addresses its ports can have. */
export interface AddressPlan {
  readonly cidr: string;
  readonly gatewayIp: string | null;
  readonly allocationPools: readonly AllocationPool[];
}

const blockOf = (cidr: string): Ipv4Block => {
  const block = parseIpv4Block(cidr);
  if (block === null) throw new RangeError(`not an IPv4 CIDR: ${cidr}`);
  return block;
};

const addressOf = (text: string): number => {
  const address = parseIpv4(text);
  if (address === null) throw new RangeError(`not an IPv4 address: ${text}`);
  return address;
};

/**
 * The address that the engine's bridge takes: the gateway, or the first host address where the subnet has none, because the
 * bridge of an internal network has an address all the same.
 */
export const bridgeAddress = (cidr: string, gatewayIp: string | null): string =>
  gatewayIp ?? formatIpv4(blockOf(cidr).first + 1);

/** True for an address of a host in the subnet: not the network's, not the broadcast, not the bridge's. */
export function isHostAddress(plan: Pick<AddressPlan, 'cidr' | 'gatewayIp'>, address: string): boolean {
  const block = blockOf(plan.cidr);
  const value = parseIpv4(address);
  return (
    value !== null &&
    value > block.first &&
    value < block.last &&
    formatIpv4(value) !== bridgeAddress(plan.cidr, plan.gatewayIp)
  );
}

/** All host addresses but the bridge's: what a subnet allocates from when its maker does not say. */
export function defaultPools(cidr: string, gatewayIp: string | null): AllocationPool[] {
  const block = blockOf(cidr);
  const bridge = addressOf(bridgeAddress(cidr, gatewayIp));
  const [first, last] = [block.first + 1, block.last - 1];
  const ranges = [
    { start: first, end: bridge - 1 },
    { start: bridge + 1, end: last },
  ];
  return ranges.filter((r) => r.start <= r.end).map((r) => ({ start: formatIpv4(r.start), end: formatIpv4(r.end) }));
}

/** The lowest address of the pools that is not taken and that a host can have; null when there is none. */
export function lowestFree(plan: AddressPlan, taken: Iterable<string>): string | null {
  const used = new Set(taken);
  const pools = plan.allocationPools
    .map((p) => ({ start: addressOf(p.start), end: addressOf(p.end) }))
    .sort((a, b) => a.start - b.start);
  for (const pool of pools) {
    for (let value = pool.start; value <= pool.end; value++) {
      const address = formatIpv4(value);
      if (!used.has(address) && isHostAddress(plan, address)) return address;
    }
  }
  return null;
}

const NETWORK_PREFIX = 24;

/**
 * The first /24 of `base` that overlaps none of `taken`. What in `taken` is not IPv4 is passed over.
 * @returns null when all are taken
 */
export function freeSubnet(base: string, taken: readonly string[]): string | null {
  const space = blockOf(base);
  const blocks = taken.map(parseIpv4Block).filter((b) => b !== null);
  const size = 2 ** (32 - NETWORK_PREFIX);
  for (let first = space.first; first + size - 1 <= space.last; first += size) {
    const candidate = { first, last: first + size - 1, prefix: NETWORK_PREFIX };
    if (!blocks.some((b) => overlaps(b, candidate))) return formatIpv4Block(candidate);
  }
  return null;
}
