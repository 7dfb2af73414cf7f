import type { ContainerFacts } from './container.js';

export type ContainerState =
  | 'creating'
  | 'created'
  | 'running'
  | 'paused'
  | 'restarting'
  | 'stopped'
  | 'error'
  | 'dead'
  | 'deleted';

/** The facts that the state depends on, in a form that can be enumerated. */
export type StateFacts = Pick<
  ContainerFacts,
  | 'deletedAt'
  | 'failure'
  | 'missingSince'
  | 'dead'
  | 'paused'
  | 'restarting'
  | 'running'
  | 'startedAt'
  | 'engineCreatedAt'
>;

/**
 * The one place where a state comes from. `src/store/container-sql.ts` has the same rules as an SQL expression for filters;
 * a test enumerates all combinations of facts and holds the two together.
 */
export function deriveState(f: StateFacts): ContainerState {
  if (f.deletedAt !== null) return 'deleted';
  if (f.failure !== null || f.missingSince !== null) return 'error';
  if (f.dead) return 'dead';
  if (f.paused) return 'paused';
  if (f.restarting) return 'restarting';
  if (f.running) return 'running';
  if (f.startedAt !== null) return 'stopped';
  if (f.engineCreatedAt !== null) return 'created';
  return 'creating';
}
