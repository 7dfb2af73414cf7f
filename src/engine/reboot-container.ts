import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import type { Engine } from './engine.js';
import { submit } from './submit.js';

/** SOFT: stop with grace, then start. HARD: kill, then start; makes the container anew when the engine has lost it. */
export type Reboot =
  | { readonly frontEnd: 'nova'; readonly type: 'SOFT' | 'HARD' }
  | { readonly frontEnd: 'native'; readonly timeout: number | null };

/** @throws NotFound, Locked, Busy, InvalidState */
export function rebootContainer(engine: Engine, context: RequestContext, uuid: string, r: Reboot): Promise<Container> {
  return submit(engine, context, uuid, {
    frontEnd: r.frontEnd,
    transition:
      r.frontEnd === 'nova'
        ? { frontEnd: 'nova', row: r.type === 'HARD' ? 'reboot-hard' : 'reboot-soft' }
        : { frontEnd: 'native', row: 'reboot' },
    action: 'reboot',
    args: r.frontEnd === 'nova' ? { type: r.type, timeout: null } : { type: 'SOFT', timeout: r.timeout },
    onSame: 'join',
  });
}
