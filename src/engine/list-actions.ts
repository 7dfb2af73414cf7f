import type { RequestContext } from '#core/domain/context.js';
import type { Operation } from '#core/domain/operation.js';
import type { Engine } from './engine.js';
import { findContainer, getContainer } from './find-container.js';

/** Operations of a container, newest first; also of a deleted one when asked by uuid. @throws NotFound */
export async function listActions(engine: Engine, context: RequestContext, uuid: string): Promise<Operation[]> {
  const container = await getContainer(engine, context, uuid, { deleted: true });
  return engine.store.operations.ofContainer(container.uuid);
}

/** The operation that a request made. @throws NotFound('container'), NotFound('action') */
export async function getAction(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  requestId: string,
): Promise<Operation> {
  const container = await getContainer(engine, context, uuid, { deleted: true });
  return engine.store.operations.byRequest(container.uuid, requestId);
}

/** The same for a container that is named as the native API does. @throws NotFound, Ambiguous */
export async function actionsOf(engine: Engine, context: RequestContext, idOrName: string): Promise<Operation[]> {
  const container = await findContainer(engine, context, idOrName);
  return engine.store.operations.ofContainer(container.uuid);
}
