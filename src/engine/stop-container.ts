import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import type { Engine } from './engine.js';
import { submit } from './submit.js';

/**
 * Stops a container: its stop signal, then SIGKILL after `timeout` seconds (null: the container's own, else the engine's 10 s).
 * @throws NotFound, Locked, Busy, InvalidState
 */
export function stopContainer(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  frontEnd: 'nova' | 'native',
  timeout: number | null = null,
): Promise<Container> {
  return submit(engine, context, uuid, {
    frontEnd,
    transition: { frontEnd, row: 'stop' },
    action: 'stop',
    args: { timeout },
    onSame: frontEnd === 'nova' ? 'refuse' : 'join',
  });
}
