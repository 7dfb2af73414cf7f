import { randomInt } from 'node:crypto';
import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import { QuotaExceeded } from '#core/domain/errors.js';
import { createContainers } from '#core/engine/create-containers.js';
import type { Engine } from '#core/engine/engine.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { type CreateBody, type NewServer, serverCreate } from '#schemas/nova/server-create.js';
import { badRequest } from '../refusal.js';
import { type CreateTemplate, createTemplate } from '../translate/create-server.js';
import { serverNames } from '../translate/hostname.js';
import { linkRoots } from '../views/links.js';
import { createdServer } from '../views/server.js';
import { inRequest } from './references.js';

/** `POST /servers` (nova-api.md 4.3). */
export function createRoutes(engine: Engine): AnyRoute[] {
  return [
    route<CreateBody>({
      name: 'os_compute_api:servers:create',
      method: 'POST',
      path: '/servers',
      body: serverCreate,
      handler: async ({ context, version, body, baseUrl, prefix }) => {
        const { server } = body;
        const count = counts(server);
        const template = await createTemplate(engine, context, version, body);
        const [first] = await inRequest(create(engine, context, template, server, count));
        if (first === undefined) throw new Error('the engine accepted a create and made nothing');
        if (server.return_reservation_id === true) {
          return { status: 202, body: { reservation_id: first.server.reservationId } };
        }
        const links = linkRoots({ baseUrl, prefix });
        const asked = { securityGroups: template.securityGroups, adminPass: server.adminPass ?? password() };
        return {
          status: 202,
          body: { server: createdServer(first, links, asked) },
          headers: { Location: `${links.self}/servers/${first.uuid}` },
        };
      },
    }),
  ];
}

interface Counts {
  readonly min: number;
  readonly max: number;
}

/** One transaction holds all servers of a request: a number that no deployment has hosts for is refused before it begins. */
const MAX_COUNT = 1000;

function counts(server: NewServer): Counts {
  const min = server.min_count ?? 1;
  const max = server.max_count ?? min;
  if (min > max) throw badRequest('min_count must be <= max_count');
  if (max > MAX_COUNT) throw badRequest(`max_count must be <= ${MAX_COUNT}`);
  if (max > 1 && server.hostname !== undefined) {
    throw badRequest('Unable to allocate a single hostname to multiple instances');
  }
  return { min, max };
}

/** Makes as many servers as the quota has room for, at least `min`. */
async function create(
  engine: Engine,
  context: RequestContext,
  template: CreateTemplate,
  server: NewServer,
  { min, max }: Counts,
): Promise<Container[]> {
  try {
    return await createContainers(engine, context, {
      ...template,
      names: serverNames(server.name, server.hostname, max),
    });
  } catch (error) {
    if (!(error instanceof QuotaExceeded) || min === max) throw error;
    const room = Math.min(...error.excess.map((e) => Math.floor(Math.max(0, e.limit - e.used) / (e.requested / max))));
    if (room < min || room >= max) throw error;
    return createContainers(engine, context, { ...template, names: serverNames(server.name, server.hostname, room) });
  }
}

/** Without characters that look like others. */
const PASSWORD_CHARACTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const PASSWORD_LENGTH = 12;

/** Clients expect one; like Nova with a driver that cannot inject it, nothing is done with it. */
const password = (): string =>
  Array.from({ length: PASSWORD_LENGTH }, () => PASSWORD_CHARACTERS.charAt(randomInt(PASSWORD_CHARACTERS.length))).join(
    '',
  );
