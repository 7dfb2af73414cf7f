import type { Container } from '#core/domain/container.js';
import { InvalidState } from '#core/domain/errors.js';
import { deriveState } from '#core/domain/state.js';
import { checkTransition, type NativeRow } from '#core/domain/transitions.js';
import type { EngineStats, LogRequest } from '#core/runtime/driver.js';
import type { Engine } from './engine.js';

export type { EngineStats } from '#core/runtime/driver.js';

/** What is asked of the engine at once, on the host of the container: it goes to the agent, not through an operation. */

function check(container: Container, row: NativeRow): void {
  checkTransition({ frontEnd: 'native', row }, container.uuid, deriveState(container.facts));
}

/**
 * Log of the main process, in any state once the container exists in the engine.
 * @throws InvalidState, Unavailable, EngineRefused
 */
export async function containerLogs(engine: Engine, container: Container, want: LogRequest): Promise<Buffer> {
  if (container.facts.engineId === null) throw new InvalidState('logs', container.uuid, deriveState(container.facts));
  return engine.hosts.agentOf(container.host).logs(container.uuid, want);
}

/** Processes of a running container; `psArgs` as for `ps`, null = the engine's. @throws InvalidState, EngineRefused, Unavailable */
export async function containerTop(
  engine: Engine,
  container: Container,
  psArgs: string | null,
): Promise<{ titles: string[]; processes: string[][] }> {
  check(container, 'top');
  return engine.hosts.agentOf(container.host).top(container.uuid, psArgs);
}

/** Resource use of a running container at this moment. @throws InvalidState, EngineRefused, Unavailable */
export async function containerStats(engine: Engine, container: Container): Promise<EngineStats> {
  check(container, 'stats');
  return engine.hosts.agentOf(container.host).stats(container.uuid);
}
