import { NotFound } from '#core/domain/errors.js';
import type { HostUsage } from '#core/domain/host.js';
import type { Engine } from '#core/engine/engine.js';
import { listHosts } from '#core/engine/hosts.js';
import { listContainers } from '#core/engine/list-containers.js';
import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import type { MicroVersion } from '#core/http/version.js';
import { canonicalUuid, isUuidLike } from '#schemas/nova/common.js';
import { anyText, type Check, integer, last, paging, type Query, queryOf } from '#schemas/nova/query.js';
import { badRequest, notFound, notImplemented } from '../refusal.js';
import { strictBoolean } from '../translate/words.js';
import {
  briefHypervisor,
  type HostedServer,
  hypervisorId,
  hypervisorView,
  totalLoad,
  uptimeText,
} from '../views/hypervisor.js';
import { nextLink, pageSize } from '../views/links.js';
import { INSTANCE_NAME_PREFIX } from '../views/server.js';

const UUID_IDS = 53;
const LOAD_UNTIL = 87;

const listing = queryOf(
  (minor): Record<string, Check> => ({
    ...(minor >= 33 && paging),
    ...(minor >= UUID_IDS && { hypervisor_hostname_pattern: anyText, with_servers: anyText }),
  }),
  UUID_IDS,
);
const showing = queryOf(
  (minor): Record<string, Check> => (minor >= UUID_IDS ? { with_servers: anyText } : {}),
  UUID_IDS,
);

/** Hosts as hypervisors (nova-api.md 4.18): one for each container engine. All for administrators. */
export function hypervisorRoutes(engine: Engine): AnyRoute[] {
  return [...listRoutes(engine), ...statisticsRoutes(engine), ...patternRoutes(engine), showRoute(engine)];
}

function listRoutes(engine: Engine): AnyRoute[] {
  return [
    route<undefined, Query>({
      name: 'os_compute_api:os-hypervisors:list',
      method: 'GET',
      path: '/os-hypervisors',
      role: 'admin',
      query: listing,
      handler: (call) =>
        list(engine, call, '/os-hypervisors', (h, servers) => briefHypervisor(h, call.version, servers)),
    }),
    route<undefined, Query>({
      name: 'os_compute_api:os-hypervisors:list-detail',
      method: 'GET',
      path: '/os-hypervisors/detail',
      role: 'admin',
      query: listing,
      handler: (call) => {
        const now = new Date();
        return list(engine, call, '/os-hypervisors/detail', (h, servers) =>
          hypervisorView(h, call.version, servers, now),
        );
      },
    }),
  ];
}

function statisticsRoutes(engine: Engine): AnyRoute[] {
  return [
    route({
      name: 'os_compute_api:os-hypervisors:statistics',
      method: 'GET',
      path: '/os-hypervisors/statistics',
      versions: { max: LOAD_UNTIL },
      role: 'admin',
      handler: async () => {
        const enabled = (await listHosts(engine)).filter((h) => h.enabled);
        const statistics = { count: enabled.length, ...totalLoad(enabled) };
        return { status: 200, body: { hypervisor_statistics: statistics } };
      },
    }),
    route({
      name: 'os_compute_api:os-hypervisors:uptime',
      method: 'GET',
      path: '/os-hypervisors/:id/uptime',
      versions: { max: LOAD_UNTIL },
      role: 'admin',
      handler: async (call) => {
        const host = await find(engine, call);
        const uptime = uptimeText(host, new Date());
        if (uptime === null) throw notImplemented('The requested functionality is not supported.');
        return { status: 200, body: { hypervisor: { ...briefHypervisor(host, call.version, null), uptime } } };
      },
    }),
  ];
}

/** Search in the path, as it was before 2.53. */
function patternRoutes(engine: Engine): AnyRoute[] {
  const old = { max: UUID_IDS - 1 } as const;
  return (['search', 'servers'] as const).map((what) =>
    route({
      name: `os_compute_api:os-hypervisors:${what}`,
      method: 'GET',
      path: `/os-hypervisors/:id/${what}`,
      versions: old,
      role: 'admin',
      handler: async (call) => {
        const hosts = matching(await listHosts(engine), idOf(call));
        const servers = what === 'servers' ? await serversOf(engine, hosts) : null;
        const views = hosts.map((h) => briefHypervisor(h, call.version, servers?.get(h.name) ?? (servers && [])));
        return { status: 200, body: { hypervisors: views } };
      },
    }),
  );
}

function showRoute(engine: Engine): AnyRoute {
  return route<undefined, Query>({
    name: 'os_compute_api:os-hypervisors:show',
    method: 'GET',
    path: '/os-hypervisors/:id',
    role: 'admin',
    query: showing,
    handler: async (call) => {
      const host = await find(engine, call);
      const servers = await wantedServers(engine, call, [host]);
      const view = hypervisorView(host, call.version, servers?.get(host.name) ?? (servers && []), new Date());
      return { status: 200, body: { hypervisor: view } };
    },
  });
}

const idOf = (call: Pick<Call, 'params'>): string => call.params['id'] ?? '';
const unknownPattern = (pattern: string) => notFound(`No hypervisor matching '${pattern}' could be found.`);

async function list(
  engine: Engine,
  call: Call<unknown, Query>,
  path: string,
  show: (h: HostUsage, servers: readonly HostedServer[] | null) => unknown,
): Promise<Reply> {
  const { query, version } = call;
  const all = await listHosts(engine);
  const pattern = version.atLeast(UUID_IDS) ? last(query, 'hypervisor_hostname_pattern') : null;
  const paged = version.atLeast(33);
  const marker = paged ? last(query, 'marker') : null;
  const limit = paged ? integer(query, 'limit') : null;
  if (pattern !== null && (marker ?? limit) !== null) {
    throw badRequest('Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not supported.');
  }
  const size = pageSize(limit);
  const hosts = pattern === null ? pageOf(all, marker, size, version) : matching(all, pattern);
  const servers = await wantedServers(engine, call, hosts);
  const hypervisors = hosts.map((h) => show(h, servers?.get(h.name) ?? (servers && [])));
  const lastOne = hosts.at(-1);
  const page = { count: hosts.length, size, last: lastOne && String(hypervisorId(lastOne, version)) };
  const links = paged && pattern === null ? nextLink(call, 'hypervisors_links', path, page) : {};
  return { status: 200, body: { hypervisors, ...links } };
}

function pageOf(all: readonly HostUsage[], marker: string | null, size: number, version: MicroVersion): HostUsage[] {
  const ordered = [...all].sort((a, b) => a.id - b.id);
  const start = marker === null ? 0 : ordered.findIndex((h) => String(hypervisorId(h, version)) === marker) + 1;
  if (marker !== null && start === 0) throw new NotFound('marker', marker);
  return ordered.slice(start, start + size);
}

/** @throws Refusal 404 when none matches */
function matching(all: readonly HostUsage[], pattern: string): HostUsage[] {
  const found = all.filter((h) => h.name.includes(pattern));
  if (found.length === 0) throw unknownPattern(pattern);
  return found;
}

async function find(engine: Engine, call: Call<unknown, unknown>): Promise<HostUsage> {
  const id = idOf(call);
  const byUuid = call.version.atLeast(UUID_IDS);
  if (byUuid && !isUuidLike(id)) throw badRequest(`Invalid uuid ${id}`);
  const wanted = byUuid ? canonicalUuid(id) : id;
  const host = (await listHosts(engine)).find((h) => String(hypervisorId(h, call.version)) === wanted);
  if (host === undefined) throw notFound(`Compute host ${id} could not be found.`);
  return host;
}

async function wantedServers(
  engine: Engine,
  call: Call<unknown, Query>,
  hosts: readonly HostUsage[],
): Promise<Map<string, HostedServer[]> | null> {
  const text = call.version.atLeast(UUID_IDS) ? last(call.query, 'with_servers') : null;
  return text !== null && strictBoolean('with_servers', text) ? serversOf(engine, hosts) : null;
}

const MOST_SERVERS = 10_000;

/** Servers of hosts, by the name of the host. */
async function serversOf(engine: Engine, hosts: readonly HostUsage[]): Promise<Map<string, HostedServer[]>> {
  const found = new Map<string, HostedServer[]>();
  for (const { name } of hosts) {
    const servers = await listContainers(engine, {
      projectId: null,
      deleted: 'exclude',
      host: name,
      sort: [{ key: 'seq', direction: 'asc' }],
      limit: MOST_SERVERS,
    });
    found.set(
      name,
      servers.map(({ uuid }) => ({ name: `${INSTANCE_NAME_PREFIX}${uuid}`, uuid })),
    );
  }
  return found;
}
