import type { Operation, OperationEvent } from '#core/domain/operation.js';
import { isoMicros } from './times.js';

/** Record of an action (native-api.md 3.7). */
export interface ActionView {
  readonly action: string;
  readonly container_uuid: string;
  readonly request_id: string;
  readonly user_id: string;
  readonly project_id: string;
  readonly start_time: string;
  readonly finish_time: string | null;
  readonly message: 'Error' | null;
}

export interface ActionEventView {
  readonly event: string;
  readonly start_time: string;
  readonly finish_time: string | null;
  readonly result: 'Success' | 'Error' | null;
  /** Shown to administrators: the reason of a failure. There are no traces of a program in it. */
  readonly traceback: string | null;
}

export const actionView = (o: Operation): ActionView => ({
  action: o.action,
  container_uuid: o.container,
  request_id: o.requestId,
  user_id: o.userId,
  project_id: o.projectId,
  start_time: isoMicros(o.createdAt),
  finish_time: o.finishedAt && isoMicros(o.finishedAt),
  message: o.state === 'failed' || o.state === 'cancelled' ? 'Error' : null,
});

export const actionDetailView = (
  o: Operation,
  seesTraces: boolean,
): ActionView & { events: readonly ActionEventView[] } => ({
  ...actionView(o),
  events: eventsOf(o, seesTraces),
});

/** The steps of an operation as Zun shows them: one event for its method, and for a run a second one for the start. */
function eventsOf(o: Operation, seesTraces: boolean): ActionEventView[] {
  if (o.action !== 'create') return merged(`compute__do_container_${o.action}`, o.events, seesTraces);
  const isRun = 'start' in o.args && o.args.start;
  const starts = o.events.filter((e) => e.step === 'start');
  const rest = o.events.filter((e) => e.step !== 'start');
  return [
    ...merged('compute__do_container_create', rest, seesTraces),
    ...(isRun ? merged('compute__do_container_start', starts, seesTraces) : []),
  ];
}

function merged(event: string, steps: readonly OperationEvent[], seesTraces: boolean): ActionEventView[] {
  const [first] = steps;
  const last = steps.at(-1);
  if (first === undefined || last === undefined) return [];
  const failed = steps.filter((s) => s.result === 'error');
  const isDone = steps.every((s) => s.finishedAt !== null);
  const reason = failed.map((s) => s.message ?? s.step).join('\n');
  return [
    {
      event,
      start_time: isoMicros(first.startedAt),
      finish_time: isDone && last.finishedAt !== null ? isoMicros(last.finishedAt) : null,
      result: failed.length > 0 ? 'Error' : isDone ? 'Success' : null,
      traceback: seesTraces && failed.length > 0 ? reason : null,
    },
  ];
}
