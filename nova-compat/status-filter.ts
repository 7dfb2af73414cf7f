import { ACTIONS, type Action } from '#core/domain/operation.js';
import type { ContainerState } from '#core/domain/state.js';
import type { StatusCondition } from '#core/engine/list-containers.js';
import { type ServerState, type StateInput, serverState } from './status.js';

const STATES: readonly ContainerState[] = [
  'creating',
  'created',
  'running',
  'paused',
  'restarting',
  'stopped',
  'error',
  'dead',
  'deleted',
];
const PHASES = ['queued', 'running'] as const;
const REBOOTS = ['SOFT', 'HARD'] as const;

/** Everything a task can be, as far as states depend on it. */
const TASKS: readonly StateInput['task'][] = [
  null,
  ...ACTIONS.flatMap((action) =>
    PHASES.flatMap((state): StateInput['task'][] =>
      action === 'reboot'
        ? REBOOTS.map((rebootType) => ({ action, state, rebootType }))
        : [{ action, state, rebootType: null }],
    ),
  ),
];

/** All inputs of the table of states. */
export const allStateInputs = (): StateInput[] =>
  STATES.flatMap((state) =>
    (state === 'stopped' ? [false, true] : [false]).flatMap((crashed) =>
      TASKS.map((task) => ({ state, crashed, task })),
    ),
  );

/**
 * The inverse of the table: conditions, any of which a container must meet, for all that `wanted` accepts. Made by asking the table
 * itself, so that a filter never disagrees with what is shown.
 */
export function conditionsWhere(wanted: (s: ServerState) => boolean): StatusCondition[] {
  const found = new Map<string, { condition: Omit<StatusCondition, 'states'>; states: ContainerState[] }>();
  const add = (state: ContainerState, condition: Omit<StatusCondition, 'states'>): void => {
    const key = JSON.stringify(condition);
    const entry = found.get(key) ?? { condition, states: [] };
    found.set(key, { ...entry, states: [...entry.states, state] });
  };
  for (const state of STATES) {
    for (const { crashed, accepted } of variants(state, wanted)) {
      const how = crashed === null ? {} : { crashed };
      if (accepted.length === TASKS.length) add(state, { tasks: null, ...how });
      else for (const part of taskConditions(accepted)) add(state, { ...part, ...how });
    }
  }
  return [...found.values()].map(({ condition, states }) => ({ states, ...condition }));
}

/** What is accepted of a state; `crashed` null where it makes no difference. */
function variants(
  state: ContainerState,
  wanted: (s: ServerState) => boolean,
): { crashed: boolean | null; accepted: StateInput['task'][] }[] {
  const accepted = (crashed: boolean): StateInput['task'][] =>
    TASKS.filter((task) => wanted(serverState({ state, crashed, task })));
  const fine = accepted(false);
  if (state !== 'stopped') return [{ crashed: null, accepted: fine }];
  const bad = accepted(true);
  const same = fine.length === bad.length && fine.every((t) => bad.includes(t));
  return same
    ? [{ crashed: null, accepted: fine }]
    : [
        { crashed: false, accepted: fine },
        { crashed: true, accepted: bad },
      ];
}

function taskConditions(accepted: readonly StateInput['task'][]): Omit<StatusCondition, 'states'>[] {
  const whole: (Action | 'none')[] = accepted.includes(null) ? ['none'] : [];
  const parts: Omit<StatusCondition, 'states'>[] = [];
  for (const action of ACTIONS) {
    const of = (tasks: readonly StateInput['task'][]) =>
      tasks.filter((t) => t !== null).filter((t) => t.action === action);
    const all = of(TASKS);
    const some = of(accepted);
    if (some.length === all.length) whole.push(action);
    else {
      for (const t of some) {
        parts.push({ tasks: [action], phase: t.state, ...(t.rebootType !== null && { rebootType: t.rebootType }) });
      }
    }
  }
  return whole.length > 0 ? [{ tasks: whole }, ...parts] : parts;
}

/** Nova's statuses, also those that containers never have: a filter for one of these finds nothing. */
export const STATUSES: ReadonlySet<string> = new Set([
  'ACTIVE',
  'BUILD',
  'DELETED',
  'ERROR',
  'HARD_REBOOT',
  'MIGRATING',
  'PASSWORD',
  'PAUSED',
  'REBOOT',
  'REBUILD',
  'RESCUE',
  'RESIZE',
  'REVERT_RESIZE',
  'SHELVED',
  'SHELVED_OFFLOADED',
  'SHUTOFF',
  'SOFT_DELETED',
  'SUSPENDED',
  'UNKNOWN',
  'VERIFY_RESIZE',
]);
