import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import type { Engine } from './engine.js';
import { submit } from './submit.js';

/** Sends a signal (`SIGKILL`, `SIGHUP` ...) to the main process. @throws NotFound, Locked, Busy, InvalidState */
export function killContainer(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  signal: string,
): Promise<Container> {
  return submit(engine, context, uuid, {
    frontEnd: 'native',
    transition: { frontEnd: 'native', row: 'kill' },
    action: 'kill',
    args: { signal },
    onSame: 'refuse',
  });
}
