import { Readable } from 'node:stream';
import Router from '@koa/router';
import Koa from 'koa';
import { Forbidden, Unauthorized } from '#core/domain/errors.js';
import type { Identity, IdentityProvider } from '#core/identity/provider.js';
import { withDeadline } from '#core/lib/deadline.js';
import type { Logger } from '#core/logging/logger.js';
import { readBody } from './body.js';
import type { Dialect, Location } from './dialect.js';
import {
  DeadlineExceeded,
  MalformedBody,
  MethodNotAllowed,
  NotInVersion,
  ProjectMismatch,
  RouteNotFound,
  UnsupportedMediaType,
} from './errors.js';
import { healthcheck } from './health.js';
import { parse } from './parse.js';
import { requestId } from './request-id.js';
import { permits } from './role.js';
import type { AnyRoute, Call, Reply } from './route.js';
import type { MicroVersion } from './version.js';

export interface AppParts {
  readonly dialect: Dialect;
  readonly routes: readonly AnyRoute[];
  readonly identity: IdentityProvider;
  readonly log: Logger;
  /** Scheme and host to show in links, when it is not the one that the client used. */
  readonly publicUrl?: string | undefined;
  /** Proxies whose `X-Forwarded-*` are believed. */
  readonly trustProxy?: boolean;
  readonly ready: () => Promise<void>;
}

/** What travels with a request inside this file. */
interface State {
  requestId: string;
  location: Location;
  identity: Identity | null;
  version: MicroVersion | null;
  requested: string | null;
  route: string | null;
  log: Logger;
}

const DEFAULT_DEADLINE_MS = 60_000;
const JSON_TYPES = /^(application\/json|application\/vnd\.openstack\.compute\+json|text\/plain)\s*(;|$)/i;

/**
 * The pipeline of every API: request id, log line, faults, health, prefix, token, route, version, content type, schema, role,
 * handler. Returns the Koa application without listening, so that tests can mount it.
 */
export function createApp(parts: AppParts): Koa<State> {
  const { dialect } = parts;
  const app = new Koa<State>();
  app.proxy = parts.trustProxy ?? false;
  // Koa's own report of broken client connections: nothing is wrong on our side.
  app.on('error', (error: unknown) => parts.log.debug({ err: error }, 'connection'));
  app.use(outermost(parts));
  app.use(healthcheck(parts.ready));
  app.use(async (ctx, next) => {
    ctx.state.location = dialect.locate(ctx.path);
    // What the router matches instead of the path: the prefix rules are the dialect's.
    Object.assign(ctx, { newRouterPath: ctx.state.location.path });
    await next();
  });
  const open = router(
    parts,
    parts.routes.filter((r) => r.public === true),
  );
  app.use(open.routes());
  app.use(async (ctx, next) => {
    const token = ctx.get('x-auth-token');
    if (token === '') throw new Unauthorized('no token');
    ctx.state.identity = await parts.identity.authenticate(token);
    ctx.state.log = ctx.state.log.child(
      { project_id: ctx.state.identity.projectId, user_id: ctx.state.identity.userId },
      true,
    );
    await next();
  });
  const guarded = router(
    parts,
    parts.routes.filter((r) => r.public !== true),
  );
  app.use(guarded.routes());
  app.use((ctx) => {
    const path = ctx.state.location.path;
    const allow = parts.routes.filter((r) => matches(r, path)).map((r) => r.method);
    // The version is negotiated here too, so that its headers are on the refusal.
    ctx.state.requested = ctx.get('openstack-api-version') || null;
    ctx.state.version = dialect.negotiate(ctx.headers, ctx.state.location);
    throw allow.length > 0 && dialect.hidesMethods?.(path) !== true
      ? new MethodNotAllowed([...new Set(allow)].sort())
      : new RouteNotFound(path);
  });
  return app;
}

const matches = (r: AnyRoute, path: string): boolean => {
  const want = r.path.split('/');
  const have = path.split('/');
  return want.length === have.length && want.every((w, i) => w.startsWith(':') || w === have[i]);
};

/** First and last of every request: its id, its line in the log, and what any error becomes. */
function outermost(parts: AppParts): Koa.Middleware<State> {
  const { dialect } = parts;
  return async (ctx, next) => {
    const begun = performance.now();
    const s = ctx.state;
    s.requestId = requestId();
    s.location = { path: ctx.path, prefix: '', project: null, lenient: false };
    s.identity = null;
    s.version = null;
    s.requested = null;
    s.route = null;
    s.log = parts.log.child({ req_id: s.requestId }, true);
    let failure: unknown;
    try {
      await next();
    } catch (error) {
      failure = error;
      const fault = dialect.fault(error, {
        requestId: s.requestId,
        version: s.version,
        headers: ctx.headers,
        baseUrl: base(parts, ctx),
      });
      answer(ctx, { status: fault.status, body: fault.body, ...(fault.headers && { headers: fault.headers }) }, true);
      if (error instanceof Unauthorized) ctx.set('WWW-Authenticate', `Keystone uri="${parts.identity.publicUrl}"`);
    }
    for (const name of dialect.requestIdHeaders) ctx.set(name, s.requestId);
    ctx.set(dialect.versionHeaders(s.version, s.requested, s.location));
    const line = {
      route: s.route,
      method: ctx.method,
      path: ctx.path,
      status: ctx.status,
      ms: Math.round(performance.now() - begun),
    };
    if (ctx.status >= 500) s.log.error({ ...line, err: failure }, 'request failed');
    else s.log.info(line, 'request');
  };
}

function answer(ctx: Koa.ParameterizedContext<State>, reply: Reply, isFault = false): void {
  ctx.status = reply.status;
  if (reply.headers) ctx.set(reply.headers);
  if (reply.body === undefined) {
    // Koa would answer a bare 202 with the text "Accepted": the contract wants a body of zero length.
    ctx.body = null;
    ctx.status = reply.status;
    if (reply.status !== 204) {
      ctx.set('Content-Length', '0');
      ctx.type = 'application/json';
      ctx.set('Content-Type', 'application/json');
    }
    return;
  }
  const raw = Buffer.isBuffer(reply.body) || reply.body instanceof Readable;
  ctx.body = raw ? reply.body : JSON.stringify(reply.body);
  if (reply.headers?.['Content-Type'] === undefined) {
    ctx.set('Content-Type', isFault ? 'application/json; charset=UTF-8' : 'application/json');
  }
}

function router(parts: AppParts, routes: readonly AnyRoute[]): Router<State> {
  const made = new Router<State>({ sensitive: true });
  const groups = new Map<string, AnyRoute[]>();
  for (const r of routes) {
    const key = `${r.method} ${r.path}`;
    groups.set(key, [...(groups.get(key) ?? []), r]);
  }
  for (const group of groups.values()) {
    const first = group[0];
    if (first === undefined) continue;
    made.register(first.path, [first.method], async (ctx) => serve(parts, group, ctx, ctx.params));
  }
  return made;
}

async function serve(
  parts: AppParts,
  group: readonly AnyRoute[],
  ctx: Koa.ParameterizedContext<State>,
  params: Record<string, string | undefined>,
): Promise<void> {
  const { dialect } = parts;
  const s = ctx.state;
  s.requested = ctx.get('openstack-api-version') || null;
  const version = dialect.negotiate(ctx.headers, s.location);
  s.version = version;
  const upload = group.some((r) => r.upload === true);
  const limit = Math.max(...group.map((r) => r.bodyLimit ?? dialect.bodyLimit));
  const raw = upload ? null : await body(ctx, limit, dialect.jsonTypes ?? []);
  const identity = s.identity;
  const { project } = s.location;
  if (identity !== null && project !== null && project !== identity.projectId) {
    throw new ProjectMismatch(project, identity.projectId);
  }
  const r = group.find(
    (x) => version.minor >= (x.versions?.min ?? 0) && version.minor <= (x.versions?.max ?? Number.MAX_SAFE_INTEGER),
  );
  if (r === undefined) throw new NotInVersion(version.toString());
  s.route = r.name;
  s.log = s.log.child({ route: r.name }, true);
  if (identity !== null) allow(r, identity);
  const rawQuery = new URLSearchParams(ctx.querystring);
  const deadline = r.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const reply = await withDeadline(r.name, deadline, undefined, async (signal) => {
    const call: Call = {
      context: context(s.requestId, identity),
      version,
      params: Object.fromEntries(Object.entries(params).map(([k, v]) => [k, v ?? ''])),
      query: r.query ? parse(r.query(version), queryObject(rawQuery), 'query') : {},
      body: r.body ? parse(r.body(version, s.location.lenient), raw, 'body', s.location.lenient) : undefined,
      rawQuery,
      baseUrl: base(parts, ctx),
      prefix: s.location.prefix,
      lenient: s.location.lenient,
      headers: ctx.headers,
      upload: ctx.req,
      signal,
      log: s.log,
    };
    return r.handler(call);
  }).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'DeadlinePassed' && error.message.startsWith(r.name)) {
      throw new DeadlineExceeded(`the request took longer than ${deadline} ms`);
    }
    throw error;
  });
  answer(ctx, reply);
}

function allow(r: AnyRoute, identity: Identity): void {
  const role = r.role ?? (r.method === 'GET' || r.method === 'HEAD' ? 'reader' : 'member');
  if (!permits(role, identity)) throw new Forbidden(r.name);
}

const nobody: Identity = {
  userId: '',
  userName: '',
  projectId: '',
  projectName: '',
  roles: [],
  isAdmin: false,
  expiresAt: new Date(0),
};

function context(id: string, identity: Identity | null): Call['context'] {
  const { userId, userName, projectId, projectName, roles, isAdmin } = identity ?? nobody;
  return { requestId: id, userId, userName, projectId, projectName, roles, isAdmin };
}

async function body(
  ctx: Koa.ParameterizedContext<State>,
  limit: number,
  jsonTypes: readonly string[],
): Promise<unknown> {
  if (ctx.method === 'GET' || ctx.method === 'HEAD' || ctx.method === 'DELETE') {
    ctx.req.resume();
    return null;
  }
  const bytes = await readBody(ctx.req, limit);
  if (bytes.length === 0) return null;
  const type = ctx.get('content-type');
  const mediaType = type.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== '' && !JSON_TYPES.test(type) && !jsonTypes.includes(mediaType)) throw new UnsupportedMediaType(type);
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return value;
  } catch {
    throw new MalformedBody('the body is not JSON');
  }
}

/** Values of a query as strings; a key that is repeated becomes an array. */
function queryObject(query: URLSearchParams): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {};
  for (const key of new Set(query.keys())) {
    const all = query.getAll(key);
    out[key] = all.length > 1 ? all : (all[0] ?? '');
  }
  return out;
}

function base(parts: AppParts, ctx: Koa.ParameterizedContext<State>): string {
  return parts.publicUrl ?? `${ctx.protocol}://${ctx.host}`;
}
