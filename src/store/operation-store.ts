import { randomUUID } from 'node:crypto';
import type { Container, PortBinding } from '#core/domain/container.js';
import type { FrontEnd } from '#core/domain/context.js';
import { NotFound } from '#core/domain/errors.js';
import type { Action, ActionArguments, Operation, OperationEvent } from '#core/domain/operation.js';
import { brokenConstraint, type Database, RELAXED, type Transaction } from './database.js';
import { assignments, type FactChanges } from './fact-columns.js';
import { type OperationRow, toOperation } from './operation-row.js';

export interface NewOperation<A extends Action = Action> {
  readonly container: string;
  readonly projectId: string;
  readonly userId: string;
  readonly requestId: string;
  readonly frontEnd: FrontEnd;
  readonly host: string | null;
  readonly action: A;
  readonly args: ActionArguments[A];
  /** An operation that ended as it was asked for: nothing is left to do, only to show. */
  readonly ended?: { readonly state: 'done' | 'failed'; readonly error: string | null };
}

/** What is recorded at the boundary of two steps. */
export interface Progress {
  readonly step: string;
  readonly events: readonly OperationEvent[];
  readonly facts?: FactChanges | undefined;
  readonly ports?: readonly PortBinding[] | undefined;
  /** Nothing is left on the host: what it was claimed for is free again. */
  readonly releaseHost?: boolean;
  /** A crash of the database may lose it: the step before is then done again. */
  readonly relaxed?: boolean;
}

/** Proof that an operation is ours to carry out. */
export interface Lease {
  readonly operation: string;
  readonly owner: string;
}

/** Whether a delete waits behind the operation `o`. */
const DELETE_WAITS =
  "select 1 from operations d where d.container = o.container and d.action = 'delete' and d.state = 'queued' and d.seq > o.seq";

const QUEUED = `state = 'queued', lease_owner = null, lease_until = null`;

/** The queue of the hosts: rows with leases (facts-node 4). Times are the database's. */
export class OperationStore {
  constructor(
    private readonly database: Database,
    private readonly leaseSeconds: number,
  ) {}

  async insert(o: NewOperation, transaction: Transaction): Promise<string> {
    const row = await this.database.one<{ id: string }>(
      `insert into operations (container, project_id, user_id, request_id, front_end, host, action, args, state, error, finished_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, case when $9 = 'queued' then null else now() end) returning id`,
      [
        o.container,
        o.projectId,
        o.userId,
        o.requestId,
        o.frontEnd,
        o.host,
        o.action,
        JSON.stringify(o.args),
        o.ended?.state ?? 'queued',
        o.ended?.error ?? null,
      ],
      transaction,
    );
    if (row === null) throw new Error('insert returned no row');
    return row.id;
  }

  /** The operations of a container in flight, oldest first. */
  async inFlight(container: string, transaction?: Transaction): Promise<Operation[]> {
    const rows = await this.database.query<OperationRow>(
      `select * from operations where container = $1 and state in ('queued', 'running') order by seq`,
      [container],
      transaction,
    );
    return rows.map(toOperation);
  }

  /** Newest first: what both APIs list as actions. */
  async ofContainer(container: string, limit = 1000): Promise<Operation[]> {
    const rows = await this.database.query<OperationRow>(
      'select * from operations where container = $1 order by seq desc limit $2',
      [container, limit],
    );
    return rows.map(toOperation);
  }

  /** @throws NotFound('action') */
  async byRequest(container: string, requestId: string): Promise<Operation> {
    const row = await this.database.one<OperationRow>(
      'select * from operations where container = $1 and request_id = $2 order by seq limit 1',
      [container, requestId],
    );
    if (row === null) throw new NotFound('action', requestId);
    return toOperation(row);
  }

  /**
   * Drops what waits in the queue of a container: a delete overtakes it. What an agent is claiming at this moment is left to it:
   * that agent waits for the container, which we have locked, so that to wait for its operation here would be a dead-lock.
   */
  async cancelQueued(container: string, reason: string, transaction: Transaction): Promise<void> {
    await this.database.query(
      `update operations set state = 'cancelled', finished_at = now(), error = $2 where id in (
         select id from operations where container = $1 and state = 'queued' for update skip locked)`,
      [container, reason],
      transaction,
    );
  }

  /**
   * Takes up to `count` operations that are due: at most one per container, in order. An operation whose lease ran out is taken
   * again, as the next attempt. `busy` are those that the owner still works on, whatever became of their leases: two of it must not
   * work on one operation.
   */
  async claim(host: string, owner: string, count: number, busy: readonly string[] = []): Promise<Operation[]> {
    try {
      const rows = await this.database.query<OperationRow>(
        `update operations o set state = 'running', attempt = attempt + 1, lease_owner = $2, started_at = coalesce(started_at, now()),
           lease_until = now() + make_interval(secs => $4)
         from (
           select id from operations q
           where host = $1 and ((state = 'queued' and run_at <= now()) or (state = 'running' and lease_until < now()))
             and id <> all($5::uuid[])
             and not exists (select 1 from operations b where b.container = q.container and b.state = 'running' and b.id <> q.id)
             and not exists (select 1 from operations e where e.container = q.container and e.state = 'queued' and e.seq < q.seq)
           order by run_at, seq limit $3 for update skip locked) due
         where o.id = due.id returning o.*, ${RELAXED}`,
        [host, owner, count, this.leaseSeconds, `{${busy.join(',')}}`],
      );
      return rows.map(toOperation).sort((a, b) => a.seq - b.seq);
    } catch (error) {
      // The wall behind the query: two claims of one container at the same moment. The loser claims again.
      if (brokenConstraint(error) === 'operations_one') return [];
      throw error;
    }
  }

  /** Puts back into the queue what other agents of the host had leased: they are dead, or have lost the host. */
  async takeOver(host: string, owner: string): Promise<void> {
    await this.database.query(
      `update operations set ${QUEUED}, run_at = now() where host = $1 and state = 'running' and lease_owner is distinct from $2`,
      [host, owner],
    );
  }

  /** Puts back into the queue what the agent holds: it ends. */
  async giveBack(owner: string): Promise<void> {
    await this.database.query(
      `update operations set ${QUEUED}, run_at = now() where state = 'running' and lease_owner = $1`,
      [owner],
    );
  }

  /** What was put off, because its host's engine did not answer, is due at once. */
  async dueNow(host: string): Promise<void> {
    await this.database.query(
      `update operations set run_at = now() where host = $1 and state = 'queued' and run_at > now()`,
      [host],
    );
  }

  /** Puts an operation back for a later attempt, with the reason. */
  async requeue(
    lease: Lease,
    delayMs: number,
    p: { readonly events: readonly OperationEvent[]; readonly error: string },
  ): Promise<void> {
    await this.database.query(
      `update operations set ${QUEUED}, run_at = now() + make_interval(secs => $3), events = $4, error = $5
       where id = $1 and state = 'running' and lease_owner = $2`,
      [lease.operation, lease.owner, delayMs / 1000, JSON.stringify(p.events), p.error],
    );
  }

  /** @returns the ids of those leases that still hold, prolonged */
  async renew(owner: string, operations: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      `update operations set lease_until = now() + make_interval(secs => $3)
       where id = any($2::uuid[]) and state = 'running' and lease_owner = $1 returning id`,
      [owner, `{${operations.join(',')}}`, this.leaseSeconds],
    );
    return new Set(rows.map((r) => r.id));
  }

  /**
   * Notes in one statement what the step before found out, and the step that begins.
   * @returns null when the lease is gone: then nothing was written. `overtaken`: a delete waits behind the operation
   */
  async progress(lease: Lease, p: Progress): Promise<{ readonly overtaken: boolean } | null> {
    return this.write(lease, `step = $3, events = $4`, [p.step, JSON.stringify(p.events)], p);
  }

  /**
   * Ends an operation, together with the last facts.
   * @returns false when the lease is gone: then nothing was written
   */
  async finish(
    lease: Lease,
    state: 'done' | 'failed' | 'cancelled',
    p: Omit<Progress, 'step'> & { error: string | null },
  ): Promise<boolean> {
    const written = await this.write(
      lease,
      `state = $3, events = $4, error = $5, finished_at = now(), lease_until = null`,
      [state, JSON.stringify(p.events), p.error],
      p,
    );
    return written !== null;
  }

  /** The lease is the fence: neither the operation nor its container is written without it. */
  private async write(
    lease: Lease,
    sets: string,
    values: readonly unknown[],
    p: Omit<Progress, 'step'>,
  ): Promise<{ readonly overtaken: boolean } | null> {
    const facts = assignments(p.facts ?? {}, p.ports, values.length + 3);
    const fenced = `update operations o set ${sets} where id = $1 and state = 'running' and lease_owner = $2
       returning container, exists (${DELETE_WAITS}) as overtaken${p.relaxed ? `, ${RELAXED}` : ''}`;
    const hostSet = p.releaseHost ? ', host = null, availability_zone = null' : '';
    const sql =
      facts.sets === '' && hostSet === ''
        ? fenced
        : `with o as (${fenced}), c as (update containers set ${facts.sets || 'updated_at = now()'}${hostSet}
             from o where uuid = o.container returning uuid) select overtaken from o`;
    return this.database.one(sql, [lease.operation, lease.owner, ...values, ...facts.bind]);
  }

  /**
   * Milliseconds until the next operation that was put off is due; null when there is none. One that is due already waits for
   * another of its container, whose end is heard of.
   */
  async nextDue(host: string): Promise<number | null> {
    const row = await this.database.one<{ ms: number }>(
      `select (extract(epoch from min(run_at) - now()) * 1000)::float8 as ms from operations where host = $1 and state = 'queued' and run_at > now()
       having min(run_at) is not null`,
      [host],
    );
    return row?.ms ?? null;
  }

  /** Asks for the deletion of a container in the name of its owner, unless one is under way. */
  async submitDelete(c: Pick<Container, 'uuid' | 'projectId' | 'userId' | 'frontEnd' | 'host'>): Promise<void> {
    await this.database.transaction(async (transaction) => {
      if ((await this.inFlight(c.uuid, transaction)).length > 0) return;
      await this.insert(
        {
          container: c.uuid,
          projectId: c.projectId,
          userId: c.userId,
          requestId: `req-${randomUUID()}`,
          frontEnd: c.frontEnd,
          host: c.host,
          action: 'delete',
          args: { force: true, stop: false },
        },
        transaction,
      );
    });
  }

  /** A delete waits behind the operation: it should stop at its next step. */
  async overtaken(o: Pick<Operation, 'id'>): Promise<boolean> {
    const row = await this.database.one(`select 1 from operations o where id = $1 and exists (${DELETE_WAITS})`, [
      o.id,
    ]);
    return row !== null;
  }
}
