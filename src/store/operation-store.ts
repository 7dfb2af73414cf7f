import type { FrontEnd } from '#core/domain/context.js';
import { NotFound } from '#core/domain/errors.js';
import type { Action, ActionArguments, Operation, OperationEvent, OperationState } from '#core/domain/operation.js';
import { brokenConstraint, type Database, type Transaction } from './database.js';

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

interface OperationRow {
  readonly id: string;
  readonly seq: string;
  readonly container: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly request_id: string;
  readonly front_end: FrontEnd;
  readonly host: string | null;
  readonly action: Action;
  readonly args: ActionArguments[Action];
  readonly state: OperationState;
  readonly step: string | null;
  readonly attempt: number;
  readonly events: readonly (Omit<OperationEvent, 'startedAt' | 'finishedAt'> & { startedAt: string; finishedAt: string | null })[];
  readonly error: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

/** Proof that an operation is ours to carry out. */
export interface Lease {
  readonly operation: string;
  readonly owner: string;
}

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
    const rows = await this.database.query<OperationRow>('select * from operations where container = $1 order by seq desc limit $2', [
      container,
      limit,
    ]);
    return rows.map(toOperation);
  }

  /** @throws NotFound('action') */
  async byRequest(container: string, requestId: string): Promise<Operation> {
    const row = await this.database.one<OperationRow>('select * from operations where container = $1 and request_id = $2 order by seq limit 1', [
      container,
      requestId,
    ]);
    if (row === null) throw new NotFound('action', requestId);
    return toOperation(row);
  }

  /** Drops what waits in the queue of a container: a delete overtakes it. */
  async cancelQueued(container: string, reason: string, transaction: Transaction): Promise<void> {
    await this.database.query(
      `update operations set state = 'cancelled', finished_at = now(), error = $2 where container = $1 and state = 'queued'`,
      [container, reason],
      transaction,
    );
  }

  /**
   * Takes up to `count` operations that are due: at most one per container, in order. An operation whose lease ran out is taken
   * again, as the next attempt.
   */
  async claim(host: string, owner: string, count: number): Promise<Operation[]> {
    try {
      const rows = await this.database.query<OperationRow>(
        `update operations o set state = 'running', attempt = attempt + 1, lease_owner = $2, started_at = coalesce(started_at, now()),
           lease_until = now() + make_interval(secs => $4)
         from (
           select id from operations q
           where host = $1 and ((state = 'queued' and run_at <= now()) or (state = 'running' and lease_until < now()))
             and not exists (select 1 from operations b where b.container = q.container and b.state = 'running' and b.id <> q.id)
             and not exists (select 1 from operations e where e.container = q.container and e.state = 'queued' and e.seq < q.seq)
           order by run_at, seq limit $3 for update skip locked) due
         where o.id = due.id returning o.*`,
        [host, owner, count, this.leaseSeconds],
      );
      return rows.map(toOperation).sort((a, b) => a.seq - b.seq);
    } catch (error) {
      // The wall behind the query: two claims of one container at the same moment. The loser claims again.
      if (brokenConstraint(error) === 'operations_one') return [];
      throw error;
    }
  }

  /** Puts the running operations of a host back into the queue: its new agent knows that the old one is dead. */
  async requeueHost(host: string): Promise<void> {
    await this.database.query(
      `update operations set state = 'queued', run_at = now(), lease_owner = null, lease_until = null where host = $1 and state = 'running'`,
      [host],
    );
  }

  /** Puts an operation back for a later attempt. */
  async requeue(lease: Lease, delayMs: number, error: string): Promise<void> {
    await this.database.query(
      `update operations set state = 'queued', run_at = now() + make_interval(secs => $3), lease_owner = null, lease_until = null, error = $4
       where id = $1 and state = 'running' and lease_owner = $2`,
      [lease.operation, lease.owner, delayMs / 1000, error],
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

  /** Notes the step under way and all events so far. @returns false when the lease is gone */
  async progress(lease: Lease, step: string, events: readonly OperationEvent[]): Promise<boolean> {
    const rows = await this.database.query(
      `update operations set step = $3, events = $4 where id = $1 and state = 'running' and lease_owner = $2 returning id`,
      [lease.operation, lease.owner, step, JSON.stringify(events)],
    );
    return rows.length > 0;
  }

  /** @returns false when the lease is gone */
  async finish(
    lease: Lease,
    state: 'done' | 'failed' | 'cancelled',
    events: readonly OperationEvent[],
    error: string | null,
    transaction?: Transaction,
  ): Promise<boolean> {
    const rows = await this.database.query(
      `update operations set state = $3, events = $4, error = $5, finished_at = now(), lease_until = null
       where id = $1 and state = 'running' and lease_owner = $2 returning id`,
      [lease.operation, lease.owner, state, JSON.stringify(events), error],
      transaction,
    );
    return rows.length > 0;
  }

  /** A delete waits behind the operation: it should stop at its next step. */
  async overtaken(o: Pick<Operation, 'container' | 'seq'>): Promise<boolean> {
    const row = await this.database.one(
      `select 1 from operations where container = $1 and action = 'delete' and state = 'queued' and seq > $2`,
      [o.container, o.seq],
    );
    return row !== null;
  }
}

function toOperation(r: OperationRow): Operation {
  return {
    id: r.id,
    seq: Number(r.seq),
    container: r.container,
    projectId: r.project_id,
    userId: r.user_id,
    requestId: r.request_id,
    frontEnd: r.front_end,
    host: r.host,
    action: r.action,
    args: r.args,
    state: r.state,
    step: r.step,
    attempt: r.attempt,
    events: r.events.map((e) => ({ ...e, startedAt: new Date(e.startedAt), finishedAt: e.finishedAt === null ? null : new Date(e.finishedAt) })),
    error: r.error,
    createdAt: r.created_at,
    startedAt: r.started_at,
    finishedAt: r.finished_at,
  };
}
