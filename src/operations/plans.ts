import type { Action } from '#core/domain/operation.js';
import { createPlan } from './create.js';
import { deletePlan } from './delete.js';
import { killPlan, pausePlan, rebootPlan, startPlan, stopPlan, unpausePlan, updatePlan } from './power.js';
import type { Plan } from './step.js';

/** The steps of every action: the compiler asks for each. */
export const PLANS: { readonly [A in Action]: Plan<A> } = {
  create: createPlan,
  start: startPlan,
  stop: stopPlan,
  reboot: rebootPlan,
  kill: killPlan,
  pause: pausePlan,
  unpause: unpausePlan,
  update: updatePlan,
  delete: deletePlan,
};

/**
 * What happens to an operation that was interrupted by the end of its agent. `redo`: its steps find what is done already and go
 * on. `fail`: repeating it could do harm, since a signal that was sent cannot be told from one that was not.
 */
export const ON_RESUME: { readonly [A in Action]: 'redo' | 'fail' } = {
  create: 'redo',
  start: 'redo',
  stop: 'redo',
  reboot: 'redo',
  kill: 'fail',
  pause: 'redo',
  unpause: 'redo',
  update: 'redo',
  delete: 'redo',
};

/** Every place where an operation can be interrupted between two steps: names of failpoints, for the tests. */
export function boundaries(action: Action): string[] {
  const steps: readonly { readonly name: string }[] = PLANS[action].steps;
  return [
    `${action}.accepted`,
    ...steps.flatMap((s) => [`${action}.${s.name}.before`, `${action}.${s.name}.after`]),
    `${action}.recorded`,
  ];
}
