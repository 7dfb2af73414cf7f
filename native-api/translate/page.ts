import type { PageQuery } from '#schemas/native/lists.js';
import { InvalidParameterValue, InvalidValue } from '../errors.js';

/** `[api] max_limit` of Zun: what a page holds at most. */
const MAX_LIMIT = 1000;

export interface Page<K extends string> {
  readonly limit: number;
  readonly marker: string | null;
  readonly sortKey: K;
  readonly direction: 'asc' | 'desc';
}

/**
 * Paging parameters of a list (native-api.md 3.2).
 * @throws InvalidValue, InvalidParameterValue
 */
export function pageOf<K extends string>(
  query: PageQuery,
  isSortKey: (key: string) => key is K,
  defaultKey: K,
): Page<K> {
  const { limit, marker = null, sort_key: sortKey = defaultKey, sort_dir: direction = 'asc' } = query;
  if (limit !== undefined && !(/^\d+$/.test(limit) && Number(limit) > 0))
    throw new InvalidValue('Limit must be positive integer');
  if (direction !== 'asc' && direction !== 'desc') {
    throw new InvalidValue(`Invalid sort direction: ${direction}. Acceptable values are 'asc' or 'desc'`);
  }
  if (!isSortKey(sortKey))
    throw new InvalidParameterValue(`The sort_key value "${sortKey}" is an invalid field for sorting`);
  return { limit: Math.min(Number(limit ?? MAX_LIMIT), MAX_LIMIT), marker, sortKey, direction };
}

/**
 * Address of the next page: there is one when this one is full. What the client asked for beside the paging goes along.
 * @returns null after the last page
 */
export function nextLink(
  baseUrl: string,
  collection: string,
  page: Page<string>,
  uuids: readonly string[],
  rawQuery: URLSearchParams,
): string | null {
  const last = uuids.at(-1);
  if (last === undefined || uuids.length < page.limit) return null;
  const query = new URLSearchParams({
    sort_key: page.sortKey,
    sort_dir: page.direction,
    limit: String(page.limit),
    marker: last,
  });
  for (const [key, value] of rawQuery) if (!query.has(key)) query.append(key, value);
  return `${baseUrl}/v1/${collection}?${query.toString()}`;
}
