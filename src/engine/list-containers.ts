import type { Container } from '#core/domain/container.js';
import { Invalid, NotFound } from '#core/domain/errors.js';
import type { ContainerQuery } from '#core/store/container-query.js';
import { sqlState } from '#core/store/database.js';
import type { Engine } from './engine.js';

export type {
  ContainerQuery,
  SortKey,
  StatusCondition,
  TextCondition,
  TextField,
} from '#core/store/container-query.js';
export { isSortKey } from '#core/store/container-query.js';

const INVALID_REGULAR_EXPRESSION = '2201B';

/**
 * A page of containers, from the store alone: one statement (and one more to check a marker).
 * @throws NotFound('marker') when the marker is no container of the projects that are listed; Invalid for a bad regular expression
 */
export async function listContainers(engine: Engine, query: ContainerQuery): Promise<Container[]> {
  if (
    query.marker !== undefined &&
    !(await engine.store.containers.exists(query.marker, query.projectId, query.deleted !== 'exclude'))
  ) {
    throw new NotFound('marker', query.marker);
  }
  if (query.limit === 0) return [];
  try {
    return await engine.store.containers.list(query);
  } catch (error) {
    if (sqlState(error) === INVALID_REGULAR_EXPRESSION) throw new Invalid('Invalid regular expression in a filter.');
    throw error;
  }
}
