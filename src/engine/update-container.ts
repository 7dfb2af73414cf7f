import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import { NotFound } from '#core/domain/errors.js';
import type { ServerAttributes } from '#core/domain/spec.js';
import type { Engine } from './engine.js';
import { isUuid, scopeOf } from './find-container.js';

/** Attributes that live in the record alone: nothing happens to the engine container. */
export interface AttributeChanges {
  readonly name?: string;
  readonly hostname?: string;
  readonly autoHeal?: boolean;
  readonly server?: Partial<ServerAttributes>;
}

/**
 * Changes attributes of the record. `decide` sees the container as it is under lock, so that merging (metadata, tags) loses
 * nothing to a request at the same time.
 * @throws NotFound, and what `decide` throws
 */
export async function updateContainer(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  decide: (current: Container) => AttributeChanges,
): Promise<Container> {
  if (!isUuid(uuid)) throw new NotFound('container', uuid);
  return engine.store.database.transaction(async (transaction) => {
    const current = await engine.store.containers.lock(uuid, transaction);
    const scope = scopeOf(context);
    if (scope !== null && current.projectId !== scope) throw new NotFound('container', uuid);
    const changes = decide(current);
    await engine.store.containers.change(
      uuid,
      {
        ...(changes.name !== undefined && { name: changes.name }),
        ...(changes.hostname !== undefined && { hostname: changes.hostname }),
        ...(changes.autoHeal !== undefined && { spec: { ...current.spec, autoHeal: changes.autoHeal } }),
        ...(changes.server !== undefined && { server: { ...current.server, ...changes.server } }),
      },
      transaction,
    );
    return engine.store.containers.byUuid(uuid, { transaction });
  });
}
