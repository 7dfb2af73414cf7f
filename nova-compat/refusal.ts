import { RequestError } from '#core/http/errors.js';

/**
 * A refusal that the compute API words itself: the message is Nova's, or names what containers cannot do. Everything that other
 * parts of the service know about has an error class of its own, which `faults.ts` words.
 */
export class Refusal extends RequestError {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const badRequest = (message: string): Refusal => new Refusal(400, message);
export const forbidden = (message: string): Refusal => new Refusal(403, message);
export const notFound = (message: string): Refusal => new Refusal(404, message);
export const conflict = (message: string): Refusal => new Refusal(409, message);
export const notImplemented = (message: string): Refusal => new Refusal(501, message);

/** Removed from Nova for good, at every microversion. */
export const gone = (): Refusal =>
  new Refusal(410, 'This resource is no longer available. No forwarding address is given.');

/** The path is none of the API's: answered with the versions that there are. */
export class NoSuchVersion extends RequestError {
  constructor(readonly path: string) {
    super(`no API version at ${path}`);
  }
}
