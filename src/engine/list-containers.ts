import type { Container } from '#core/domain/container.js';
import { NotFound } from '#core/domain/errors.js';
import type { ContainerQuery } from '#core/store/container-query.js';
import type { Engine } from './engine.js';

export type { ContainerQuery, SortKey, StatusCondition } from '#core/store/container-query.js';
export { isSortKey } from '#core/store/container-query.js';

/**
 * A page of containers, from the store alone: one statement (and one more to check a marker).
 * @throws NotFound('marker') when the marker is no container of the projects that are listed
 */
export async function listContainers(engine: Engine, query: ContainerQuery): Promise<Container[]> {
  if (query.marker !== undefined && !(await engine.store.containers.exists(query.marker, query.projectId, query.deleted !== 'exclude'))) {
    throw new NotFound('marker', query.marker);
  }
  return query.limit === 0 ? [] : engine.store.containers.list(query);
}
