import type { IncomingHttpHeaders } from 'node:http';
import type { MicroVersion } from './version.js';

export interface Fault {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FaultSource {
  readonly requestId: string;
  /** Negotiated, or null when the request did not get that far. */
  readonly version: MicroVersion | null;
  readonly headers: IncomingHttpHeaders;
  readonly baseUrl: string;
}

/** Where a path leads after the service's own prefix rules. */
export interface Location {
  /** Path that the routes are matched against. */
  readonly path: string;
  readonly prefix: string;
  /** Project id in the URL, if there is one. */
  readonly project: string | null;
  readonly lenient: boolean;
}

/** What one service does its own way in HTTP: everything else of the pipeline is shared. */
export interface Dialect {
  readonly service: 'compute' | 'container' | 'identity' | 'image' | 'network';
  /** Names under which the request id is answered. */
  readonly requestIdHeaders: readonly string[];
  readonly bodyLimit: number;
  /** Media types, beside the usual ones, whose bodies are JSON. */
  readonly jsonTypes?: readonly string[];
  locate(path: string): Location;
  /** Paths that answer 404 instead of 405 to a method that they do not have. */
  hidesMethods?(path: string): boolean;
  /** @throws VersionMalformed, VersionOutOfRange */
  negotiate(headers: IncomingHttpHeaders, location: Location): MicroVersion;
  /** Headers of every answer; `requested` is what the client sent when it was refused. */
  versionHeaders(version: MicroVersion | null, requested: string | null, location: Location): Record<string, string>;
  /** Turns any error into the service's own answer. Unknown errors must come out as its 500, with nothing internal in it. */
  fault(error: unknown, source: FaultSource): Fault;
}
