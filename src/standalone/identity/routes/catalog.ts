import { type AnyRoute, route } from '#core/http/route.js';
import { catalogOf } from '#core/identity/embedded/catalog.js';
import { NoSuch } from '../dialect.js';
import type { IdentityParts } from '../parts.js';
import { domainView, endpointViews, list, regionView, serviceView } from '../views.js';

interface Collection {
  /** Singular, also the key of one item and the word in policies. */
  readonly one: string;
  readonly many: string;
  readonly readers: 'admin' | 'reader';
  /** Who may see one item, where that is not who may see all. */
  readonly oneReaders?: 'reader';
  readonly items: (base: string) => Record<string, unknown>[];
  /** Query keys that narrow the list, each the member of the same name. */
  readonly filters: readonly string[];
}

/** Services, endpoints, regions and the domain: what the configuration says, so there is only reading. */
export function catalogRoutes(parts: IdentityParts): AnyRoute[] {
  const services = catalogOf(parts.catalog);
  const collections: readonly Collection[] = [
    {
      one: 'service',
      many: 'services',
      readers: 'admin',
      items: (base) => services.map((s) => serviceView(base, s)),
      filters: ['type', 'name'],
    },
    {
      one: 'endpoint',
      many: 'endpoints',
      readers: 'admin',
      items: (base) => services.flatMap((s) => endpointViews(base, s)),
      filters: ['service_id', 'interface', 'region_id'],
    },
    {
      one: 'region',
      many: 'regions',
      readers: 'reader',
      items: (base) => [regionView(base, parts.catalog.region)],
      filters: ['parent_region_id'],
    },
    {
      one: 'domain',
      many: 'domains',
      readers: 'admin',
      oneReaders: 'reader',
      items: (base) => [domainView(base)],
      filters: ['name', 'enabled'],
    },
  ];
  return collections.flatMap((c) => [listRoute(c), showRoute(c)]);
}

function listRoute(c: Collection): AnyRoute {
  return route({
    name: `identity:list_${c.many}`,
    method: 'GET',
    path: `/v3/${c.many}`,
    role: c.readers,
    handler: ({ baseUrl, rawQuery }) => {
      const wanted = c.filters.filter((key) => rawQuery.has(key));
      const same = (item: Record<string, unknown>, key: string): boolean =>
        String(item[key]).toLowerCase() === rawQuery.get(key)?.toLowerCase();
      const items = c.items(baseUrl).filter((item) => wanted.every((key) => same(item, key)));
      return { status: 200, body: list(baseUrl, c.many, `/${c.many}`, items) };
    },
  });
}

function showRoute(c: Collection): AnyRoute {
  return route({
    name: `identity:get_${c.one}`,
    method: 'GET',
    path: `/v3/${c.many}/:id`,
    role: c.oneReaders ?? c.readers,
    handler: ({ params, baseUrl }) => {
      const item = c.items(baseUrl).find((x) => x['id'] === params['id']);
      if (item === undefined) throw new NoSuch(c.one, params['id'] ?? '');
      return { status: 200, body: { [c.one]: item } };
    },
  });
}
