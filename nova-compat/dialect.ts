import { Unauthorized, Unavailable } from '#core/domain/errors.js';
import type { Dialect, Fault, FaultSource } from '#core/http/dialect.js';
import { BodyTooLarge, VersionOutOfRange } from '#core/http/errors.js';
import type { MicroVersion } from '#core/http/version.js';
import { answerOf, faultBody } from './faults.js';
import { NoSuchVersion } from './refusal.js';
import { choices, locate, negotiate, versionHeaders } from './versions.js';

/** Of oslo.middleware, which Nova has in front of everything. */
const BODY_LIMIT = 114_688;

/** keystonemiddleware's body, not Nova's. */
const UNAUTHORIZED = {
  error: { message: 'The request you have made requires authentication.', code: 401, title: 'Unauthorized' },
};

/** The size limit of oslo.middleware answers before Nova can: a body of WebOb, not one of Nova's faults. */
const TOO_LARGE = {
  message: 'Request is too large.<br /><br />\n\n\n',
  code: '413 Request Entity Too Large',
  title: 'Request Entity Too Large',
};

const RETRY_AFTER_SECONDS = '5';

/** HTTP as Nova has it (nova-api.md 1, 2). */
export const novaDialect = (max: MicroVersion): Dialect => ({
  service: 'compute',
  requestIdHeaders: ['x-compute-request-id', 'x-openstack-request-id'],
  bodyLimit: BODY_LIMIT,
  jsonTypes: ['application/vnd.openstack.compute+json'],
  locate,
  hidesMethods: () => true,
  negotiate: (headers, location) => negotiate(headers, location, max),
  versionHeaders: (version, _requested, location) =>
    version === null || location.lenient || location.prefix === '' ? {} : versionHeaders(version.toString()),
  fault: (error, source) => fault(error, source, max),
});

function fault(error: unknown, { baseUrl }: FaultSource, max: MicroVersion): Fault {
  const bare = { 'Content-Type': 'application/json' };
  if (error instanceof NoSuchVersion) return { status: 300, body: choices(baseUrl, max, error.path), headers: bare };
  if (error instanceof Unauthorized) return { status: 401, body: UNAUTHORIZED, headers: bare };
  if (error instanceof BodyTooLarge) return { status: 413, body: TOO_LARGE };
  const answer = answerOf(error, max.toString());
  const body = faultBody(answer);
  // The only refusal that says which version it refused.
  if (error instanceof VersionOutOfRange) return { status: 406, body, headers: versionHeaders(error.requested) };
  if (error instanceof Unavailable)
    return { status: answer.status, body, headers: { 'Retry-After': RETRY_AFTER_SECONDS } };
  return { status: answer.status, body };
}
