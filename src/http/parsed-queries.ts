import { LRUCache } from 'lru-cache';
import { parse } from './parse.js';
import type { AnyRoute } from './route.js';
import type { MicroVersion } from './version.js';

const MOST = 1_000;
/** Characters. Longer ones are seldom the same again. */
const MOST_LENGTH = 1_024;

/**
 * Query strings with what their schemas made of them: clients ask the same again and again, and the check of a query costs more than the
 * rest of a short request. Handlers only read what they get.
 */
export class ParsedQueries {
  private readonly known = new LRUCache<string, object>({ max: MOST });

  /** @param text the query string @throws SchemaViolation */
  get(route: AnyRoute, version: MicroVersion, text: string): object {
    if (route.query === undefined) return {};
    const key = `${route.method} ${route.path} ${route.name} ${version.minor}?${text}`;
    const before = this.known.get(key);
    if (before !== undefined) return before;
    const parsed = parse<object>(route.query(version), queryObject(new URLSearchParams(text)), 'query');
    if (text.length <= MOST_LENGTH) this.known.set(key, parsed);
    return parsed;
  }
}

/** Values of a query as strings; a key that is repeated becomes an array. */
function queryObject(query: URLSearchParams): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {};
  for (const key of new Set(query.keys())) {
    const all = query.getAll(key);
    out[key] = all.length > 1 ? all : (all[0] ?? '');
  }
  return out;
}
