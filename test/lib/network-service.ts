import type { RequestContext } from '#core/domain/context.js';
import { Unauthorized } from '#core/domain/errors.js';
import type { Method } from '#core/http/route.js';
import { listen } from '#core/http/server.js';
import type { Identity, IdentityProvider } from '#core/identity/provider.js';
import { silent } from '#core/logging/logger.js';
import { createNetworkApp } from '#core/standalone/network/app.js';
import { NetworkStore } from '#core/store/network-store.js';
import { type TestDatabase, testDatabase } from './database.js';
import { type Answer, send } from './request.js';

/** The bearers of the tokens `demo`, `other`, `reader` and `admin`. */
const BEARERS: Readonly<Record<string, { project: string; roles: readonly string[] }>> = {
  demo: { project: 'demo-id', roles: ['member'] },
  other: { project: 'other-id', roles: ['member'] },
  reader: { project: 'demo-id', roles: ['reader'] },
  admin: { project: 'admin-id', roles: ['admin'] },
};

export type Bearer = 'demo' | 'other' | 'reader' | 'admin';

const identity: IdentityProvider = {
  publicUrl: 'http://identity.test/v3',
  projectExists: async () => null,
  authenticate: async (token): Promise<Identity> => {
    const bearer = BEARERS[token];
    if (bearer === undefined) throw new Unauthorized('no such token');
    return {
      userId: `${token}-user`,
      userName: token,
      projectId: bearer.project,
      projectName: bearer.project.replace('-id', ''),
      roles: bearer.roles,
      isAdmin: bearer.roles.includes('admin'),
      expiresAt: new Date(Date.now() + 3_600_000),
    };
  },
};

export const contextOf = (bearer: Bearer): RequestContext => ({
  requestId: 'req-test',
  userId: `${bearer}-user`,
  userName: bearer,
  projectId: BEARERS[bearer]?.project ?? '',
  projectName: (BEARERS[bearer]?.project ?? '').replace('-id', ''),
  roles: BEARERS[bearer]?.roles ?? [],
  isAdmin: bearer === 'admin',
});

export interface NetworkService {
  readonly url: string;
  readonly store: NetworkStore;
  readonly database: TestDatabase['database'];
  call(bearer: Bearer | null, method: Method, path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

/** The network API over a database of its own, on a port of its own. */
export async function networkService(): Promise<NetworkService> {
  const db = await testDatabase();
  const store = new NetworkStore(db.database);
  const app = createNetworkApp({ store, identity, log: silent(), ready: () => db.database.ping() });
  const server = await listen(app.callback(), '127.0.0.1', 0);
  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    store,
    database: db.database,
    call: (bearer, method, path, body) =>
      send(`${url}${path}`, { method, ...(bearer !== null && { token: bearer }), ...(body !== undefined && { body }) }),
    close: async () => {
      await server.close(0);
      await db.close();
    },
  };
}
