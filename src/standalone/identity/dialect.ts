import { STATUS_CODES } from 'node:http';
import {
  AlreadyExists,
  DomainError,
  Forbidden,
  Invalid,
  NotFound,
  Unauthorized,
  Unavailable,
} from '#core/domain/errors.js';
import type { Dialect, Fault } from '#core/http/dialect.js';
import {
  BodyTooLarge,
  DeadlineExceeded,
  MalformedBody,
  MethodNotAllowed,
  RouteNotFound,
  SchemaViolation,
  UnsupportedMediaType,
} from '#core/http/errors.js';
import { MicroVersion } from '#core/http/version.js';

/** Nothing has this id: a kind that only this service knows. */
export class NoSuch extends DomainError {
  constructor(
    readonly kind: string,
    readonly id: string,
  ) {
    super(`Could not find ${kind}: ${id}.`);
  }
}

/** The client wants to prove itself in a way that is not offered. */
export class UnsupportedAuthMethod extends Unauthorized {}

const VERSION = new MicroVersion(3, 14);
const BODY_LIMIT = 114_688;

/** HTTP as Keystone has it. */
export const identityDialect: Dialect = {
  service: 'identity',
  requestIdHeaders: ['x-openstack-request-id'],
  bodyLimit: BODY_LIMIT,
  locate: (path) => ({ path, prefix: '', project: null, lenient: false }),
  negotiate: () => VERSION,
  versionHeaders: () => ({ Vary: 'X-Auth-Token' }),
  fault: (error) => fault(error),
};

function fault(error: unknown): Fault {
  const { status, message, headers } = statusOf(error);
  const body = { error: { code: status, title: STATUS_CODES[status] ?? 'Error', message } };
  return headers === undefined ? { status, body } : { status, body, headers };
}

/** Texts are Keystone's own (keystone/exception.py). */
function statusOf(error: unknown): { status: number; message: string; headers?: Record<string, string> } {
  if (error instanceof UnsupportedAuthMethod) {
    return { status: 401, message: 'Attempted to authenticate with an unsupported method.' };
  }
  if (error instanceof Unauthorized) {
    return { status: 401, message: 'The request you have made requires authentication.' };
  }
  if (error instanceof Forbidden) {
    return { status: 403, message: `You are not authorized to perform the requested action: ${error.rule}.` };
  }
  if (error instanceof NotFound) return { status: 404, message: `Could not find ${error.kind}: ${error.id}.` };
  if (error instanceof RouteNotFound) {
    return { status: 404, message: 'The requested URL was not found on the server.' };
  }
  if (error instanceof MethodNotAllowed) {
    const headers = { Allow: error.allow.join(', ') };
    return { status: 405, message: 'The method is not allowed for the requested URL.', headers };
  }
  if (error instanceof AlreadyExists) {
    const message = `Conflict occurred attempting to store ${error.kind} - Duplicate entry found with name ${error.id} at domain ID default.`;
    return { status: 409, message };
  }
  if (error instanceof NoSuch) return { status: 404, message: error.message };
  if (error instanceof BodyTooLarge) return { status: 413, message: error.message };
  if (error instanceof UnsupportedMediaType) {
    return { status: 415, message: `The content type ${error.message} is not supported.` };
  }
  if (error instanceof SchemaViolation) return { status: 400, message: schemaText(error) };
  if (error instanceof Invalid) return { status: 400, message: error.message };
  if (error instanceof MalformedBody) {
    return { status: 400, message: 'The request body could not be decoded: it is not JSON.' };
  }
  if (error instanceof Unavailable || error instanceof DeadlineExceeded) {
    return { status: 503, message: 'The service is currently unable to handle the request.' };
  }
  const message = 'An unexpected error prevented the server from fulfilling your request.';
  return { status: 500, message };
}

function schemaText(error: SchemaViolation): string {
  const at = error.path.at(-1);
  return at === undefined ? error.reason : `Invalid input for field '${at}': ${error.reason}`;
}
