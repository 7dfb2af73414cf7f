import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import type { Engine } from './engine.js';
import { submit } from './submit.js';

export type Deletion =
  | { readonly frontEnd: 'nova' }
  | { readonly frontEnd: 'native'; readonly force: boolean; readonly stop: boolean };

/**
 * Deletes a container, whatever is in flight: the operation under way stops at its next step. A second delete joins the first.
 * `stop`: the main process gets its stop signal and 10 s first.
 * @throws NotFound, Locked, InvalidState
 */
export function deleteContainer(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  d: Deletion,
): Promise<Container> {
  const native = d.frontEnd === 'native' ? d : null;
  return submit(engine, context, uuid, {
    frontEnd: d.frontEnd,
    transition:
      native === null
        ? { frontEnd: 'nova', row: 'delete' }
        : { frontEnd: 'native', row: native.stop ? 'delete_after_stop' : native.force ? 'delete_force' : 'delete' },
    action: 'delete',
    args: { force: native?.force ?? true, stop: native?.stop ?? false },
    onSame: 'join',
  });
}
