import { Readable } from 'node:stream';
import Koa from 'koa';
import { Forbidden, Unauthorized } from '#core/domain/errors.js';
import type { Identity, IdentityProvider } from '#core/identity/provider.js';
import { withLazyDeadline } from '#core/lib/deadline.js';
import type { Logger } from '#core/logging/logger.js';
import { readBody } from './body.js';
import { RequestCall } from './call.js';
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
import { ParsedQueries } from './parsed-queries.js';
import { requestId } from './request-id.js';
import { permits } from './role.js';
import type { AnyRoute, Call, Reply } from './route.js';
import { type Group, groupsOf, matches, router, type Serve } from './routing.js';
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
}

const DEFAULT_DEADLINE_MS = 60_000;
/** What they bring all the same is thrown away by node. */
const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE']);
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
  const open = groupsOf(
    parts.routes.filter((r) => r.public === true),
    dialect.bodyLimit,
  );
  const guarded = groupsOf(
    parts.routes.filter((r) => r.public !== true),
    dialect.bodyLimit,
  );
  const queries = new ParsedQueries();
  const serveBy =
    (group: Group): Serve<State> =>
    (ctx, params) =>
      serve(parts, queries, group, ctx, params);
  app.use(async (ctx, next) => {
    ctx.state.location = dialect.locate(ctx.path);
    const { path } = ctx.state.location;
    // Paths without parameters are found by name: the routers try all patterns, one after the other.
    const name = `${ctx.method} ${path}`;
    const group = open.get(name) ?? guarded.get(name);
    if (group === undefined || group.hasParameters) {
      // What the routers match instead of the path: the prefix rules are the dialect's.
      Object.assign(ctx, { newRouterPath: path });
      await next();
      return;
    }
    if (!open.has(name)) await authenticate(parts, ctx);
    await serveBy(group)(ctx, {});
  });
  app.use(router(open, serveBy).routes());
  app.use(async (ctx, next) => {
    await authenticate(parts, ctx);
    await next();
  });
  app.use(router(guarded, serveBy).routes());
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

async function authenticate(parts: AppParts, ctx: Koa.ParameterizedContext<State>): Promise<void> {
  const token = ctx.get('x-auth-token');
  if (token === '') throw new Unauthorized('no token');
  ctx.state.identity = await parts.identity.authenticate(token);
}

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
      ...fieldsOf(s),
      method: ctx.method,
      path: ctx.path,
      status: ctx.status,
      ms: Math.round(performance.now() - begun),
    };
    if (ctx.status >= 500) parts.log.error({ ...line, err: failure }, 'request failed');
    else parts.log.info(line, 'request');
  };
}

/** What every line about a request tells. */
const fieldsOf = ({ requestId: id, identity, route }: State): Record<string, string | null> => ({
  req_id: id,
  ...(identity !== null && { project_id: identity.projectId, user_id: identity.userId }),
  route,
});

/** The log of a request. Made when somebody asks for it: most requests have nothing to tell but their one line. */
const logOf = (parts: AppParts, s: State): Logger => parts.log.child(fieldsOf(s), true);

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
  // Before the body: Koa would look one up for it.
  if (reply.headers?.['Content-Type'] === undefined) {
    ctx.set('Content-Type', isFault ? 'application/json; charset=UTF-8' : 'application/json');
  }
  const isRaw = Buffer.isBuffer(reply.body) || reply.body instanceof Readable;
  ctx.body = isRaw ? reply.body : JSON.stringify(reply.body);
}

async function serve(
  parts: AppParts,
  queries: ParsedQueries,
  group: Group,
  ctx: Koa.ParameterizedContext<State>,
  params: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { dialect } = parts;
  const s = ctx.state;
  s.requested = ctx.get('openstack-api-version') || null;
  const version = dialect.negotiate(ctx.headers, s.location);
  s.version = version;
  const hasBody = !group.upload && !WITHOUT_BODY.has(ctx.method);
  const raw = hasBody ? await body(ctx, group.bodyLimit, dialect.jsonTypes ?? []) : null;
  const identity = s.identity;
  const { project } = s.location;
  if (identity !== null && project !== null && project !== identity.projectId) {
    throw new ProjectMismatch(project, identity.projectId);
  }
  const r = group.routes.find(
    (x) => version.minor >= (x.versions?.min ?? 0) && version.minor <= (x.versions?.max ?? Number.MAX_SAFE_INTEGER),
  );
  if (r === undefined) throw new NotInVersion(version.toString());
  s.route = r.name;
  if (identity !== null) allow(r, identity);
  const queryText = ctx.querystring;
  const deadline = r.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const reply = await withLazyDeadline(r.name, deadline, async (signal) => {
    const call = new RequestCall({
      context: context(s.requestId, identity),
      version,
      params: named(params),
      query: queries.get(r, version, queryText),
      body: r.body ? parse(r.body(version, s.location.lenient), raw, 'body', s.location.lenient) : undefined,
      queryText,
      baseUrl: base(parts, ctx),
      prefix: s.location.prefix,
      lenient: s.location.lenient,
      request: ctx.req,
      makeSignal: signal,
      makeLog: () => logOf(parts, s),
    });
    return r.handler(call);
  }).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'DeadlinePassed' && error.message.startsWith(r.name)) {
      throw new DeadlineExceeded(`the request took longer than ${deadline} ms`);
    }
    throw error;
  });
  answer(ctx, reply);
}

const named = (params: Readonly<Record<string, string | undefined>>): Record<string, string> => {
  const all: Record<string, string> = {};
  for (const name in params) all[name] = params[name] ?? '';
  return all;
};

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

function base(parts: AppParts, ctx: Koa.ParameterizedContext<State>): string {
  return parts.publicUrl ?? `${ctx.protocol}://${ctx.host}`;
}
