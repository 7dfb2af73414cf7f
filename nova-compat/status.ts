import type { Container, ContainerFacts } from '#core/domain/container.js';
import type { Action, Task } from '#core/domain/operation.js';
import { type ContainerState, deriveState } from '#core/domain/state.js';

/** The states of Nova (nova-api.md 4.2): three that it stores, and the status that it derives from them. */
export interface ServerState {
  readonly vmState: string;
  readonly taskState: string | null;
  readonly powerState: number;
  readonly status: string;
}

export const POWER = { NOSTATE: 0, RUNNING: 1, PAUSED: 3, SHUTDOWN: 4, CRASHED: 6 } as const;

const VM_STATE: Readonly<Record<ContainerState, string>> = {
  creating: 'building',
  created: 'stopped',
  running: 'active',
  restarting: 'active',
  paused: 'paused',
  stopped: 'stopped',
  error: 'error',
  dead: 'error',
  deleted: 'deleted',
};

const POWER_STATE: Readonly<Record<ContainerState, number>> = {
  creating: POWER.NOSTATE,
  created: POWER.SHUTDOWN,
  running: POWER.RUNNING,
  restarting: POWER.RUNNING,
  paused: POWER.PAUSED,
  stopped: POWER.SHUTDOWN,
  error: POWER.NOSTATE,
  dead: POWER.NOSTATE,
  deleted: POWER.NOSTATE,
};

/** What the states of a server depend on: small enough to be enumerated, so that filters are the exact inverse. */
export interface StateInput {
  readonly state: ContainerState;
  /** The process ended by itself and badly. */
  readonly crashed: boolean;
  readonly task: Pick<Task, 'action' | 'state' | 'rebootType'> | null;
}

/** Until its create is done a container is being built, whatever its engine shows already: no action is accepted before. */
const building = ({ state, task }: StateInput): boolean =>
  state === 'creating' || (task?.action === 'create' && state !== 'error' && state !== 'dead' && state !== 'deleted');

const TASK_STATE: Readonly<Record<Action, (task: NonNullable<StateInput['task']>) => string | null>> = {
  create: (t) => (t.state === 'queued' ? 'scheduling' : 'spawning'),
  start: () => 'powering-on',
  stop: () => 'powering-off',
  kill: () => 'powering-off',
  reboot: (t) => `${t.state === 'queued' ? 'rebooting' : 'reboot_started'}${t.rebootType === 'HARD' ? '_hard' : ''}`,
  pause: () => 'pausing',
  unpause: () => 'unpausing',
  // New limits are no task that Nova has a name for; none of its clients waits for one.
  update: () => null,
  delete: () => 'deleting',
};

const STATUS: Readonly<Record<string, string>> = {
  building: 'BUILD',
  active: 'ACTIVE',
  stopped: 'SHUTOFF',
  paused: 'PAUSED',
  error: 'ERROR',
  deleted: 'DELETED',
};
const REBOOTING = new Set(['rebooting', 'reboot_pending', 'reboot_started']);

function statusOf(vmState: string, taskState: string | null): string {
  if (vmState === 'active' && taskState !== null) {
    if (REBOOTING.has(taskState)) return 'REBOOT';
    if (taskState.endsWith('_hard')) return 'HARD_REBOOT';
  }
  return STATUS[vmState] ?? 'UNKNOWN';
}

/** One table for views and filters. */
export function serverState(input: StateInput): ServerState {
  const inBuild = building(input);
  const vmState = inBuild ? 'building' : VM_STATE[input.state];
  const { task } = input;
  // A create that has failed is undoing itself: to Nova users it is over.
  const over = task === null || input.state === 'deleted' || (task.action === 'create' && !inBuild);
  const taskState = over ? null : TASK_STATE[task.action](task);
  const crashed = input.state === 'stopped' && input.crashed;
  return {
    vmState,
    taskState,
    powerState: inBuild ? POWER.NOSTATE : crashed ? POWER.CRASHED : POWER_STATE[input.state],
    status: statusOf(vmState, taskState),
  };
}

const crashed = (f: ContainerFacts): boolean => !f.stopRequested && (f.oomKilled || (f.exitCode ?? 0) !== 0);

export const stateOf = (c: Container): ServerState =>
  serverState({ state: deriveState(c.facts), crashed: crashed(c.facts), task: c.task });

/** What of a state a message about a refused action shows. */
export const vmStateOf = (state: ContainerState): string => VM_STATE[state];

/** `task_state` of an action whose operation is only known by name. */
export const taskStateOf = (action: Action, begun: boolean): string =>
  TASK_STATE[action]({ action, state: begun ? 'running' : 'queued', rebootType: null }) ?? action;
