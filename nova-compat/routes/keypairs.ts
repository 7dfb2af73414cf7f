import type { RequestContext } from '#core/domain/context.js';
import { NotFound } from '#core/domain/errors.js';
import type { Keypair } from '#core/domain/records.js';
import type { Engine } from '#core/engine/engine.js';
import { createKeypair, deleteKeypair, getKeypair, listKeypairs } from '#core/engine/keypairs.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import type { MicroVersion } from '#core/http/version.js';
import { type KeypairBody, keypairBody, keypairQuery, oneKeypairQuery } from '#schemas/nova/keypair.js';
import { integer, last, type Query } from '#schemas/nova/query.js';
import { authorize } from '../policy.js';
import { badRequest, notFound } from '../refusal.js';
import { nextLink, pageSize } from '../views/links.js';
import { micros } from '../views/times.js';

/** Key pairs belong to users (nova-api.md 4.15): whoever has a token may have some, whatever the roles. */
export function keypairRoutes(engine: Engine): AnyRoute[] {
  return [...readRoutes(engine), ...writeRoutes(engine)];
}

function readRoutes(engine: Engine): AnyRoute[] {
  return [
    route<undefined, Query>({
      name: 'os_compute_api:os-keypairs:index',
      method: 'GET',
      path: '/os-keypairs',
      query: keypairQuery,
      handler: async (call) => {
        const { query, version } = call;
        const owner = ownerOf(call.context, last(query, 'user_id'), 'index');
        const paged = version.atLeast(35);
        const size = pageSize(paged ? integer(query, 'limit') : null);
        const keys = await listKeypairs(engine, owner, size, paged ? last(query, 'marker') : null);
        const page = { count: keys.length, size, last: keys.at(-1)?.name };
        const links = paged ? nextLink(call, 'keypairs_links', '/os-keypairs', page) : {};
        return { status: 200, body: { keypairs: keys.map((k) => ({ keypair: brief(k, version) })), ...links } };
      },
    }),
    route<undefined, Query>({
      name: 'os_compute_api:os-keypairs:show',
      method: 'GET',
      path: '/os-keypairs/:name',
      query: oneKeypairQuery,
      handler: async (call) => {
        const owner = ownerOf(call.context, last(call.query, 'user_id'), 'show');
        const key = await known(owner, nameOf(call), (name) => getKeypair(engine, owner, name));
        const more = {
          user_id: key.userId,
          id: key.id,
          created_at: micros(key.createdAt),
          updated_at: null,
          deleted: false,
          deleted_at: null,
        };
        return { status: 200, body: { keypair: { ...brief(key, call.version), ...more } } };
      },
    }),
  ];
}

function writeRoutes(engine: Engine): AnyRoute[] {
  return [
    route<KeypairBody>({
      name: 'os_compute_api:os-keypairs:create',
      method: 'POST',
      path: '/os-keypairs',
      role: 'reader',
      body: keypairBody,
      handler: async ({ context, version, body: { keypair } }) => {
        if (keypair.type === 'x509') throw badRequest('Key pairs of type x509 are not supported for containers.');
        const owner = ownerOf(context, keypair.user_id ?? null, 'create');
        const key = await createKeypair(engine, owner, { name: keypair.name, publicKey: keypair.public_key ?? null });
        const secret = key.privateKey === null ? {} : { private_key: key.privateKey };
        const view = { ...brief(key, version), user_id: key.userId, ...secret };
        return { status: version.atLeast(2) ? 201 : 200, body: { keypair: view } };
      },
    }),
    route<undefined, Query>({
      name: 'os_compute_api:os-keypairs:delete',
      method: 'DELETE',
      path: '/os-keypairs/:name',
      role: 'reader',
      query: oneKeypairQuery,
      handler: async (call) => {
        const owner = ownerOf(call.context, last(call.query, 'user_id'), 'delete');
        await known(owner, nameOf(call), (name) => deleteKeypair(engine, owner, name));
        return { status: call.version.atLeast(2) ? 204 : 202 };
      },
    }),
  ];
}

const nameOf = (call: Pick<Call, 'params'>): string => call.params['name'] ?? '';

/** Whose key pairs are meant: the caller's, or for administrators those of any user. @throws Forbidden */
function ownerOf(context: RequestContext, userId: string | null, verb: string): RequestContext {
  if (userId === null || userId === context.userId) return context;
  authorize(context, `os-keypairs:${verb}`, 'admin');
  return { ...context, userId };
}

async function known<T>(owner: RequestContext, name: string, work: (name: string) => Promise<T>): Promise<T> {
  return work(name).catch((error: unknown) => {
    throw error instanceof NotFound ? notFound(`Keypair ${name} not found for user ${owner.userId}`) : error;
  });
}

const brief = (k: Keypair, version: MicroVersion): Record<string, unknown> => ({
  name: k.name,
  public_key: k.publicKey,
  fingerprint: k.fingerprint,
  ...(version.atLeast(2) && { type: k.type }),
});
