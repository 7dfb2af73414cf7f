import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import type { Engine } from './engine.js';
import { submit } from './submit.js';

/** Starts a container that is created or stopped (native: or in error). @throws NotFound, Locked, Busy, InvalidState */
export function startContainer(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  frontEnd: 'nova' | 'native',
): Promise<Container> {
  return submit(engine, context, uuid, {
    frontEnd,
    transition: { frontEnd, row: 'start' },
    action: 'start',
    args: {},
    onSame: frontEnd === 'nova' ? 'refuse' : 'join',
  });
}
