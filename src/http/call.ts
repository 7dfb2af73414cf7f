import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { RequestContext } from '#core/domain/context.js';
import type { Logger } from '#core/logging/logger.js';
import type { Call } from './route.js';
import type { MicroVersion } from './version.js';

/** What a call is made of, by name. */
export interface CallParts {
  readonly context: RequestContext;
  readonly version: MicroVersion;
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly queryText: string;
  readonly baseUrl: string;
  readonly prefix: string;
  readonly lenient: boolean;
  readonly request: IncomingMessage;
  readonly makeSignal: () => AbortSignal;
  readonly makeLog: () => Logger;
}

/** A call whose rarer members are made when a handler asks for them. */
export class RequestCall implements Call {
  readonly context: RequestContext;
  readonly version: MicroVersion;
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly queryText: string;
  readonly baseUrl: string;
  readonly prefix: string;
  readonly lenient: boolean;
  readonly headers: IncomingHttpHeaders;
  readonly upload: IncomingMessage;
  private readonly makeSignal: () => AbortSignal;
  private readonly makeLog: () => Logger;

  constructor(parts: CallParts) {
    this.context = parts.context;
    this.version = parts.version;
    this.params = parts.params;
    this.query = parts.query;
    this.body = parts.body;
    this.queryText = parts.queryText;
    this.baseUrl = parts.baseUrl;
    this.prefix = parts.prefix;
    this.lenient = parts.lenient;
    this.headers = parts.request.headers;
    this.upload = parts.request;
    this.makeSignal = parts.makeSignal;
    this.makeLog = parts.makeLog;
  }

  get rawQuery(): URLSearchParams {
    return new URLSearchParams(this.queryText);
  }

  get signal(): AbortSignal {
    return this.makeSignal();
  }

  get log(): Logger {
    return this.makeLog();
  }
}
