import type { IncomingHttpHeaders } from 'node:http';
import type { Location } from '#core/http/dialect.js';
import { RouteNotFound, VersionMalformed, VersionOutOfRange } from '#core/http/errors.js';
import { MicroVersion } from '#core/http/version.js';
import { NoSuchVersion } from './refusal.js';

export const MIN_VERSION = MicroVersion.of('2.1');
/** The ceiling of python-novaclient; 2.97 and up are for things that containers have not (nova-api.md 1.3). */
export const MAX_VERSION = MicroVersion.of('2.96');

/** Path of the version document inside a project, which needs a token. */
export const PROJECT_ROOT = '/versions/v2.1';

const PROJECT = /^[0-9a-f-]+$/;

/**
 * Splits `/v2.1[/project]/servers` into prefix, project and route. `/v2` is the same API at 2.1, lenient about unknown members. A
 * trailing slash is tolerated everywhere.
 * @throws NoSuchVersion for what is under no version; RouteNotFound for a zero byte, which no name of anything has
 */
export function locate(path: string): Location {
  if (path.includes('%00')) throw new RouteNotFound(path);
  if (path === '/' || path === '') return { path: '/', prefix: '', project: null, lenient: false };
  const [, version = '', ...rest] = path.split('/');
  if (version !== 'v2.1' && version !== 'v2') throw new NoSuchVersion(path);
  const lenient = version === 'v2';
  while (rest.at(-1) === '') rest.pop();
  const [first] = rest;
  if (first === undefined) return { path: '/', prefix: `/${version}`, project: null, lenient };
  if (!PROJECT.test(first)) return { path: `/${rest.join('/')}`, prefix: `/${version}`, project: null, lenient };
  const route = rest.slice(1);
  const inside = route.length === 0 ? PROJECT_ROOT : `/${route.join('/')}`;
  return { path: inside, prefix: `/${version}/${first}`, project: first, lenient };
}

/** What the headers ask for, in the order of precedence; null: nothing. */
function requested(headers: IncomingHttpHeaders): string | null {
  const standard = headers['openstack-api-version'];
  const text = Array.isArray(standard) ? standard.join(',') : (standard ?? '');
  for (const entry of text.split(',')) {
    const [service, version] = entry.trim().split(/\s+/);
    if (service?.toLowerCase() === 'compute' && version !== undefined) return version;
  }
  const legacy = headers['x-openstack-nova-api-version'];
  return typeof legacy === 'string' && legacy.trim() !== '' ? legacy.trim() : null;
}

/**
 * The effective version of a request.
 * @throws VersionMalformed, VersionOutOfRange
 */
export function negotiate(headers: IncomingHttpHeaders, location: Location, max: MicroVersion): MicroVersion {
  const wanted = location.lenient ? null : requested(headers);
  if (wanted === null) return MIN_VERSION;
  if (wanted === 'latest') return max;
  const version = MicroVersion.parse(wanted);
  if (version === null) throw new VersionMalformed(wanted);
  if (version.compare(MIN_VERSION) < 0 || version.compare(max) > 0) throw new VersionOutOfRange(wanted);
  return version;
}

const VARY = 'OpenStack-API-Version, X-OpenStack-Nova-API-Version';

/** `version` is a number, never `latest`. */
export const versionHeaders = (version: string): Record<string, string> => ({
  'OpenStack-API-Version': `compute ${version}`,
  'X-OpenStack-Nova-API-Version': version,
  Vary: VARY,
});

interface Api {
  readonly id: 'v2.0' | 'v2.1';
  readonly status: string;
  readonly version: string;
  readonly min_version: string;
  readonly updated: string;
  readonly path: string;
  readonly mediaVersion: string;
}

const apis = (max: MicroVersion): readonly [Api, Api] => [
  {
    id: 'v2.0',
    status: 'SUPPORTED',
    version: '',
    min_version: '',
    updated: '2011-01-21T11:33:21Z',
    path: '/v2/',
    mediaVersion: '2',
  },
  {
    id: 'v2.1',
    status: 'CURRENT',
    version: max.toString(),
    min_version: MIN_VERSION.toString(),
    updated: '2013-07-23T11:33:21Z',
    path: '/v2.1/',
    mediaVersion: '2.1',
  },
];

const mediaTypes = (api: Api): unknown => [
  { base: 'application/json', type: `application/vnd.openstack.compute+json;version=${api.mediaVersion}` },
];

/** `GET /` */
export const versionList = (base: string, max: MicroVersion): unknown => ({
  versions: apis(max).map(({ id, status, version, min_version, updated, path }) => ({
    id,
    status,
    version,
    min_version,
    updated,
    links: [{ rel: 'self', href: `${base}${path}` }],
  })),
});

/** `GET /v2.1`, `GET /v2` */
export function versionDocument(base: string, max: MicroVersion, legacy: boolean): unknown {
  const [v20, v21] = apis(max);
  const api = legacy ? v20 : v21;
  const { id, status, version, min_version, updated, path } = api;
  return {
    version: {
      id,
      status,
      version,
      min_version,
      updated,
      links: [
        { rel: 'self', href: `${base}${path}` },
        { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' },
      ],
      'media-types': mediaTypes(api),
    },
  };
}

/** The answer to a path that is under no version: 300. */
export const choices = (base: string, max: MicroVersion, path: string): unknown => ({
  choices: apis(max).map((api) => ({
    id: api.id,
    status: api.status,
    links: [{ rel: 'self', href: `${base}${api.path.slice(0, -1)}${path}` }],
    'media-types': mediaTypes(api),
  })),
});
