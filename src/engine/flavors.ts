import type { RequestContext } from '#core/domain/context.js';
import { NotFound } from '#core/domain/errors.js';
import type { Flavor } from '#core/domain/records.js';
import type { FlavorQuery } from '#core/store/flavor-store.js';
import type { Engine } from './engine.js';

export type { FlavorSortKey } from '#core/store/flavor-store.js';
export { isFlavorSortKey } from '#core/store/flavor-store.js';

/** @throws NotFound('flavor'), also for a private one that the project was not given */
export const getFlavor = (engine: Engine, context: RequestContext, flavorId: string): Promise<Flavor> =>
  engine.store.flavors.byFlavorId(flavorId, context.isAdmin ? null : context.projectId);

/**
 * Flavors that the caller may use. `isPublic` narrows for administrators only.
 * @throws NotFound('marker')
 */
export async function listFlavors(
  engine: Engine,
  context: RequestContext,
  query: Omit<FlavorQuery, 'visibleTo'>,
): Promise<Flavor[]> {
  if (query.marker !== null) {
    const marker = query.marker;
    await getFlavor(engine, context, marker).catch((error: unknown) => {
      throw error instanceof NotFound ? new NotFound('marker', marker) : error;
    });
  }
  return engine.store.flavors.list(
    context.isAdmin ? { ...query, visibleTo: null } : { ...query, isPublic: null, visibleTo: context.projectId },
  );
}
