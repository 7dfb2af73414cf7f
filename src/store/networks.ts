import { NotFound } from '#core/domain/errors.js';
import { NetworkHasPorts } from '#core/domain/network-errors.js';
import { isUuid } from '#core/lib/uuid.js';
import { brokenConstraint, type Database, type Transaction } from './database.js';
import type { Scope } from './network-scope.js';
import { changedColumns } from './sql-changes.js';

export interface Network {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly shared: boolean;
  readonly adminStateUp: boolean;
  /** Ids; at most one. */
  readonly subnets: readonly string[];
  readonly revisionNumber: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewNetwork {
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly shared: boolean;
  readonly adminStateUp: boolean;
}

export type NetworkChanges = Partial<Omit<NewNetwork, 'projectId'>>;

interface NetworkRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly description: string;
  readonly shared: boolean;
  readonly admin_state_up: boolean;
  readonly subnets: readonly string[];
  readonly revision_number: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const SELECT = `select n.*, to_json(array(select s.id from subnets s where s.network_id = n.id order by s.seq)) as subnets
  from networks n`;

export class Networks {
  constructor(private readonly database: Database) {}

  /** Oldest first. */
  async list(scope: Scope): Promise<Network[]> {
    const rows = await this.database.query<NetworkRow>(
      `${SELECT} where $1::text is null or n.project_id = $1 or n.shared order by n.seq`,
      [scope],
    );
    return rows.map(toNetwork);
  }

  /** @throws NotFound('network') */
  async byId(id: string, scope: Scope): Promise<Network> {
    const row = isUuid(id)
      ? await this.database.one<NetworkRow>(
          `${SELECT} where n.id = $1 and ($2::text is null or n.project_id = $2 or n.shared)`,
          [id, scope],
        )
      : null;
    if (row === null) throw new NotFound('network', id);
    return toNetwork(row);
  }

  async insert(n: NewNetwork, transaction?: Transaction): Promise<Network> {
    const rows = await this.database.query<Omit<NetworkRow, 'subnets'>>(
      `insert into networks (project_id, name, description, shared, admin_state_up) values ($1, $2, $3, $4, $5) returning *`,
      [n.projectId, n.name, n.description, n.shared, n.adminStateUp],
      transaction,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('insert into networks returned no row');
    return toNetwork({ ...row, subnets: [] });
  }

  /** @throws NotFound('network') */
  async update(id: string, changes: NetworkChanges): Promise<void> {
    const bind: unknown[] = [id];
    const sets = changedColumns(
      {
        name: changes.name,
        description: changes.description,
        shared: changes.shared,
        admin_state_up: changes.adminStateUp,
      },
      bind,
    );
    const row = await this.database.one(
      `update networks set ${[...sets, 'revision_number = revision_number + 1', 'updated_at = now()'].join(', ')}
       where id = $1 returning id`,
      bind,
    );
    if (row === null) throw new NotFound('network', id);
  }

  /**
   * Deletes the network and its subnet. The engine's network goes later, when its host finds that nobody knows it any more.
   * @throws NotFound('network'), NetworkHasPorts
   */
  async delete(id: string): Promise<void> {
    try {
      const row = await this.database.one('delete from networks where id = $1 returning id', [id]);
      if (row === null) throw new NotFound('network', id);
    } catch (error) {
      if (brokenConstraint(error) === null) throw error;
      const ports = await this.database.query<{ id: string }>('select id from network_ports where network_id = $1', [
        id,
      ]);
      throw new NetworkHasPorts(
        id,
        ports.map((p) => p.id),
      );
    }
  }
}

const toNetwork = (r: NetworkRow): Network => ({
  id: r.id,
  projectId: r.project_id,
  name: r.name,
  description: r.description,
  shared: r.shared,
  adminStateUp: r.admin_state_up,
  subnets: r.subnets,
  revisionNumber: r.revision_number,
  createdAt: r.created_at,
  updatedAt: r.updated_at,
});
