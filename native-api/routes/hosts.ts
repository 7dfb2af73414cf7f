import { NotFound } from '#core/domain/errors.js';
import type { HostUsage } from '#core/domain/host.js';
import type { Engine } from '#core/engine/engine.js';
import { getHost, listHosts, listZones } from '#core/engine/hosts.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { listHostsQuery, type PageQuery } from '#schemas/native/lists.js';
import { nextLink, type Page, pageOf } from '../translate/page.js';
import { hostView, serviceView } from '../views/host.js';

/** Hosts, their services and their zones (native-api.md 3.10 - 3.12). */
export const hostRoutes = (engine: Engine): AnyRoute[] => [
  route<undefined, PageQuery>({
    name: 'host:get_all',
    method: 'GET',
    path: '/v1/hosts',
    versions: { min: 4 },
    role: 'admin',
    query: () => listHostsQuery,
    handler: async ({ query, baseUrl, rawQuery }) => {
      const page = pageOf(query, isSortKey, 'hostname');
      const hosts = pageFrom(await listHosts(engine), page);
      const uuids = hosts.map((h) => h.uuid);
      const next = nextLink(baseUrl, 'hosts', page, uuids, rawQuery);
      return { status: 200, body: { hosts: hosts.map((h) => hostView(h, baseUrl)), next } };
    },
  }),
  route({
    name: 'host:get',
    method: 'GET',
    path: '/v1/hosts/:host',
    versions: { min: 4 },
    role: 'admin',
    handler: async ({ params, baseUrl }) => ({
      status: 200,
      body: hostView(await getHost(engine, params['host'] ?? ''), baseUrl),
    }),
  }),
  route({
    name: 'zun-service:get_all',
    method: 'GET',
    path: '/v1/services',
    role: 'admin',
    handler: async () => ({ status: 200, body: { services: (await listHosts(engine)).map(serviceView) } }),
  }),
  route({
    name: 'availability_zones:get_all',
    method: 'GET',
    path: '/v1/availability_zones',
    handler: async () => {
      const zones = await listZones(engine);
      return {
        status: 200,
        body: { availability_zones: zones.map((z) => ({ availability_zone: z.name })), next: null },
      };
    },
  }),
];

/** Columns of Zun that hosts can be sorted by. */
const SORT = {
  id: (h: HostUsage) => h.id,
  uuid: (h: HostUsage) => h.uuid,
  hostname: (h: HostUsage) => h.name,
  mem_total: (h: HostUsage) => h.info.memoryMb,
  mem_used: (h: HostUsage) => h.memoryUsedMb,
  cpus: (h: HostUsage) => h.info.cpus,
  cpu_used: (h: HostUsage) => h.cpusUsed,
  disk_total: (h: HostUsage) => h.info.diskGb,
  disk_used: (h: HostUsage) => h.diskUsedGb,
  total_containers: (h: HostUsage) => h.containers,
  architecture: (h: HostUsage) => h.info.architecture,
  os_type: (h: HostUsage) => h.info.osType,
  os: (h: HostUsage) => h.info.os,
  kernel_version: (h: HostUsage) => h.info.kernel,
  created_at: (h: HostUsage) => h.createdAt.getTime(),
  updated_at: (h: HostUsage) => h.updatedAt.getTime(),
} as const satisfies Record<string, (h: HostUsage) => string | number>;
type SortKey = keyof typeof SORT;

const isSortKey = (key: string): key is SortKey => Object.hasOwn(SORT, key);

/** There are few hosts, and all of them are read for their usage anyway. @throws NotFound */
function pageFrom(hosts: readonly HostUsage[], page: Page<SortKey>): HostUsage[] {
  const key = SORT[page.sortKey];
  const sign = page.direction === 'asc' ? 1 : -1;
  const sorted = hosts.toSorted((a, b) => sign * (compare(key(a), key(b)) || a.id - b.id));
  if (page.marker === null) return sorted.slice(0, page.limit);
  const at = sorted.findIndex((h) => h.uuid === page.marker);
  if (at < 0) throw new NotFound('host', page.marker);
  return sorted.slice(at + 1, at + 1 + page.limit);
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
