import type { Call, Reply } from '#core/http/route.js';
import { badRequest, NeutronRefusal } from './errors.js';
import type { Item } from './views.js';

/** Parameters of a list that are no filters. */
const CONTROLS = new Set(['fields', 'limit', 'marker', 'page_reverse', 'sort_key', 'sort_dir', 'verbose']);

/**
 * Answers a list: filters by any attribute (a repeated one means any of its values), `sort_key` and `sort_dir`, `limit`, `marker`
 * and `page_reverse` with links, `fields`. `attributes` are those that an item of the collection can have.
 * @throws NeutronRefusal for what Neutron refuses in a query
 */
export function listed(call: Call, collection: string, attributes: readonly string[], items: readonly Item[]): Reply {
  const query = call.rawQuery;
  const keys = [...new Set(query.keys())].filter((k) => !CONTROLS.has(k));
  const unknown = keys.filter((k) => !attributes.includes(k));
  if (unknown.length > 0) {
    const names = unknown.map((k) => `'${k}'`).join(', ');
    throw badRequest(`[${names}] is invalid attribute for filtering`);
  }
  const found = items.filter((item) => keys.every((k) => query.getAll(k).some((wanted) => matches(item[k], wanted))));
  const page = paged(call, collection, sorted(query, attributes, found));
  return { status: 200, body: { [collection]: page.items.map((i) => selected(query, i)), ...page.links } };
}

/** Answers with one item, or the `fields` of it that were asked for. */
export const shown = (call: Call, resource: string, item: Item): Reply => ({
  status: 200,
  body: { [resource]: selected(call.rawQuery, item) },
});

const selected = (query: URLSearchParams, item: Item): Item => {
  const fields = query.getAll('fields').filter((f) => f !== '');
  return fields.length === 0 ? item : Object.fromEntries(Object.entries(item).filter(([k]) => fields.includes(k)));
};

const TRUE = new Set(['true', '1', 'yes', 'on']);
const FALSE = new Set(['false', '0', 'no', 'off']);

/** Whether a value is what a query asks for. Members of lists are compared one by one, objects as `member=value`. */
export function matches(value: unknown, wanted: string): boolean {
  if (Array.isArray(value)) return value.some((v: unknown) => matches(v, wanted));
  if (typeof value === 'boolean') return (value ? TRUE : FALSE).has(wanted.toLowerCase());
  if (typeof value === 'object' && value !== null) return memberMatches(value, wanted);
  return typeof value === 'number' ? String(value) === wanted : value === wanted;
}

const SUBSTRING = '_substr';

function memberMatches(value: object, wanted: string): boolean {
  const at = wanted.indexOf('=');
  const name = wanted.slice(0, at);
  const want = wanted.slice(at + 1);
  return Object.entries(value).some(([key, v]) => {
    if (key === name) return matches(v, want);
    return `${key}${SUBSTRING}` === name && String(v).includes(want);
  });
}

function sorted(query: URLSearchParams, attributes: readonly string[], items: readonly Item[]): readonly Item[] {
  const keys = query.getAll('sort_key');
  const directions = query.getAll('sort_dir');
  const unknown = keys.filter((k) => !attributes.includes(k));
  if (unknown.length > 0)
    throw badRequest(`${unknown.map((k) => `'${k}'`).join(', ')} is invalid attribute for sort keys`);
  if (directions.some((d) => d !== 'asc' && d !== 'desc')) throw badRequest("The sort_dir must be 'asc' or 'desc'");
  if (keys.length === 0) return items;
  return [...items].sort((a, b) => {
    for (const [i, key] of keys.entries()) {
      const order = compare(a[key], b[key]);
      if (order !== 0) return directions[i] === 'desc' ? -order : order;
    }
    return 0;
  });
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

interface Page {
  readonly items: readonly Item[];
  readonly links: Readonly<Record<string, unknown>>;
}

function paged(call: Call, collection: string, items: readonly Item[]): Page {
  const query = call.rawQuery;
  const limit = limitOf(query);
  const marker = query.get('marker');
  const reverse = TRUE.has((query.get('page_reverse') ?? '').toLowerCase());
  const ordered = reverse ? [...items].reverse() : items;
  let rest = ordered;
  if (marker !== null && marker !== '') {
    const at = ordered.findIndex((i) => i['id'] === marker);
    if (at < 0) throw new NeutronRefusal(404, 'HTTPNotFound', `Marker ${marker} could not be found.`);
    rest = ordered.slice(at + 1);
  }
  if (limit === null) return { items: reverse ? [...rest].reverse() : rest, links: {} };
  const cut = rest.slice(0, limit);
  const page = reverse ? [...cut].reverse() : cut;
  const full = cut.length === limit;
  const links = [
    ...((reverse ? marker !== null : full) ? [link(call, collection, 'next', page.at(-1))] : []),
    ...((reverse ? full : marker !== null) ? [link(call, collection, 'previous', page[0])] : []),
  ].filter((l) => l !== null);
  return { items: page, links: links.length > 0 ? { [`${collection}_links`]: links } : {} };
}

/** null: no limit. */
function limitOf(query: URLSearchParams): number | null {
  const text = query.get('limit');
  if (text === null || text === '') return null;
  if (!/^\d+$/.test(text)) throw badRequest(`Limit must be an integer 0 or greater and not '${text}'`);
  return Number(text) === 0 ? null : Number(text);
}

function link(call: Call, collection: string, rel: 'next' | 'previous', item: Item | undefined): object | null {
  if (item === undefined) return null;
  const query = new URLSearchParams(call.rawQuery);
  query.set('marker', String(item['id']));
  query.delete('page_reverse');
  if (rel === 'previous') query.set('page_reverse', 'True');
  return { rel, href: `${call.baseUrl}/v2.0/${collection.replaceAll('_', '-')}?${query.toString()}` };
}
