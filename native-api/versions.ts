import type { IncomingHttpHeaders } from 'node:http';
import { NotInVersion, VersionMalformed, VersionOutOfRange } from '#core/http/errors.js';
import { MicroVersion } from '#core/http/version.js';

/** Microversions of the native API (native-api.md 1). Only minors differ; the documents are views/versions.ts. */
export const MIN = new MicroVersion(1, 1);
export const MAX = new MicroVersion(1, 40);

/** The header names no version of this service. */
export class OtherService extends VersionMalformed {}

const HEADER = 'openstack-api-version';

/**
 * The version of a request: `container X.Y` or `container latest`, also as one element of a list, as other services have it.
 * @throws OtherService, VersionMalformed, VersionOutOfRange
 */
export function negotiate(headers: IncomingHttpHeaders): MicroVersion {
  const header = headers[HEADER];
  const text = typeof header === 'string' ? header.trim() : '';
  if (text === '') return MIN;
  const elements = text.split(',').map((e) => e.trim().split(/\s+/));
  const own = elements.find((e) => e.length === 2 && e[0]?.toLowerCase() === 'container');
  // Upstream does not look at the service of a lone `latest`.
  const latest =
    elements.length === 1 ? elements.find((e) => e.length === 2 && e[1]?.toLowerCase() === 'latest') : undefined;
  const [, wanted] = own ?? latest ?? [];
  if (wanted === undefined) throw new OtherService(text);
  if (wanted.toLowerCase() === 'latest') return MAX;
  const version = MicroVersion.parse(wanted);
  if (version === null) throw new VersionMalformed(wanted);
  if (version.compare(MIN) < 0 || version.compare(MAX) > 0) throw new VersionOutOfRange(wanted);
  return version;
}

/** Headers that say which version an answer is in. What was asked for and refused is answered in the oldest one. */
export function versionHeaders(version: MicroVersion | null): Record<string, string> {
  return {
    'OpenStack-API-Version': `container ${(version ?? MIN).toString()}`,
    'OpenStack-API-Minimum-Version': `container ${MIN.toString()}`,
    'OpenStack-API-Maximum-Version': `container ${MAX.toString()}`,
    Vary: 'OpenStack-API-Version',
  };
}

/** Why a version is refused, in upstream's words. */
export function refusalText(error: VersionMalformed | VersionOutOfRange | NotInVersion): string {
  if (error instanceof NotInVersion) {
    return `Version ${error.version} was requested but the requested API is not supported for this version.`;
  }
  if (error instanceof OtherService) return 'Invalid service type for OpenStack-API-Version header';
  if (error instanceof VersionMalformed) return 'Invalid value for OpenStack-API-Version header';
  const range = `The supported version range is: [container ${MIN.toString()}, container ${MAX.toString()}].`;
  return MicroVersion.parse(error.requested)?.major === MAX.major
    ? `Version ${error.requested} was requested but the minor version is not supported by this service. ${range}`
    : `Mutually exclusive versions requested. Version ${error.requested} requested but not supported by this service. ${range}`;
}
