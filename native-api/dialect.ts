import type { Dialect, Location } from '#core/http/dialect.js';
import { fault } from './faults.js';
import { MIN, negotiate, versionHeaders } from './versions.js';

/** Room for many labels and environment variables; archives have a limit of their own. */
const BODY_LIMIT = 1_048_576;

const VERSION = 'v1';

/** An action of a container, a service or an image: its name answers 404 to any other method (native-api.md 1.3). */
const ACTION = /^\/v1\/(containers\/[^/]+\/(?!container_actions$)[^/]+|services\/[^/]+|images\/[^/]+\/search)$/;

/**
 * Empty segments do not count, a closing slash neither, and a path that does not begin with the version means the same as with it.
 * Segments stay percent-encoded: the router decodes each by itself, so that an encoded slash is part of a name.
 */
function locate(path: string): Location {
  const segments = path.split('/').filter((s) => s !== '');
  const isPrefixed = segments[0] === VERSION;
  const below = isPrefixed || segments.length === 0 ? segments : [VERSION, ...segments];
  return { path: `/${below.join('/')}`, prefix: isPrefixed ? `/${VERSION}` : '', project: null, lenient: false };
}

/** HTTP as Zun has it. */
export const nativeDialect: Dialect = {
  service: 'container',
  requestIdHeaders: ['x-openstack-request-id'],
  bodyLimit: BODY_LIMIT,
  locate,
  hidesMethods: (path) => ACTION.test(path),
  negotiate: (headers, location) => (location.path === '/' ? MIN : negotiate(headers)),
  // The root has no version, and who is refused for his token is told nothing.
  versionHeaders: (version, requested, location) =>
    location.path === '/' || (version === null && requested === null) ? {} : versionHeaders(version),
  fault,
};
