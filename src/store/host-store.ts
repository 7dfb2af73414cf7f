import { NotFound } from '#core/domain/errors.js';
import type { Host, HostInfo, HostUsage } from '#core/domain/host.js';
import type { Database, Transaction } from './database.js';

interface HostRow {
  readonly id: number;
  readonly service_id: number;
  readonly name: string;
  readonly uuid: string;
  readonly service_uuid: string;
  readonly availability_zone: string;
  readonly address: string;
  readonly info: HostInfo;
  readonly enabled: boolean;
  readonly disabled_reason: string | null;
  readonly forced_down: boolean;
  readonly report_count: number;
  readonly last_seen_at: Date;
  readonly created_at: Date;
  readonly updated_at: Date;
}

interface UsageRow extends HostRow {
  readonly up: boolean;
  readonly cpus_used: number;
  readonly memory_used: number;
  readonly disk_used: number;
  readonly containers: number;
}

export interface HostReport {
  readonly name: string;
  readonly availabilityZone: string;
  readonly address: string;
  readonly info: HostInfo;
}

/** What an operator sets; what is not named stays. */
export interface HostChange {
  readonly enabled?: boolean;
  readonly disabledReason?: string | null;
  readonly forcedDown?: boolean;
}

/** Usage is a sum over the containers of the host: there is no claim that could leak. */
const USAGE = `select h.*, not h.forced_down and h.last_seen_at > now() - make_interval(secs => $1) as up,
    coalesce(sum(c.claimed_cpus), 0)::float8 as cpus_used, coalesce(sum(c.claimed_memory_mb), 0)::integer as memory_used,
    coalesce(sum(c.claimed_disk_gb), 0)::integer as disk_used, count(c.uuid)::integer as containers
  from hosts h left join containers c on c.host = h.name and c.deleted_at is null`;

export class HostStore {
  constructor(private readonly database: Database) {}

  /**
   * Registers a host, or brings its entry up to date. What an operator set (enabled, forced down) stays.
   * @returns whether the host was unknown
   */
  async report(r: HostReport): Promise<boolean> {
    const row = await this.database.one<{ is_new: boolean }>(
      `insert into hosts (name, availability_zone, address, info) values ($1, $2, $3, $4)
       on conflict (name) do update set availability_zone = $2, address = $3, info = $4, last_seen_at = now(),
         report_count = hosts.report_count + 1, updated_at = now()
       returning xmax = 0 as is_new`,
      [r.name, r.availabilityZone, r.address, JSON.stringify(r.info)],
    );
    return row?.is_new ?? false;
  }

  /** The agent is alive. */
  async heartbeat(name: string): Promise<void> {
    await this.database.query(
      'update hosts set last_seen_at = now(), report_count = report_count + 1, updated_at = now() where name = $1',
      [name],
    );
  }

  async list(downSeconds: number, transaction?: Transaction): Promise<HostUsage[]> {
    const rows = await this.database.query<UsageRow>(
      `${USAGE} group by h.id order by h.name`,
      [downSeconds],
      transaction,
    );
    return rows.map(toUsage);
  }

  /** By name or uuid. @throws NotFound('host') */
  async find(id: string, downSeconds: number): Promise<HostUsage> {
    const row = await this.database.one<UsageRow>(`${USAGE} where h.name = $2 or h.uuid::text = $2 group by h.id`, [
      downSeconds,
      id,
    ]);
    if (row === null) throw new NotFound('host', id);
    return toUsage(row);
  }

  /** @throws NotFound('host') */
  async change(name: string, change: HostChange, transaction: Transaction): Promise<void> {
    const row = await this.database.one(
      `update hosts set enabled = coalesce($2::boolean, enabled), forced_down = coalesce($3::boolean, forced_down),
         disabled_reason = case when $4::boolean then $5 else disabled_reason end, updated_at = now()
       where name = $1 returning id`,
      [
        name,
        change.enabled ?? null,
        change.forcedDown ?? null,
        change.disabledReason !== undefined,
        change.disabledReason ?? null,
      ],
      transaction,
    );
    if (row === null) throw new NotFound('host', name);
  }

  /** How many containers the host has that are not deleted. */
  async containersOf(name: string, transaction: Transaction): Promise<number> {
    const row = await this.database.one<{ n: number }>(
      'select count(*)::integer as n from containers where host = $1 and deleted_at is null',
      [name],
      transaction,
    );
    return row?.n ?? 0;
  }

  /** @throws NotFound('host') */
  async remove(name: string, transaction: Transaction): Promise<void> {
    const row = await this.database.one('delete from hosts where name = $1 returning id', [name], transaction);
    if (row === null) throw new NotFound('host', name);
  }

  /**
   * Holds placement still until the transaction ends, so that the sums which the scheduler sees are the sums that it claims on.
   */
  async lockPlacement(transaction: Transaction): Promise<void> {
    await this.database.query('select pg_advisory_xact_lock(727002)', [], transaction);
  }

  async deploymentId(): Promise<string> {
    const row = await this.database.one<{ id: string }>('select id from deployment');
    if (row === null) throw new Error('the database has no deployment id: migrations did not run');
    return row.id;
  }
}

function toHost(r: HostRow): Host {
  return {
    id: r.id,
    serviceId: r.service_id,
    uuid: r.uuid,
    serviceUuid: r.service_uuid,
    name: r.name,
    availabilityZone: r.availability_zone,
    address: r.address,
    info: r.info,
    enabled: r.enabled,
    disabledReason: r.disabled_reason,
    forcedDown: r.forced_down,
    reportCount: r.report_count,
    lastSeenAt: r.last_seen_at,
    createdAt: r.created_at,
    updatedAt: r.updated_at,
  };
}

const toUsage = (r: UsageRow): HostUsage => ({
  ...toHost(r),
  up: r.up,
  cpusUsed: r.cpus_used,
  memoryUsedMb: r.memory_used,
  diskUsedGb: r.disk_used,
  containers: r.containers,
});
