import { listen } from '#core/http/server.js';
import { standardCatalog } from '#core/identity/embedded/catalog.js';
import { silent } from '#core/logging/logger.js';
import { createIdentityApp } from '#core/standalone/identity/app.js';
import { testDatabase } from './database.js';
import { type TestIdentity, testIdentity } from './identity.js';
import { type Answer, type Sent, send } from './request.js';

const PORTS = { compute: 8774, container: 9517, identity: 5000, image: 9292, network: 9696 };

export interface IdentityApi extends TestIdentity {
  readonly root: string;
  readonly database: Awaited<ReturnType<typeof testDatabase>>['database'];
  call(path: string, sent?: Sent): Promise<Answer>;
  login(body: unknown, query?: string): Promise<Answer>;
  /** The token that `body` gets. @throws when it gets none */
  tokenOf(body: unknown): Promise<string>;
  idOf(collection: 'users' | 'projects' | 'roles', name: string): Promise<string>;
  close(): Promise<void>;
}

/** The identity API on a port and a database of its own, with the first users. */
export async function identityApi(): Promise<IdentityApi> {
  const db = await testDatabase();
  const seeded = await testIdentity(db.database);
  const app = createIdentityApp({
    identity: seeded.identity,
    store: seeded.store,
    catalog: standardCatalog('RegionOne', { origin: 'http://controller', ...PORTS }),
    log: silent(),
    ready: () => db.database.ping(),
  });
  const server = await listen(app.callback(), '127.0.0.1', 0);
  const root = `http://127.0.0.1:${server.port}`;
  const call = (path: string, sent: Sent = {}): Promise<Answer> => send(`${root}${path}`, sent);
  const login = (body: unknown, query = ''): Promise<Answer> =>
    call(`/v3/auth/tokens${query}`, { method: 'POST', body });
  return {
    ...seeded,
    root,
    database: db.database,
    call,
    login,
    tokenOf: async (body) => {
      const answer = await login(body);
      const token = answer.headers['x-subject-token'];
      if (answer.status !== 201 || token === undefined) throw new Error(`no token: ${answer.status} ${answer.text}`);
      return token;
    },
    idOf: async (collection, name) => {
      const token = await seeded.token('admin', 'demo');
      return (await call(`/v3/${collection}?name=${name}`, { token })).json().text(collection, 0, 'id');
    },
    close: async () => {
      await server.close(0);
      await db.close();
    },
  };
}

/** The body of a request for a token, as keystoneauth sends it. */
export const password = (name: string, secret: string, scope?: unknown): unknown => ({
  auth: {
    identity: { methods: ['password'], password: { user: { name, password: secret, domain: { name: 'Default' } } } },
    ...(scope !== undefined && { scope }),
  },
});

export const inProject = (name: string): unknown => ({ project: { name, domain: { name: 'Default' } } });
