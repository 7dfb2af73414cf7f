import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import type { Engine } from './engine.js';
import { submit } from './submit.js';

/** Freezes all processes of a running container. @throws NotFound, Locked, Busy, InvalidState */
export function pauseContainer(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  frontEnd: 'nova' | 'native',
): Promise<Container> {
  return submit(engine, context, uuid, {
    frontEnd,
    transition: { frontEnd, row: 'pause' },
    action: 'pause',
    args: {},
    onSame: frontEnd === 'nova' ? 'refuse' : 'join',
  });
}
