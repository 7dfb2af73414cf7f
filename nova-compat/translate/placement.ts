import type { RequestContext } from '#core/domain/context.js';
import { Forbidden, NotFound } from '#core/domain/errors.js';
import type { Engine, Placement } from '#core/engine/engine.js';
import { getHost, listZones } from '#core/engine/hosts.js';
import { canonicalUuid } from '#schemas/nova/common.js';
import type { CreateBody, Hints, NewServer } from '#schemas/nova/server-create.js';
import { badRequest } from '../refusal.js';

const FORCED_HOST = 'os_compute_api:servers:create:forced_host';
const REQUESTED_DESTINATION = 'compute:servers:create:requested_destination';

export interface RequestedPlacement {
  readonly placement: Placement;
  /** The zone that the server stays in for good; null: it was not asked for by zone alone. */
  readonly pinnedZone: string | null;
}

/**
 * Where a server is to go: a zone, for administrators also a host in three ways, and the hints (nova-api.md 4.3, 5.10).
 * @throws Refusal 400 for what there is not, Forbidden
 */
export async function requestedPlacement(
  engine: Engine,
  context: RequestContext,
  body: CreateBody,
): Promise<RequestedPlacement> {
  const { server } = body;
  const { zone, host, node } = zoneForm(server.availability_zone);
  if ((host ?? node) !== null && !context.isAdmin) throw new Forbidden(FORCED_HOST);
  const wanted = requestedHosts(server);
  if (wanted.length > 0 && !context.isAdmin) throw new Forbidden(REQUESTED_DESTINATION);
  if (wanted.length > 0 && (host ?? node) !== null) {
    throw badRequest('Both a destination host and a host in the availability zone are given.');
  }
  const only = await oneHost(
    engine,
    [host, node, ...wanted].filter((h) => h !== null),
  );
  if (zone !== null) await checkZone(engine, zone);
  const hints = body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints'] ?? {};
  const group = groupHint(body);
  return {
    placement: {
      zone,
      host: only,
      sameHost: hintIds(hints, 'same_host'),
      differentHost: hintIds(hints, 'different_host'),
      ...(group !== null && { group }),
    },
    pinnedZone: only === null ? zone : null,
  };
}

interface ZoneForm {
  readonly zone: string | null;
  readonly host: string | null;
  readonly node: string | null;
}

/** `zone`, `zone:host`, `zone::node`, `zone:host:node`. */
function zoneForm(text: string | undefined): ZoneForm {
  if (text === undefined) return { zone: null, host: null, node: null };
  const parts = text.split(':');
  if (parts.length > 3) throw badRequest('Unable to parse availability_zone');
  const [zone, host, node] = parts.map((p) => (p === '' ? null : p));
  return { zone: zone ?? null, host: host ?? null, node: node ?? null };
}

const requestedHosts = (s: NewServer): string[] => [s.host, s.hypervisor_hostname].filter((h) => h !== undefined);

/** Host and node have one name here. */
async function oneHost(engine: Engine, names: readonly string[]): Promise<string | null> {
  const [first, ...others] = names;
  if (first === undefined) return null;
  const different = others.find((name) => name !== first);
  if (different !== undefined) throw badRequest(`Compute host ${different} could not be found.`);
  const host = await getHost(engine, first).catch((error: unknown) => {
    throw error instanceof NotFound ? badRequest(`Compute host ${first} could not be found.`) : error;
  });
  if (host.name !== first) throw badRequest(`Compute host ${first} could not be found.`);
  return host.name;
}

async function checkZone(engine: Engine, zone: string): Promise<void> {
  const known = await listZones(engine);
  if (!known.some((z) => z.name === zone && z.available)) {
    throw badRequest('The requested availability zone is not available');
  }
}

const hintIds = (hints: Hints, key: 'same_host' | 'different_host'): string[] => {
  const value = hints[key] ?? [];
  return (typeof value === 'string' ? [value] : [...value]).map(canonicalUuid);
};

/** The group that a hint names; null: none. */
export function groupHint(body: CreateBody): string | null {
  const hints = body['os:scheduler_hints'] ?? body['OS-SCH-HNT:scheduler_hints'];
  const group = typeof hints?.group === 'string' ? hints.group : hints?.group?.[0];
  return group === undefined ? null : canonicalUuid(group);
}
