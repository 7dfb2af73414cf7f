import { type ProjectUsage, QUOTA_DEFAULTS, type QuotaLimits, type QuotaResource } from '#core/domain/records.js';
import type { Database, Transaction } from './database.js';

interface LimitRow {
  readonly resource: string;
  readonly hard_limit: number;
}

/** Limits of projects, and what they use: always counted, never kept. */
export class QuotaStore {
  constructor(private readonly database: Database) {}

  /** Project's own limits over those of class `default` over the built-in ones. */
  async limits(projectId: string, transaction?: Transaction): Promise<QuotaLimits> {
    const rows = await this.database.query<LimitRow>(
      `select resource, hard_limit from quotas where (scope = 'project' and scope_id = $1) or (scope = 'class' and scope_id = 'default')
       order by scope`,
      [projectId],
      transaction,
    );
    return limitsOf(rows);
  }

  /** Limits of a class over the built-in ones. */
  async classLimits(name: string): Promise<QuotaLimits> {
    const rows = await this.database.query<LimitRow>(
      `select resource, hard_limit from quotas where scope = 'class' and scope_id = $1`,
      [name],
    );
    return limitsOf(rows);
  }

  /** Sets those limits that are named. */
  async set(scope: 'project' | 'class', id: string, limits: Partial<QuotaLimits>): Promise<void> {
    const named = Object.entries(limits).sort(([a], [b]) => (a < b ? -1 : 1));
    if (named.length === 0) return;
    await this.database.query(
      `insert into quotas (scope, scope_id, resource, hard_limit)
       select $1, $2, l.resource, l.hard_limit from unnest($3::text[], $4::integer[]) as l (resource, hard_limit)
       on conflict (scope, scope_id, resource) do update set hard_limit = excluded.hard_limit`,
      [scope, id, named.map(([resource]) => resource), named.map(([, limit]) => limit)],
    );
  }

  /** The project has no limits of its own any more. */
  async clearProject(projectId: string): Promise<void> {
    await this.database.query(`delete from quotas where scope = 'project' and scope_id = $1`, [projectId]);
  }

  async usage(projectId: string, transaction?: Transaction): Promise<ProjectUsage> {
    const row = await this.database.one<{
      containers: number;
      cpus: number;
      cores: number;
      memory: number;
      disk: number;
      groups: number;
    }>(
      `select count(*)::integer as containers, coalesce(sum(claimed_cpus), 0)::float8 as cpus,
         coalesce(sum(ceil(claimed_cpus)), 0)::integer as cores, coalesce(sum(claimed_memory_mb), 0)::integer as memory,
         coalesce(sum(claimed_disk_gb), 0)::integer as disk,
         (select count(*)::integer from server_groups where project_id = $1) as groups
       from containers where project_id = $1 and deleted_at is null`,
      [projectId],
      transaction,
    );
    return {
      containers: row?.containers ?? 0,
      cpus: row?.cpus ?? 0,
      cores: row?.cores ?? 0,
      memoryMb: row?.memory ?? 0,
      diskGb: row?.disk ?? 0,
      serverGroups: row?.groups ?? 0,
    };
  }

  /** Requests of one project that count against its quota take turns until the transaction ends: the sum cannot be raced. */
  async lockProject(projectId: string, transaction: Transaction): Promise<void> {
    await this.database.query('select pg_advisory_xact_lock(727003, hashtext($1))', [projectId], transaction);
  }
}

/** A later row holds over an earlier one. */
function limitsOf(rows: readonly LimitRow[]): QuotaLimits {
  const limits: Record<QuotaResource, number> = { ...QUOTA_DEFAULTS };
  for (const r of rows) if (isResource(r.resource)) limits[r.resource] = r.hard_limit;
  return limits;
}

const isResource = (name: string): name is QuotaResource => name in QUOTA_DEFAULTS;
