import type { Config } from '#core/config/config.js';
import type { Secrets } from '#core/config/secrets.js';

/** Which of the users that every deployment has. */
export type UserName = 'admin' | 'demo' | 'alt' | 'reader';

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

const PROJECT_OF: Record<UserName, string> = { admin: 'demo', demo: 'demo', alt: 'alt', reader: 'demo' };

/** A client of the APIs that listen on `ports` of this machine. */
export function apiClient(ports: Config['ports'], secrets: Secrets): ApiClient {
  const tokens = new Map<UserName, Promise<string>>();
  const passwords: Record<UserName, string> = {
    admin: secrets.adminPassword,
    demo: secrets.demoPassword,
    alt: secrets.altPassword,
    reader: secrets.readerPassword,
  };
  const send = async (
    service: keyof Config['ports'],
    method: string,
    path: string,
    o: RequestOptions,
  ): Promise<Answer> => {
    const user = o.user === undefined ? 'admin' : o.user;
    const response = await fetch(`http://127.0.0.1:${ports[service]}${path}`, {
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
    const made = issue(ports.identity, user, passwords[user]);
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

async function issue(port: number, user: UserName, password: string): Promise<string> {
  const domain = { id: 'default' };
  const response = await fetch(`http://127.0.0.1:${port}/v3/auth/tokens`, {
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
