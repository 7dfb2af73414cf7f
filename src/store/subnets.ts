import { NotFound } from '#core/domain/errors.js';
import { NetworkHasSubnet, SubnetHasPorts, SubnetOverlaps } from '#core/domain/network-errors.js';
import type { AddressPlan, AllocationPool } from '#core/domain/subnet-addresses.js';
import { isUuid } from '#core/lib/uuid.js';
import { brokenConstraint, type Database, type Transaction } from './database.js';
import type { Scope } from './network-scope.js';
import { changedColumns } from './sql-changes.js';

export interface Subnet extends AddressPlan {
  readonly id: string;
  readonly networkId: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly dnsNameservers: readonly string[];
  readonly enableDhcp: boolean;
  readonly revisionNumber: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type NewSubnet = Omit<Subnet, 'id' | 'revisionNumber' | 'createdAt' | 'updatedAt'>;

export type SubnetChanges = Partial<
  Pick<Subnet, 'name' | 'description' | 'dnsNameservers' | 'enableDhcp' | 'allocationPools'>
>;

export interface SubnetRow {
  readonly id: string;
  readonly network_id: string;
  readonly project_id: string;
  readonly name: string;
  readonly description: string;
  readonly cidr_text: string;
  readonly gateway: string | null;
  readonly allocation_pools: readonly AllocationPool[];
  readonly dns_nameservers: readonly string[];
  readonly enable_dhcp: boolean;
  readonly revision_number: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Columns of a subnet `s`. */
export const SUBNET_COLUMNS = 's.*, s.cidr::text as cidr_text, host(s.gateway_ip) as gateway';

export class Subnets {
  constructor(private readonly database: Database) {}

  /** Those of the networks that the scope sees, oldest first. */
  async list(scope: Scope): Promise<Subnet[]> {
    const rows = await this.database.query<SubnetRow>(
      `select ${SUBNET_COLUMNS} from subnets s join networks n on n.id = s.network_id
       where $1::text is null or s.project_id = $1 or n.shared order by s.seq`,
      [scope],
    );
    return rows.map(toSubnet);
  }

  /** @throws NotFound('subnet') */
  async byId(id: string, scope: Scope): Promise<Subnet> {
    const row = isUuid(id)
      ? await this.database.one<SubnetRow>(
          `select ${SUBNET_COLUMNS} from subnets s join networks n on n.id = s.network_id
           where s.id = $1 and ($2::text is null or s.project_id = $2 or n.shared)`,
          [id, scope],
        )
      : null;
    if (row === null) throw new NotFound('subnet', id);
    return toSubnet(row);
  }

  /** null: the network has none. */
  async ofNetwork(networkId: string): Promise<Subnet | null> {
    const row = await this.database.one<SubnetRow>(`select ${SUBNET_COLUMNS} from subnets s where s.network_id = $1`, [
      networkId,
    ]);
    return row && toSubnet(row);
  }

  /** Of the whole deployment. */
  async ids(): Promise<string[]> {
    return (await this.database.query<{ id: string }>('select id from subnets')).map((r) => r.id);
  }

  /** CIDRs of the whole deployment. */
  async cidrs(transaction?: Transaction): Promise<string[]> {
    const rows = await this.database.query<{ cidr: string }>('select cidr::text as cidr from subnets', [], transaction);
    return rows.map((r) => r.cidr);
  }

  /** @throws NotFound('network'), NetworkHasSubnet, SubnetOverlaps */
  async insert(s: NewSubnet, transaction?: Transaction): Promise<Subnet> {
    try {
      const row = await this.database.one<SubnetRow>(
        `insert into subnets as s (network_id, project_id, name, description, cidr, gateway_ip, allocation_pools, dns_nameservers, enable_dhcp)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${SUBNET_COLUMNS}`,
        [
          s.networkId,
          s.projectId,
          s.name,
          s.description,
          s.cidr,
          s.gatewayIp,
          JSON.stringify(s.allocationPools),
          JSON.stringify(s.dnsNameservers),
          s.enableDhcp,
        ],
        transaction,
      );
      if (row === null) throw new Error('insert into subnets returned no row');
      return toSubnet(row);
    } catch (error) {
      const constraint = brokenConstraint(error);
      if (constraint === 'subnets_overlap') throw new SubnetOverlaps(s.networkId, s.cidr);
      if (constraint === 'subnets_one_per_network') throw new NetworkHasSubnet(s.networkId);
      if (constraint === 'subnets_network_id_fkey') throw new NotFound('network', s.networkId);
      throw error;
    }
  }

  /** @throws NotFound('subnet') */
  async update(id: string, changes: SubnetChanges): Promise<void> {
    const bind: unknown[] = [id];
    const sets = changedColumns(
      {
        name: changes.name,
        description: changes.description,
        enable_dhcp: changes.enableDhcp,
        dns_nameservers: changes.dnsNameservers && JSON.stringify(changes.dnsNameservers),
        allocation_pools: changes.allocationPools && JSON.stringify(changes.allocationPools),
      },
      bind,
      { dns_nameservers: 'jsonb', allocation_pools: 'jsonb' },
    );
    const row = await this.database.one(
      `update subnets set ${[...sets, 'revision_number = revision_number + 1', 'updated_at = now()'].join(', ')}
       where id = $1 returning id`,
      bind,
    );
    if (row === null) throw new NotFound('subnet', id);
  }

  /** @throws NotFound('subnet'), SubnetHasPorts */
  async delete(id: string): Promise<void> {
    try {
      const row = await this.database.one('delete from subnets where id = $1 returning id', [id]);
      if (row === null) throw new NotFound('subnet', id);
    } catch (error) {
      if (brokenConstraint(error) === null) throw error;
      throw new SubnetHasPorts(id);
    }
  }
}

export const toSubnet = (r: SubnetRow): Subnet => ({
  id: r.id,
  networkId: r.network_id,
  projectId: r.project_id,
  name: r.name,
  description: r.description,
  cidr: r.cidr_text,
  gatewayIp: r.gateway,
  allocationPools: r.allocation_pools,
  dnsNameservers: r.dns_nameservers,
  enableDhcp: r.enable_dhcp,
  revisionNumber: r.revision_number,
  createdAt: r.created_at,
  updatedAt: r.updated_at,
});
