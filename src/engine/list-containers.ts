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

/** All that a list is made of. */
export type Stored = Pick<Engine, 'store'>;

export { keyOf, uuidOf } from '#core/store/container-key.js';

/**
 * A page of containers, from the store alone: one statement (and one more to check a marker).
 * @throws NotFound('marker') when the marker is no container of the projects that are listed; Invalid for a bad regular expression
 */
export const listContainers = (engine: Stored, query: ContainerQuery): Promise<Container[]> =>
  listed(engine, query, [], () => engine.store.containers.list(query));

/**
 * The same page as keys, set apart by commas: a container with the same key is in the same state as before. Costs a hundredth of the
 * page itself.
 * @throws as `listContainers`
 */
export const listKeys = (engine: Stored, query: ContainerQuery): Promise<string> =>
  listed(engine, query, '', () => engine.store.containers.listKeys(query));

/** The containers of these keys, also deleted ones, in any order; null when one is not in that state any more. */
export const containersAt = (engine: Stored, keys: readonly string[]): Promise<Container[] | null> =>
  engine.store.containers.byKeys(keys);

async function listed<T>(engine: Stored, query: ContainerQuery, nothing: T, read: () => Promise<T>): Promise<T> {
  if (
    query.marker !== undefined &&
    !(await engine.store.containers.exists(query.marker, query.projectId, query.deleted !== 'exclude'))
  ) {
    throw new NotFound('marker', query.marker);
  }
  if (query.limit === 0) return nothing;
  try {
    return await read();
  } catch (error) {
    if (sqlState(error) === INVALID_REGULAR_EXPRESSION) throw new Invalid('Invalid regular expression in a filter.');
    throw error;
  }
}
