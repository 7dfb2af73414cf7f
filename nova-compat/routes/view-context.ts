import type { Container } from '#core/domain/container.js';
import type { Flavor } from '#core/domain/records.js';
import type { Engine } from '#core/engine/engine.js';
import { listFlavors } from '#core/engine/flavors.js';
import { listHosts } from '#core/engine/hosts.js';
import type { Call } from '#core/http/route.js';
import { linkRoots, MAX_LIMIT } from '../views/links.js';
import type { ServerViewContext } from '../views/server.js';

type Request = Pick<Call, 'context' | 'version' | 'baseUrl' | 'prefix'>;

/** What the views of these servers need beside them: at most one statement each for all of them, and none for most requests. */
export async function viewContext(
  engine: Engine,
  call: Request,
  servers: readonly Container[],
): Promise<ServerViewContext> {
  const admin = call.context.isAdmin;
  const [hosts, flavors] = await Promise.all([
    admin && call.version.atLeast(16) && servers.length > 0 ? listHosts(engine) : [],
    servers.some((s) => s.server.flavor === null) ? publicFlavors(engine, call) : [],
  ]);
  return {
    version: call.version,
    admin,
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
