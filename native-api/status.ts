import type { Container } from '#core/domain/container.js';
import { ACTIONS, type Action } from '#core/domain/operation.js';
import { type ContainerState, deriveState } from '#core/domain/state.js';
import type { StatusCondition } from '#core/engine/list-containers.js';

/** How a container looks in Zun's words (native-api.md 4.3). */
export type Status =
  | 'Creating'
  | 'Created'
  | 'Running'
  | 'Paused'
  | 'Restarting'
  | 'Stopped'
  | 'Error'
  | 'Dead'
  | 'Deleting'
  | 'Deleted';

const OF_STATE: Readonly<Record<ContainerState, Status>> = {
  creating: 'Creating',
  created: 'Created',
  running: 'Running',
  paused: 'Paused',
  restarting: 'Restarting',
  stopped: 'Stopped',
  error: 'Error',
  dead: 'Dead',
  deleted: 'Deleted',
};

/** null: an action that Zun has no task for. */
const TASK_OF: Readonly<Record<Action, string | null>> = {
  create: 'container_creating',
  start: 'container_starting',
  stop: 'container_stopping',
  reboot: 'container_rebooting',
  kill: 'container_killing',
  pause: 'container_pausing',
  unpause: 'container_unpausing',
  update: null,
  delete: 'container_deleting',
};

/**
 * Status by state and action in flight. A container whose creation is not over is never `Created`: whoever waits for that word
 * may start it at once, and would be told that it is busy.
 */
export function statusOf(state: ContainerState, action: Action | null): Status {
  if (state === 'deleted') return 'Deleted';
  if (action === 'delete') return 'Deleting';
  if (action === 'reboot') return 'Restarting';
  if (action === 'create' && state === 'created') return 'Creating';
  return OF_STATE[state];
}

export const containerStatus = (c: Container): Status => statusOf(deriveState(c.facts), c.task?.action ?? null);

export const taskState = (action: Action | null): string | null => (action === null ? null : TASK_OF[action]);

/** null when nothing is wrong. */
export function statusReason(c: Container): string | null {
  const { failure, missingSince, engineId } = c.facts;
  if (failure !== null) return failure.message;
  return missingSince === null ? null : `No such container: ${engineId ?? c.uuid} in docker`;
}

const UNITS = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['mins', 60_000],
  ['seconds', 1000],
] as const;

/** Time passed in one unit, truncated; null under a second. `until`: when it changes, in milliseconds since the epoch. */
function elapsed(from: Date, now: Date): { readonly text: string | null; readonly until: number } {
  const ms = now.getTime() - from.getTime();
  const unit = UNITS.find(([, size]) => ms >= size);
  if (unit === undefined) return { text: null, until: from.getTime() + 1000 };
  const [name, size] = unit;
  const count = Math.floor(ms / size);
  return { text: `${count} ${name}`, until: from.getTime() + (count + 1) * size };
}

/** A `status_detail` and when the clock makes another one of it, in milliseconds since the epoch. */
export interface StatusDetail {
  readonly text: string | null;
  readonly until: number;
}

const forEver = (text: string | null): StatusDetail => ({ text, until: Number.POSITIVE_INFINITY });

/** The one part of a view that changes with the clock. */
export function statusDetail(c: Container, now: Date): StatusDetail {
  const { startedAt, finishedAt, exitCode } = c.facts;
  const since = (from: Date | null, words: (time: string) => string): StatusDetail => {
    if (from === null) return forEver(null);
    const { text, until } = elapsed(from, now);
    return { text: text && words(text), until };
  };
  const state = deriveState(c.facts);
  switch (state) {
    case 'running':
      return since(startedAt, (time) => `Up ${time}`);
    case 'paused':
      return since(startedAt, (time) => `Up ${time} (paused)`);
    case 'stopped':
      return since(finishedAt, (time) => `Exited(${exitCode ?? 0}) ${time} ago `);
    case 'created':
    case 'dead':
    case 'restarting':
      return forEver(OF_STATE[state]);
    case 'creating':
    case 'error':
    case 'deleted':
      return forEver(null);
  }
}

const STATES = Object.keys(OF_STATE).filter((s): s is ContainerState => s in OF_STATE);
const TASKS: readonly (Action | 'none')[] = ['none', ...ACTIONS];

/**
 * The inverse, for filters of a list: which states and actions in flight show as this status and task state. It tries them all,
 * so it cannot differ from what is shown. A status that nothing has gives no condition, and so an empty list.
 */
export function conditionsFor(wanted: { readonly status?: string; readonly task_state?: string }): StatusCondition[] {
  const shows = (state: ContainerState, task: Action | 'none'): boolean => {
    const action = task === 'none' ? null : task;
    return (
      (wanted.status === undefined || statusOf(state, action) === wanted.status) &&
      (wanted.task_state === undefined || taskState(action) === wanted.task_state)
    );
  };
  return STATES.map((state) => ({ states: [state], tasks: TASKS.filter((t) => shows(state, t)) })).filter(
    (c) => c.tasks.length > 0,
  );
}
