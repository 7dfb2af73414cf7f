import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import type { Engine } from './engine.js';
import { submit } from './submit.js';

/** Thaws a paused container. @throws NotFound, Locked, Busy, InvalidState */
export function unpauseContainer(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  frontEnd: 'nova' | 'native',
): Promise<Container> {
  return submit(engine, context, uuid, {
    frontEnd,
    transition: { frontEnd, row: 'unpause' },
    action: 'unpause',
    args: {},
    onSame: frontEnd === 'nova' ? 'refuse' : 'join',
  });
}
