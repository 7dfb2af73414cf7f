import type { Engine } from '#core/engine/engine.js';
import { listHosts, listZones } from '#core/engine/hosts.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { anyText, last, type Query, queryOf } from '#schemas/nova/query.js';
import { INTERNAL_ZONE, type ServiceRow, servicesOf } from '../services.js';
import { micros } from '../views/times.js';

const serviceQuery = queryOf(() => ({ host: anyText, binary: anyText }));
const hostQuery = queryOf(() => ({ zone: anyText }));

/** Services, hosts and zones, as far as they are read (nova-api.md 4.17, 4.18). */
export function serviceRoutes(engine: Engine): AnyRoute[] {
  return [
    route<undefined, Query>({
      name: 'os_compute_api:os-services:list',
      method: 'GET',
      path: '/os-services',
      role: 'admin',
      query: serviceQuery,
      handler: async ({ query, version }) => {
        const [host, binary] = [last(query, 'host'), last(query, 'binary')];
        const services = servicesOf(await listHosts(engine), new Date())
          .filter((s) => (host ?? s.host) === s.host && (binary ?? s.binary) === s.binary)
          .map((s) => ({
            id: version.atLeast(53) ? s.uuid : s.id,
            binary: s.binary,
            host: s.host,
            zone: s.zone,
            status: s.enabled ? 'enabled' : 'disabled',
            state: s.up ? 'up' : 'down',
            updated_at: micros(s.updatedAt),
            disabled_reason: s.disabledReason,
            ...(version.atLeast(11) && { forced_down: s.forcedDown }),
          }));
        return { status: 200, body: { services } };
      },
    }),
    route<undefined, Query>({
      name: 'os_compute_api:os-hosts:list',
      method: 'GET',
      path: '/os-hosts',
      versions: { max: 42 },
      role: 'admin',
      query: hostQuery,
      handler: async ({ query }) => {
        const zone = last(query, 'zone') || null;
        const hosts = servicesOf(await listHosts(engine), new Date())
          .filter((s) => (zone ?? s.zone) === s.zone)
          .map((s) => ({ host_name: s.host, service: s.binary.replace('nova-', ''), zone: s.zone }));
        return { status: 200, body: { hosts } };
      },
    }),
    ...zoneRoutes(engine),
  ];
}

function zoneRoutes(engine: Engine): AnyRoute[] {
  const zoneView = (name: string, available: boolean, hosts: unknown) => ({
    zoneName: name,
    zoneState: { available },
    hosts,
  });
  return [
    route({
      name: 'os_compute_api:os-availability-zone:list',
      method: 'GET',
      path: '/os-availability-zone',
      handler: async () => {
        const zones = await listZones(engine);
        return { status: 200, body: { availabilityZoneInfo: zones.map((z) => zoneView(z.name, z.available, null)) } };
      },
    }),
    route({
      name: 'os_compute_api:os-availability-zone:detail',
      method: 'GET',
      path: '/os-availability-zone/detail',
      role: 'admin',
      handler: async () => {
        const zones = await listZones(engine);
        const rows = servicesOf(await listHosts(engine), new Date());
        const inside = rows.filter((s) => s.zone === INTERNAL_ZONE);
        const views = zones.map((z) => {
          const members = rows.filter((s) => s.zone === z.name);
          return zoneView(z.name, z.available, byHost(members));
        });
        return {
          status: 200,
          body: { availabilityZoneInfo: [zoneView(INTERNAL_ZONE, true, byHost(inside)), ...views] },
        };
      },
    }),
  ];
}

function byHost(rows: readonly ServiceRow[]): Record<string, unknown> {
  const names = [...new Set(rows.map((r) => r.host))];
  return Object.fromEntries(
    names.map((host) => [
      host,
      Object.fromEntries(
        rows
          .filter((r) => r.host === host)
          .map((r) => [r.binary, { available: r.up, active: r.enabled, updated_at: micros(r.updatedAt) }]),
      ),
    ]),
  );
}
