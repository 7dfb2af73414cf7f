import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { loadConfig } from '#core/config/config.js';
import type { Config } from '#core/config/config.js';
import { type Running, serve } from '../../bin/serve.js';
import { type TestDatabase, testDatabase } from './database.js';

/** Which of the users that every deployment has. */
export type UserName = 'admin' | 'demo' | 'alt' | 'reader';

/** A whole Zunova in the process of the test, on free ports, over a database of its own and the real Docker. */
export interface Deployment {
  readonly running: Running;
  readonly config: Config;
  readonly db: TestDatabase;
  readonly docker: Docker;
  readonly client: ApiClient;
  /** Stops it and removes everything that it left in the engine. */
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; tests read what they expect to be there. */
  readonly json: Json;
}

/** JSON of an answer, to be walked without a type of its own for each: a path that is not there is undefined. */
export class Json {
  constructor(readonly value: unknown) {}
  get(...path: (string | number)[]): Json {
    let v = this.value;
    for (const key of path) v = typeof v === 'object' && v !== null ? Reflect.get(v, key) : undefined;
    return new Json(v);
  }
  str(...path: (string | number)[]): string {
    return String(this.get(...path).value);
  }
  list(...path: (string | number)[]): Json[] {
    const v = this.get(...path).value;
    return Array.isArray(v) ? v.map((x: unknown) => new Json(x)) : [];
  }
}

export interface RequestOptions {
  readonly user?: UserName | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly rawBody?: string | Buffer;
}

/** Raw HTTP against the deployment's APIs, as a user of it. */
export interface ApiClient {
  nova(method: string, path: string, options?: RequestOptions & { version?: string }): Promise<Answer>;
  native(method: string, path: string, options?: RequestOptions & { version?: string }): Promise<Answer>;
  request(service: keyof Config['ports'], method: string, path: string, options?: RequestOptions): Promise<Answer>;
  token(user: UserName): Promise<string>;
}

let subnet = 100;

export async function deploy(settings: Record<string, string> = {}): Promise<Deployment> {
  const db = await testDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'zn-'));
  subnet += 1;
  const config = loadConfig({
    environment: {
      ZUNOVA_DATA_DIR: dataDir,
      ZUNOVA_DATABASE_URL: db.url,
      ZUNOVA_LOG_LEVEL: process.env['ZUNOVA_TEST_LOG'] ?? 'fatal',
      ZUNOVA_SUBNET_BASE: `10.${subnet}.0.0/16`,
      ZUNOVA_HOST_NAME: 'testhost',
      ZUNOVA_PORTS_COMPUTE: '0',
      ZUNOVA_PORTS_CONTAINER: '0',
      ZUNOVA_PORTS_IDENTITY: '0',
      ZUNOVA_PORTS_IMAGE: '0',
      ZUNOVA_PORTS_NETWORK: '0',
      ZUNOVA_RECONCILE_MISSING_CONFIRM_MS: '200',
      ...settings,
    },
  });
  const running = await serve(config, () => undefined);
  const docker = new Docker({ socketPath: config.docker.socketPath });
  return {
    running,
    config,
    db,
    docker,
    client: apiClient(running),
    close: async () => {
      await running.stop(2_000);
      const deployment = await db.database.one<{ id: string }>('select id from deployment');
      await sweep(docker, deployment?.id ?? '');
      await db.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Removes all containers and networks of a deployment from the engine. */
export async function sweep(docker: Docker, deployment: string): Promise<void> {
  const filters = { label: [`zunova.deployment=${deployment}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map((c) => docker.getContainer(c.Id).remove({ force: true, v: true }).catch(() => undefined)));
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map((n) => docker.getNetwork(n.Id).remove().catch(() => undefined)));
}

const PROJECT_OF: Record<UserName, string> = { admin: 'demo', demo: 'demo', alt: 'alt', reader: 'demo' };

function apiClient(running: Running): ApiClient {
  const tokens = new Map<UserName, Promise<string>>();
  const passwords: Record<UserName, string> = {
    admin: running.secrets.adminPassword,
    demo: running.secrets.demoPassword,
    alt: running.secrets.altPassword,
    reader: running.secrets.readerPassword,
  };
  const send = async (service: keyof Config['ports'], method: string, path: string, o: RequestOptions): Promise<Answer> => {
    const user = o.user === undefined ? 'admin' : o.user;
    const response = await fetch(`http://127.0.0.1:${running.ports[service]}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(user !== null && { 'x-auth-token': await token(user) }),
        ...(o.body !== undefined && { 'content-type': 'application/json' }),
        ...o.headers,
      },
      ...(o.body !== undefined && { body: JSON.stringify(o.body) }),
      ...(o.rawBody !== undefined && { body: o.rawBody }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      value = undefined;
    }
    return { status: response.status, headers: response.headers, text, json: new Json(value) };
  };
  const token = (user: UserName): Promise<string> => {
    const known = tokens.get(user);
    if (known !== undefined) return known;
    const made = issue(running, user, passwords[user]);
    tokens.set(user, made);
    return made;
  };
  return {
    token,
    request: (service, method, path, o = {}) => send(service, method, path, o),
    nova: (method, path, o = {}) =>
      send('compute', method, `/v2.1${path}`, {
        ...o,
        headers: { ...(o.version !== undefined && { 'openstack-api-version': `compute ${o.version}` }), ...o.headers },
      }),
    native: (method, path, o = {}) =>
      send('container', method, `/v1${path}`, {
        ...o,
        headers: { 'openstack-api-version': `container ${o.version ?? '1.40'}`, ...o.headers },
      }),
  };
}

async function issue(running: Running, user: UserName, password: string): Promise<string> {
  const domain = { id: 'default' };
  const response = await fetch(`http://127.0.0.1:${running.ports.identity}/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: {
        identity: { methods: ['password'], password: { user: { name: user, password, domain } } },
        scope: { project: { name: PROJECT_OF[user], domain } },
      },
    }),
  });
  const token = response.headers.get('x-subject-token');
  if (token === null) throw new Error(`no token for ${user}: ${response.status} ${await response.text()}`);
  return token;
}
