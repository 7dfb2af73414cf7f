import type { Container } from '#core/domain/container.js';
import type { HostUsage } from '#core/domain/host.js';
import type { Flavor } from '#core/domain/records.js';
import type { Engine } from '#core/engine/engine.js';
import { listFlavors } from '#core/engine/flavors.js';
import { listHosts } from '#core/engine/hosts.js';
import type { Call } from '#core/http/route.js';
import { linkRoots, MAX_LIMIT } from '../views/links.js';
import type { ServerViewContext } from '../views/server.js';

export type Request = Pick<Call, 'context' | 'version' | 'baseUrl' | 'prefix'>;

/** What the views of these servers need beside them: at most one statement each for all of them, and none for most requests. */
export const viewContext = async (
  engine: Engine,
  call: Request,
  servers: readonly Container[],
): Promise<ServerViewContext> => withHosts(engine, call, servers, await shownHosts(engine, call));

/** The hosts that the caller sees something of. */
export const shownHosts = async (engine: Engine, { context, version }: Request): Promise<HostUsage[]> =>
  context.isAdmin && version.atLeast(16) ? listHosts(engine) : [];

/** The same as `viewContext`, with hosts that are known already. */
export async function withHosts(
  engine: Engine,
  call: Request,
  servers: readonly Container[],
  hosts: readonly HostUsage[],
): Promise<ServerViewContext> {
  const flavors = servers.some((s) => s.server.flavor === null) ? await publicFlavors(engine, call) : [];
  return {
    version: call.version,
    admin: call.context.isAdmin,
    links: linkRoots(call),
    hosts: new Map(hosts.map((h) => [h.name, h])),
    flavors,
  };
}

const publicFlavors = (engine: Engine, { context }: Request): Promise<Flavor[]> =>
  listFlavors(engine, context, {
    isPublic: true,
    minRamMb: 0,
    minDiskGb: 0,
    sort: { key: 'id', direction: 'asc' },
    limit: MAX_LIMIT,
    marker: null,
  });
