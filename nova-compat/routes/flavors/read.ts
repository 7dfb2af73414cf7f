import { NotFound } from '#core/domain/errors.js';
import type { Flavor } from '#core/domain/records.js';
import type { Engine } from '#core/engine/engine.js';
import { type FlavorSortKey, getFlavor, isFlavorSortKey, listFlavors } from '#core/engine/flavors.js';
import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import { flavorQuery } from '#schemas/nova/flavor-query.js';
import { integer, last, type Query } from '#schemas/nova/query.js';
import { badRequest } from '../../refusal.js';
import { syntheticFlavorById } from '../../synthetic-flavor.js';
import { booleanWord } from '../../translate/words.js';
import { briefFlavor, flavorView } from '../../views/flavor.js';
import { linkRoots, nextLink, pageSize } from '../../views/links.js';
import { idOf } from '../servers.js';

/** Flavors, as they are read (nova-api.md 4.14). */
export function flavorReadRoutes(engine: Engine): AnyRoute[] {
  return [
    route<undefined, Query>({
      name: 'flavors:index',
      method: 'GET',
      path: '/flavors',
      query: flavorQuery,
      handler: (call) => list(engine, call, '/flavors', briefFlavor),
    }),
    route<undefined, Query>({
      name: 'flavors:detail',
      method: 'GET',
      path: '/flavors/detail',
      query: flavorQuery,
      handler: (call) => list(engine, call, '/flavors/detail', flavorView),
    }),
    route({
      name: 'flavors:show',
      method: 'GET',
      path: '/flavors/:id',
      handler: async (call) => {
        const flavor = await findFlavor(engine, call);
        return { status: 200, body: { flavor: flavorView(flavor, linkRoots(call), call.version) } };
      },
    }),
  ];
}

/** Also one that was made up for a container without a flavor. @throws NotFound('flavor') */
export async function findFlavor(engine: Engine, call: Call<unknown, unknown>): Promise<Flavor> {
  const id = idOf(call);
  return getFlavor(engine, call.context, id).catch((error: unknown) => {
    const made = error instanceof NotFound ? syntheticFlavorById(id) : null;
    if (made === null) throw error;
    return made;
  });
}

async function list(engine: Engine, call: Call<unknown, Query>, path: string, show: typeof flavorView): Promise<Reply> {
  const { query, context, version } = call;
  const size = pageSize(integer(query, 'limit'));
  const direction = last(query, 'sort_dir') === 'desc' ? 'desc' : 'asc';
  const flavors = await listFlavors(engine, context, {
    isPublic: context.isAdmin ? isPublic(query) : null,
    minRamMb: minimum(query, 'minRam'),
    minDiskGb: minimum(query, 'minDisk'),
    sort: { key: sortKey(query), direction },
    limit: size,
    marker: last(query, 'marker'),
  });
  const links = linkRoots(call);
  const page = { count: flavors.length, size, last: flavors.at(-1)?.flavorId };
  return {
    status: 200,
    body: { flavors: flavors.map((f) => show(f, links, version)), ...nextLink(call, 'flavors_links', path, page) },
  };
}

/** Columns that Nova sorts by and flavors of containers do not have sort as the id does. */
const sortKey = (query: Query): FlavorSortKey => {
  const key = last(query, 'sort_key') ?? 'flavorid';
  return isFlavorSortKey(key) ? key : 'flavorid';
};

/** null: public and private ones. */
function isPublic(query: Query): boolean | null {
  const text = last(query, 'is_public');
  if (text === null) return true;
  if (text.toLowerCase() === 'none') return null;
  const value = booleanWord(text);
  if (value === null) throw badRequest(`Invalid is_public filter [${text}]`);
  return value;
}

function minimum(query: Query, key: 'minRam' | 'minDisk'): number {
  const text = last(query, key);
  if (text === null) return 0;
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`Invalid ${key} filter [${text}]`);
  return Number(text);
}
