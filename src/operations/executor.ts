import type { Container, Failure } from '#core/domain/container.js';
import { DomainError, NotFound, Unavailable } from '#core/domain/errors.js';
import type { Action, Operation, OperationEvent } from '#core/domain/operation.js';
import { failpoint } from '#core/lib/failpoint.js';
import type { Lease } from '#core/store/operation-store.js';
import { ON_RESUME, PLANS } from './plans.js';
import type { OperationParts, Outcome, Plan, Prepared, Step, StepContext } from './step.js';

/** The lease is gone: another agent has the operation. Nothing more may be done for it here. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export interface ExecutorOptions {
  /** Seconds that an operation waits for an engine, registry or service that does not answer, before it fails. */
  readonly waitSeconds: number;
}

const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 10_000;
/** An operation that took its agent down this often is not tried again. */
const MOST_ATTEMPTS = 10;
const INTERRUPTED = 'interrupted';

/**
 * Carries out a leased operation: its steps in order, each recorded together with the begin of the next. A failure undoes in
 * reverse and leaves its reason on the record; a part that does not answer puts the operation back for a later attempt.
 * @throws Unavailable('database') when nothing can be recorded: the lease will run out and the operation be taken again
 */
export async function execute(
  parts: OperationParts,
  operation: Operation,
  owner: string,
  signal: AbortSignal,
  options: ExecutorOptions,
): Promise<void> {
  const log = parts.log.child({
    req_id: operation.requestId,
    container: operation.container,
    operation: operation.id,
    action: operation.action,
  });
  const run = new Run(parts, operation, { operation: operation.id, owner }, signal, options, log);
  try {
    await run.all();
  } catch (error) {
    if (error instanceof LeaseLost || signal.aborted) log.warn({ err: error }, 'operation given up: its lease is gone');
    else throw error;
  }
}

class Run<A extends Action> {
  private readonly events: OperationEvent[];
  private pending: Outcome | undefined;
  private container: Container | null = null;
  private prepared: Prepared | null = null;

  constructor(
    private readonly parts: OperationParts,
    private readonly operation: Operation<A>,
    private readonly lease: Lease,
    private readonly signal: AbortSignal,
    private readonly options: ExecutorOptions,
    private readonly log: OperationParts['log'],
  ) {
    // An event without an end is of an attempt that was interrupted.
    this.events = operation.events.map((e) =>
      e.finishedAt === null ? { ...e, finishedAt: new Date(), result: 'error' as const, message: INTERRUPTED } : e,
    );
  }

  async all(): Promise<void> {
    const { operation } = this;
    failpoint(`${operation.action}.accepted`);
    // A short question first: the calls of the steps have long deadlines, and would hold a place each on an engine that hangs.
    const answers = this.parts.driver.ping({ signal: this.signal }).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    try {
      this.container = await this.parts.store.containers.byUuid(operation.container);
    } catch (error) {
      if (!(error instanceof NotFound)) throw error;
      await this.end('cancelled', 'the container was deleted');
      return;
    }
    if (operation.attempt > 1 && operation.error === null && ON_RESUME[operation.action] === 'fail') {
      await this.fail(
        new Unavailable(
          'host',
          'The service was restarted while this was under way; whether it happened is not known.',
        ),
        [],
      );
      return;
    }
    const plan: Plan<A> = PLANS[operation.action];
    const silent = await answers;
    if (silent !== null) {
      if (this.signal.aborted) throw silent.error;
      await this.failed(silent.error, plan, []);
      return;
    }
    await this.steps(plan);
  }

  private async steps(plan: Plan<A>): Promise<void> {
    const begun: Step<A>[] = [];
    for (const step of plan.steps) {
      if ((await this.begin(step)) === 'overtaken') return;
      begun.push(step);
      failpoint(`${this.operation.action}.${step.name}.before`);
      try {
        this.pending = merge(this.pending, await step.run(this.context()));
        this.apply();
      } catch (error) {
        if (this.signal.aborted) throw error;
        this.endEvent('error', messageOf(error));
        await this.failed(error, plan, begun);
        return;
      }
      failpoint(`${this.operation.action}.${step.name}.after`);
      this.endEvent('success', null);
    }
    await this.end('done', null);
    failpoint(`${this.operation.action}.recorded`);
  }

  /** A delete waits for this operation: what exists is the delete's to remove, which finds it by our uuid. */
  private giveWay(): Promise<void> {
    return this.end('cancelled', 'overtaken by a delete');
  }

  private async failed(error: unknown, plan: Plan<A>, begun: Step<A>[]): Promise<void> {
    const age = (Date.now() - this.operation.createdAt.getTime()) / 1000;
    const waiting = error instanceof Unavailable && age < this.options.waitSeconds;
    const tries = this.operation.attempt;
    if (plan.relentless || (waiting && tries < MOST_ATTEMPTS * 10)) {
      if (this.operation.action !== 'delete' && (await this.parts.store.operations.overtaken(this.operation))) {
        await this.giveWay();
        return;
      }
      const delay = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(tries, 10));
      this.log.warn({ err: error, delay }, 'operation put back: it is tried again');
      await this.parts.store.operations.requeue(this.lease, delay, { events: this.events, error: messageOf(error) });
      return;
    }
    const kept = begun.slice(0, -1).findLastIndex((s) => s.keeps === true);
    await this.fail(error, begun.slice(kept + 1).toReversed());
  }

  /** Undoes what the steps made, newest first, and ends the operation with the reason. */
  private async fail(error: unknown, undo: readonly Step<A>[]): Promise<void> {
    let clean = true;
    for (const step of undo) {
      if (step.undo === undefined) continue;
      try {
        this.pending = merge(this.pending, await step.undo(this.context()));
        this.apply();
      } catch (undoError) {
        clean = false;
        this.log.error({ err: undoError, step: step.name }, 'undo failed: a delete of the container will finish it');
      }
    }
    const message = messageOf(error);
    this.log.error({ err: error }, 'operation failed');
    if (PLANS[this.operation.action].failure === 'error') {
      const failure: Failure = { code: 500, message, details: this.events.at(-1)?.step ?? null, at: new Date() };
      this.pending = merge(this.pending, { facts: { failure } });
    }
    const nothingLeft = clean && this.operation.action === 'create' && this.container?.facts.engineId == null;
    await this.end('failed', message, nothingLeft);
  }

  private context(): StepContext<A> {
    if (this.container === null) throw new Error('the container was not read');
    return {
      parts: this.parts,
      operation: this.operation,
      container: this.container,
      signal: this.signal,
      prepared: this.prepared,
      log: this.log,
    };
  }

  /** Later steps see what earlier ones found out. */
  private apply(): void {
    if (this.container === null || this.pending === undefined) return;
    const { facts, ports, prepared } = this.pending;
    if (prepared !== undefined) this.prepared = prepared;
    this.container = { ...this.container, facts: { ...this.container.facts, ...facts }, ...(ports && { ports }) };
  }

  /** @returns `overtaken` when the operation has ended instead, because a delete waits for it */
  private async begin({ name: step, relaxed = false }: Step<A>): Promise<'begun' | 'overtaken'> {
    // A step that is tried again has one event, that of the last try: an engine that is away for a day would leave thousands.
    const failedBefore = this.events.findIndex((e) => e.step === step && e.result === 'error');
    if (failedBefore >= 0) this.events.splice(failedBefore, 1);
    this.events.push({ step, startedAt: new Date(), finishedAt: null, result: null, message: null });
    const held = await this.parts.store.operations.progress(this.lease, {
      step,
      events: this.events,
      relaxed,
      ...this.pending,
    });
    if (held === null) throw new LeaseLost();
    this.pending = undefined;
    if (!held.overtaken || this.operation.action === 'delete') return 'begun';
    this.events.pop();
    await this.giveWay();
    return 'overtaken';
  }

  private endEvent(result: 'success' | 'error', message: string | null): void {
    const last = this.events.at(-1);
    if (last) this.events[this.events.length - 1] = { ...last, finishedAt: new Date(), result, message };
  }

  private async end(state: 'done' | 'failed' | 'cancelled', error: string | null, releaseHost = false): Promise<void> {
    const held = await this.parts.store.operations.finish(this.lease, state, {
      events: this.events,
      error,
      releaseHost,
      ...this.pending,
    });
    if (!held) throw new LeaseLost();
    this.log.info({ state }, 'operation ended');
  }
}

const merge = (a: Outcome | undefined, b: Outcome | undefined): Outcome | undefined => {
  if (a === undefined || b === undefined) return b ?? a;
  const ports = b.ports ?? a.ports;
  const prepared = b.prepared ?? a.prepared;
  return { facts: { ...a.facts, ...b.facts }, ...(ports && { ports }), ...(prepared && { prepared }) };
};

/** What the user reads. Errors of the domain are in words; anything else is a defect, whose text stays in the log. */
const messageOf = (error: unknown): string =>
  error instanceof DomainError
    ? error.message
    : 'An unexpected error ended the operation; the log of its host has the cause.';
