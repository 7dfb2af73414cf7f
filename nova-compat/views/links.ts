import type { Call } from '#core/http/route.js';

/** Where the links of an answer lead: roots of `self` and of `bookmark` (nova-api.md 2.6), without trailing slashes. */
export interface LinkRoots {
  /** `http://host:8774/v2.1`, with the project only if the request had it in its URL. */
  readonly self: string;
  /** The same without the version. */
  readonly bookmark: string;
}

export const linkRoots = ({ baseUrl, prefix }: Pick<Call, 'baseUrl' | 'prefix'>): LinkRoots => ({
  self: `${baseUrl}${prefix}`,
  bookmark: `${baseUrl}${prefix.replace(/^\/[^/]+/, '')}`,
});

export interface Link {
  readonly rel: string;
  readonly href: string;
}

/** `path` begins with a slash: `/servers/<id>`. */
export const linksOf = (roots: LinkRoots, path: string): readonly [Link, Link] => [
  { rel: 'self', href: `${roots.self}${path}` },
  bookmarkOf(roots, path),
];

export const bookmarkOf = (roots: LinkRoots, path: string): Link => ({
  rel: 'bookmark',
  href: `${roots.bookmark}${path}`,
});

/** The most that one page has, whatever a client asks for. */
export const MAX_LIMIT = 1000;

/** Size of the page that a `limit` of the query means; null: none was given. */
export const pageSize = (limit: number | null | undefined): number => Math.min(limit ?? MAX_LIMIT, MAX_LIMIT);

/**
 * The next link of a page, in a member of its own; nothing when the page is not full. The query is that of the request, sorted, with
 * the marker replaced.
 */
export function nextLink(
  call: Pick<Call, 'baseUrl' | 'prefix' | 'rawQuery'>,
  member: string,
  path: string,
  page: { readonly count: number; readonly size: number; readonly last: string | undefined },
): Record<string, readonly Link[]> {
  if (page.last === undefined || page.count === 0 || page.count < page.size) return {};
  const query = new URLSearchParams(call.rawQuery);
  query.set('marker', page.last);
  query.sort();
  return { [member]: [{ rel: 'next', href: `${linkRoots(call).self}${path}?${query.toString()}` }] };
}
