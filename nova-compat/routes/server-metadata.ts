import type { Container } from '#core/domain/container.js';
import type { Engine } from '#core/engine/engine.js';
import { getContainer } from '#core/engine/find-container.js';
import { projectQuota } from '#core/engine/quotas.js';
import { updateContainer } from '#core/engine/update-container.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import { type MetaBody, type MetadataBody, metaBody, metadataBody } from '#schemas/nova/metadata.js';
import { checkUnlocked } from '../policy.js';
import { badRequest, conflict, forbidden, notFound } from '../refusal.js';
import { stateOf } from '../status.js';
import { metadataOf } from '../views/server-parts.js';
import { idOf } from './servers.js';

type Metadata = Readonly<Record<string, string>>;

const MISSING = 'Metadata item was not found';
const PATH = '/servers/:id/metadata';

/** Metadata of a server (nova-api.md 4.8). A change is stored and shown; the container as it runs keeps its environment. */
export function metadataRoutes(engine: Engine): AnyRoute[] {
  return [...readRoutes(engine), ...writeRoutes(engine)];
}

function readRoutes(engine: Engine): AnyRoute[] {
  return [
    route({
      name: 'os_compute_api:server-metadata:index',
      method: 'GET',
      path: PATH,
      handler: async (call) => ({ status: 200, body: { metadata: metadataOf(await find(engine, call)) } }),
    }),
    route({
      name: 'os_compute_api:server-metadata:show',
      method: 'GET',
      path: `${PATH}/:key`,
      handler: async (call) => {
        const key = keyOf(call);
        const value = item(metadataOf(await find(engine, call)), key);
        if (value === undefined) throw notFound(MISSING);
        return { status: 200, body: { meta: { [key]: value } } };
      },
    }),
  ];
}

function writeRoutes(engine: Engine): AnyRoute[] {
  return [
    route<MetadataBody>({
      name: 'os_compute_api:server-metadata:create',
      method: 'POST',
      path: PATH,
      body: metadataBody,
      handler: async (call) => {
        const server = await write(engine, call, 'update metadata', (now) => ({ ...now, ...call.body.metadata }));
        return { status: 200, body: { metadata: metadataOf(server) } };
      },
    }),
    route<MetadataBody>({
      name: 'os_compute_api:server-metadata:update_all',
      method: 'PUT',
      path: PATH,
      body: metadataBody,
      handler: async (call) => {
        const server = await write(engine, call, 'update metadata', () => call.body.metadata);
        return { status: 200, body: { metadata: metadataOf(server) } };
      },
    }),
    route<MetaBody>({
      name: 'os_compute_api:server-metadata:update',
      method: 'PUT',
      path: `${PATH}/:key`,
      body: metaBody,
      handler: async (call) => {
        const { meta } = call.body;
        if (item(meta, keyOf(call)) === undefined) throw badRequest('Request body and URI mismatch');
        await write(engine, call, 'update metadata', (now) => ({ ...now, ...meta }));
        return { status: 200, body: { meta } };
      },
    }),
    route({
      name: 'os_compute_api:server-metadata:delete',
      method: 'DELETE',
      path: `${PATH}/:key`,
      handler: async (call) => {
        const key = keyOf(call);
        await write(engine, call, 'delete metadata', (now) => {
          if (item(now, key) === undefined) throw notFound(MISSING);
          return Object.fromEntries(Object.entries(now).filter(([k]) => k !== key));
        });
        return { status: 204 };
      },
    }),
  ];
}

const keyOf = (call: Pick<Call, 'params'>): string => call.params['key'] ?? '';
const item = (metadata: Metadata, key: string): string | undefined =>
  Object.hasOwn(metadata, key) ? metadata[key] : undefined;
const find = (engine: Engine, call: Call<unknown, unknown>): Promise<Container> =>
  getContainer(engine, call.context, idOf(call));

const WRITABLE = new Set(['active', 'paused', 'suspended', 'stopped']);

/** Metadata and tags may only be written in these states. @throws Refusal 409 in Nova's words */
export function checkWritable(c: Container, action: string): void {
  const { vmState } = stateOf(c);
  if (!WRITABLE.has(vmState))
    throw conflict(`Cannot '${action}' instance ${c.uuid} while it is in vm_state ${vmState}`);
}

async function write(
  engine: Engine,
  call: Call<unknown, unknown>,
  action: string,
  change: (now: Metadata) => Metadata,
): Promise<Container> {
  const current = await find(engine, call);
  const limit = (await projectQuota(engine, current.projectId)).limits.metadata_items;
  return updateContainer(engine, call.context, current.uuid, (c) => {
    checkUnlocked(call.context, c);
    checkWritable(c, action);
    const next = change(metadataOf(c));
    checkLabels(c, next);
    if (limit >= 0 && Object.keys(next).length > limit) {
      throw forbidden(`Maximum number of metadata items exceeds ${limit}`);
    }
    return { server: { metadata: next } };
  });
}

/** Labels of a container made natively are shown as metadata, and cannot be taken from it while it lives. */
function checkLabels(c: Container, next: Metadata): void {
  if (c.frontEnd === 'nova') return;
  const label = Object.keys(metadataOf(c)).find((key) => key in c.spec.labels && !(key in next));
  if (label !== undefined)
    throw badRequest(`Metadata item ${label} is a label of the container and cannot be removed.`);
}
