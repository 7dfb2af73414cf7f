import type { FrontEnd } from '#core/domain/context.js';
import type { Action, ActionArguments, Operation, OperationEvent, OperationState } from '#core/domain/operation.js';

/** A row of `operations` as the driver gives it. */
export interface OperationRow {
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
  readonly events: readonly (Omit<OperationEvent, 'startedAt' | 'finishedAt'> & {
    startedAt: string;
    finishedAt: string | null;
  })[];
  readonly error: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

export function toOperation(r: OperationRow): Operation {
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
    events: r.events.map((e) => ({
      ...e,
      startedAt: new Date(e.startedAt),
      finishedAt: e.finishedAt === null ? null : new Date(e.finishedAt),
    })),
    error: r.error,
    createdAt: r.created_at,
    startedAt: r.started_at,
    finishedAt: r.finished_at,
  };
}
