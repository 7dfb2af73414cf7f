import type { Container, ContainerFacts } from '#core/domain/container.js';
import type { FrontEnd } from '#core/domain/context.js';
import { NotFound } from '#core/domain/errors.js';
import type { ContainerSpec, ServerAttributes } from '#core/domain/spec.js';
import { KEY_SQL, keyOf, uuidOf } from './container-key.js';
import { type ContainerQuery, conditionOf } from './container-query.js';
import { type ContainerRow, OPERATION_IN_FLIGHT, SELECT_CONTAINER, toContainer } from './container-sql.js';
import type { Database, Transaction } from './database.js';
import { assignments, type FactChanges } from './fact-columns.js';

export interface NewContainer {
  readonly uuid: string;
  readonly projectId: string;
  readonly userId: string;
  readonly name: string;
  readonly hostname: string;
  readonly frontEnd: FrontEnd;
  readonly host: string | null;
  readonly availabilityZone: string | null;
  readonly spec: ContainerSpec;
  readonly server: ServerAttributes;
  readonly failure: ContainerFacts['failure'];
}

/** What of a container can be changed without its engine. */
export interface ContainerChanges {
  readonly name?: string;
  readonly hostname?: string;
  readonly spec?: ContainerSpec;
  readonly server?: ServerAttributes;
}

export class ContainerStore {
  constructor(private readonly database: Database) {}

  async insert(c: NewContainer, transaction: Transaction): Promise<void> {
    const { limits } = c.spec;
    await this.database.query(
      `insert into containers (uuid, project_id, user_id, name, hostname, front_end, host, availability_zone, spec, server, failure,
         claimed_cpus, claimed_memory_mb, claimed_disk_gb)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        c.uuid,
        c.projectId,
        c.userId,
        c.name,
        c.hostname,
        c.frontEnd,
        c.host,
        c.availabilityZone,
        JSON.stringify(c.spec),
        JSON.stringify(c.server),
        c.failure && JSON.stringify(c.failure),
        limits.cpus,
        limits.memoryMb,
        limits.diskGb,
      ],
      transaction,
    );
  }

  /** @throws NotFound for unknown ones; deleted ones are unknown unless asked for */
  async byUuid(uuid: string, options: { deleted?: boolean; transaction?: Transaction } = {}): Promise<Container> {
    const row = await this.database.one<ContainerRow>(
      `${SELECT_CONTAINER} where c.uuid = $1 ${options.deleted ? '' : 'and c.deleted_at is null'}`,
      [uuid],
      options.transaction,
    );
    if (row === null) throw new NotFound('container', uuid);
    return toContainer(row);
  }

  async list(query: ContainerQuery): Promise<Container[]> {
    const { where, order, bind } = conditionOf(query);
    const sql = `${SELECT_CONTAINER} where ${where} order by ${order} limit ${Math.trunc(query.limit)}`;
    return (await this.database.query<ContainerRow>(sql, bind)).map(toContainer);
  }

  /** The same containers as keys, in order, set apart by commas. */
  async listKeys(query: ContainerQuery): Promise<string> {
    const { where, order, bind } = conditionOf(query);
    const inFlight = query.statuses === undefined ? '' : OPERATION_IN_FLIGHT;
    const row = await this.database.one<{ keys: string }>(
      `select array_to_string(array(
         select ${KEY_SQL} from containers c ${inFlight} where ${where} order by ${order} limit ${Math.trunc(query.limit)}), ',') as keys`,
      bind,
    );
    return row?.keys ?? '';
  }

  /** The containers of these keys; null when one of them has changed. */
  async byKeys(keys: readonly string[]): Promise<Container[] | null> {
    const rows = await this.database.query<ContainerRow>(`${SELECT_CONTAINER} where c.uuid = any($1::uuid[])`, [
      `{${keys.map(uuidOf).join(',')}}`,
    ]);
    const containers = rows.map(toContainer);
    const found = new Set(containers.map(keyOf));
    return keys.every((key) => found.has(key)) ? containers : null;
  }

  /** Whether there is (or was) such a container in the project: what a paging marker must be. */
  async exists(uuid: string, projectId: string | null, deleted: boolean): Promise<boolean> {
    const row = await this.database.one(
      `select 1 from containers where uuid = $1 and ($2::text is null or project_id = $2) ${deleted ? '' : 'and deleted_at is null'}`,
      [uuid, projectId],
    );
    return row !== null;
  }

  /** Locks the row until the transaction ends, so that nobody submits an operation meanwhile. @throws NotFound */
  async lock(uuid: string, transaction: Transaction): Promise<Container> {
    const locked = this.database.query(
      'select 1 from containers where uuid = $1 and deleted_at is null for update',
      [uuid],
      transaction,
    );
    // Sent together; the second reads what is there once the lock is had.
    const [container] = await Promise.all([this.byUuid(uuid, { transaction }), locked]);
    return container;
  }

  async change(uuid: string, changes: ContainerChanges, transaction?: Transaction): Promise<void> {
    const limits = changes.spec?.limits;
    await this.database.query(
      `update containers set name = coalesce($2, name), hostname = coalesce($3, hostname), spec = coalesce($4::jsonb, spec),
         server = coalesce($5::jsonb, server), claimed_cpus = coalesce($6, claimed_cpus),
         claimed_memory_mb = coalesce($7, claimed_memory_mb), claimed_disk_gb = coalesce($8, claimed_disk_gb), updated_at = now()
       where uuid = $1 and deleted_at is null`,
      [
        uuid,
        changes.name ?? null,
        changes.hostname ?? null,
        changes.spec ? JSON.stringify(changes.spec) : null,
        changes.server ? JSON.stringify(changes.server) : null,
        limits?.cpus ?? null,
        limits?.memoryMb ?? null,
        limits?.diskGb ?? null,
      ],
      transaction,
    );
  }

  /**
   * Records what was observed, unless an operation is running (it records for itself) or the row has changed since `revision`
   * was read. `updated_at` moves only when something is new.
   * @returns whether it was recorded
   */
  async recordObserved(c: Pick<Container, 'uuid' | 'revision'>, facts: FactChanges): Promise<boolean> {
    const { sets, bind } = assignments(facts, undefined, 3);
    const rows = await this.database.query(
      `update containers set ${sets} where uuid = $1 and deleted_at is null and revision = $2 and not exists (
         select 1 from operations where container = $1 and state = 'running') returning uuid`,
      [c.uuid, c.revision, ...bind],
    );
    return rows.length > 0;
  }

  /** All that a host should have: for the reconciler. */
  async ofHost(host: string): Promise<Container[]> {
    const rows = await this.database.query<ContainerRow>(
      `${SELECT_CONTAINER} where c.host = $1 and c.deleted_at is null`,
      [host],
    );
    return rows.map(toContainer);
  }

  async byUuids(uuids: readonly string[], transaction?: Transaction): Promise<Container[]> {
    const rows = await this.database.query<ContainerRow>(
      `${SELECT_CONTAINER} where c.uuid = any($1::uuid[]) and c.deleted_at is null order by c.seq`,
      [`{${uuids.join(',')}}`],
      transaction,
    );
    return rows.map(toContainer);
  }

  /** The container is gone: from here on only `changes-since` and the like show it. */
  async markDeleted(uuid: string, transaction: Transaction): Promise<void> {
    await this.database.query(
      `update containers set deleted_at = now(), updated_at = now(), running = false, paused = false, restarting = false, ports = '[]'
       where uuid = $1 and deleted_at is null`,
      [uuid],
      transaction,
    );
  }

  /** Which of these uuids are containers that are not deleted. */
  async known(uuids: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ uuid: string }>(
      'select uuid from containers where uuid = any($1::uuid[]) and deleted_at is null',
      [`{${uuids.join(',')}}`],
    );
    return new Set(rows.map((r) => r.uuid));
  }
}
