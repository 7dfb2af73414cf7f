import { randomBytes } from 'node:crypto';
import { Invalid } from '#core/domain/errors.js';
import { AddressesExhausted, AddressInUse, AddressNotInNetwork } from '#core/domain/network-errors.js';
import { isHostAddress, lowestFree } from '#core/domain/subnet-addresses.js';
import type { Database, Transaction } from './database.js';
import { SUBNET_COLUMNS, type SubnetRow, toSubnet } from './subnets.js';

/** An address, the lowest free one, or no address at all. */
export type AddressWish = { readonly address: string } | 'any' | 'none';

/** A MAC address in the range that Neutron uses (`base_mac` fa:16:3e:00:00:00). */
export const randomMac = (): string =>
  `fa:16:3e:${randomBytes(3)
    .toString('hex')
    .replace(/..(?=.)/g, '$&:')}`;

/**
 * Gives the port an address of its network. The lock on the subnet makes whoever else allocates from it wait, so that the
 * address that is found free still is when it is written.
 * A port of a network without a subnet has no address, as in Neutron.
 * @throws AddressInUse, AddressesExhausted, AddressNotInNetwork, Invalid
 */
export async function giveAddress(
  database: Database,
  portId: string,
  networkId: string,
  wish: AddressWish,
  transaction: Transaction,
): Promise<void> {
  if (wish === 'none') return;
  // Sent together: the second runs once the lock is had.
  const [row, used] = await Promise.all([
    database.one<SubnetRow>(
      `select ${SUBNET_COLUMNS} from subnets s where s.network_id = $1 for update`,
      [networkId],
      transaction,
    ),
    database.query<{ address: string }>(
      `select host(a.address) as address from network_addresses a join subnets s on s.id = a.subnet_id where s.network_id = $1`,
      [networkId],
      transaction,
    ),
  ]);
  if (row === null) {
    if (wish === 'any') return;
    throw new Invalid('IP allocation requires subnets for network', 'fixed_ips');
  }
  const subnet = toSubnet(row);
  if (wish !== 'any' && !isHostAddress(subnet, wish.address)) throw new AddressNotInNetwork(networkId, wish.address);
  const taken = new Set(used.map((u) => u.address));
  if (wish !== 'any' && taken.has(wish.address)) throw new AddressInUse(networkId, wish.address);
  const address = wish === 'any' ? lowestFree(subnet, taken) : wish.address;
  if (address === null) throw new AddressesExhausted(networkId);
  await database.query(
    'insert into network_addresses (port_id, subnet_id, address) values ($1, $2, $3)',
    [portId, subnet.id, address],
    transaction,
  );
}
