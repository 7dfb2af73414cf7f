import { STATUS_CODES } from 'node:http';
import {
  AlreadyExists,
  DomainError,
  Forbidden,
  InUse,
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
import { ImageTooLarge, UploadStalled } from '#core/image/embedded/image-files.js';

export const JSON_PATCH = 'application/openstack-images-v2.1-json-patch';

/** What Glance refuses with 403 whoever asks: a protected image, a read-only member. */
export class NotAllowed extends DomainError {}

/** What the state of the image does not allow. */
export class Conflict extends DomainError {}

/** The image is known, its data is not here. */
export class NoData extends DomainError {
  constructor(id: string, hosts: readonly string[]) {
    const where = hosts.length === 0 ? '' : `: it is on the container engine of ${hosts.join(', ')}`;
    super(`Image ${id} has no data here${where}`);
  }
}

export class NoSuchTag extends DomainError {
  constructor(id: string, tag: string) {
    super(`Image ${id} has no tag ${tag}`);
  }
}

/** There is no room for the data of an image. */
export class StorageFull extends DomainError {}

const VERSION = new MicroVersion(2, 15);
const BODY_LIMIT = 1_048_576;

/** HTTP as Glance has it. */
export const imageDialect: Dialect = {
  service: 'image',
  requestIdHeaders: ['x-openstack-request-id'],
  bodyLimit: BODY_LIMIT,
  jsonTypes: [JSON_PATCH],
  locate: (path) => ({ path, prefix: '', project: null, lenient: false }),
  negotiate: () => VERSION,
  versionHeaders: () => ({}),
  fault: (error) => fault(error),
};

/** Glance's own bodies are HTML, which no client reads; webob's JSON form is what its clients show when they get it. */
function fault(error: unknown): Fault {
  const { status, message, headers } = statusOf(error);
  const body = { code: `${status} ${STATUS_CODES[status] ?? ''}`, title: STATUS_CODES[status] ?? '', message };
  return headers === undefined ? { status, body } : { status, body, headers };
}

function statusOf(error: unknown): { status: number; message: string; headers?: Record<string, string> } {
  if (error instanceof Unauthorized)
    return { status: 401, message: 'This server could not verify that you are authorized.' };
  if (error instanceof Forbidden)
    return { status: 403, message: `You are not authorized to complete ${error.rule} action.` };
  if (error instanceof NotAllowed) return { status: 403, message: error.message };
  if (error instanceof NotFound) return { status: 404, message: `No image found with ID ${error.id}` };
  if (error instanceof NoData || error instanceof NoSuchTag) return { status: 404, message: error.message };
  if (error instanceof RouteNotFound) return { status: 404, message: 'The resource could not be found.' };
  if (error instanceof MethodNotAllowed) {
    const headers = { Allow: error.allow.join(', ') };
    return { status: 405, message: 'The method is not allowed for this resource.', headers };
  }
  if (error instanceof AlreadyExists) return { status: 409, message: `Image ID ${error.id} already exists!` };
  if (error instanceof Conflict || error instanceof InUse) return { status: 409, message: error.message };
  if (error instanceof BodyTooLarge || error instanceof ImageTooLarge || error instanceof StorageFull) {
    return { status: 413, message: error.message };
  }
  if (error instanceof UnsupportedMediaType) {
    return { status: 415, message: `The content type ${error.message} is not supported.` };
  }
  if (error instanceof UploadStalled) return { status: 408, message: error.message };
  if (error instanceof SchemaViolation) return { status: 400, message: schemaText(error) };
  if (error instanceof Invalid) return { status: 400, message: error.message };
  if (error instanceof MalformedBody) return { status: 400, message: 'The body is not JSON.' };
  if (error instanceof Unavailable || error instanceof DeadlineExceeded) {
    return { status: 503, message: 'The service is not available at the moment.' };
  }
  return { status: 500, message: 'The server has either erred or is incapable of performing the requested operation.' };
}

function schemaText(error: SchemaViolation): string {
  const at = error.path.join('.');
  const what = error.where === 'body' ? 'Provided object does not match schema' : 'Invalid query';
  return `${what}: ${at === '' ? '' : `${at}: `}${error.reason}`;
}
