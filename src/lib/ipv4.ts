/** IPv4 addresses as numbers from 0 to 2^32 - 1, and blocks of them. */

export interface Ipv4Block {
  /** Network address. */
  readonly first: number;
  /** Broadcast address. */
  readonly last: number;
  readonly prefix: number;
}

const SPACE = 2 ** 32;

/** null unless the text is four decimal octets without leading zeros. */
export function parseIpv4(text: string): number | null {
  const octets = text.split('.');
  if (octets.length !== 4) return null;
  let value = 0;
  for (const octet of octets) {
    if (!/^(0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    value = value * 256 + Number(octet);
  }
  return value;
}

export const formatIpv4 = (value: number): string =>
  [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');

/** Host bits are dropped, as in `10.0.0.5/24` for 10.0.0.0/24. null: not an IPv4 CIDR (an IPv6 one, for example). */
export function parseIpv4Block(cidr: string): Ipv4Block | null {
  const [address = '', length = '', ...more] = cidr.split('/');
  const value = parseIpv4(address);
  if (value === null || more.length > 0 || !/^(\d|[12]\d|3[0-2])$/.test(length)) return null;
  const prefix = Number(length);
  const size = SPACE / 2 ** prefix;
  const first = value - (value % size);
  return { first, last: first + size - 1, prefix };
}

export const formatIpv4Block = (block: Ipv4Block): string => `${formatIpv4(block.first)}/${block.prefix}`;

export const overlaps = (a: Ipv4Block, b: Ipv4Block): boolean => a.first <= b.last && b.first <= a.last;

export const inBlock = (address: number, block: Ipv4Block): boolean => address >= block.first && address <= block.last;
