import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type Joi from 'joi';
import type { RequestContext } from '#core/domain/context.js';
import type { Logger } from '#core/logging/logger.js';
import type { MicroVersion } from './version.js';

/** A request after authentication and validation: all that a handler gets. `body` and `query` are what the schemas returned. */
export interface Call<Body = unknown, Query = unknown> {
  readonly context: RequestContext;
  readonly version: MicroVersion;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Body;
  readonly query: Query;
  /** Query string as sent, without its question mark. */
  readonly queryText: string;
  /** The same, taken apart: for the next links of pages. */
  readonly rawQuery: URLSearchParams;
  /** Scheme and host of the client's view (`http://host:8774`), without a trailing slash. */
  readonly baseUrl: string;
  /** What the path had in front of the route (`/v2.1`, `/v2.1/<project>`). */
  readonly prefix: string;
  /** Nova's legacy `/v2`: unknown members are dropped instead of refused. */
  readonly lenient: boolean;
  readonly headers: IncomingHttpHeaders;
  /** The body as it arrives, for routes with `upload`; an ended stream for all others. */
  readonly upload: Readable;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

export interface Reply {
  readonly status: number;
  /** Sent as JSON. undefined: no body at all. A Buffer: JSON that is rendered already. A Readable: piped as it comes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One endpoint (of one range of versions). The tables of routes are what serves, and what the documents are checked against. */
export interface Route<Body = unknown, Query = unknown> {
  /** Name in the service's policy (`os_compute_api:servers:create`, `container:create`): shown in logs and refusals. */
  readonly name: string;
  readonly method: Method;
  /** Path below the version prefix, with `:params`. */
  readonly path: string;
  /** Minor numbers, both inclusive. */
  readonly versions?: { readonly min?: number; readonly max?: number };
  /** Served without a token. */
  readonly public?: boolean;
  /** Who may call it, by role; `reader` is any member of the project. Default: `member` for writes, `reader` for reads. */
  readonly role?: 'reader' | 'member' | 'admin';
  readonly query?: (version: MicroVersion) => Joi.ObjectSchema<Query>;
  /** `lenient` as in `Call`. */
  readonly body?: (version: MicroVersion, lenient: boolean) => Joi.Schema<Body>;
  /** The handler reads the body itself, of any media type and length, from `call.upload`. */
  readonly upload?: boolean;
  /** Largest body in bytes, where it differs from the app's. */
  readonly bodyLimit?: number;
  /** Milliseconds; default 60 s. */
  readonly deadlineMs?: number;
  readonly handler: (call: Call<Body, Query>) => Promise<Reply> | Reply;
}

/** A route of any body and query: what a table holds. */
export interface AnyRoute extends Omit<Route, 'handler' | 'query' | 'body'> {
  readonly query?: (version: MicroVersion) => Joi.ObjectSchema;
  readonly body?: (version: MicroVersion, lenient: boolean) => Joi.Schema;
  readonly handler: (call: Call) => Promise<Reply> | Reply;
}

/**
 * Makes a table entry of a typed route. The one cast of the pipeline: `app.ts` hands the handler exactly what the route's own
 * schemas returned, so the types hold.
 */
export function route<Body = undefined, Query = Record<string, never>>(r: Route<Body, Query>): AnyRoute {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return r as unknown as AnyRoute;
}
