import { MAX, MIN } from '../versions.js';

export const DOCUMENTATION = 'https://docs.openstack.org/api-ref/application-container/';

const COLLECTIONS = [
  'services',
  'containers',
  'images',
  'networks',
  'hosts',
  'capsules',
  'availability_zones',
  'quotas',
  'quota_classes',
  'registries',
] as const;

/** Document of `GET /` (native-api.md 1.1). Clients look for the status and the two versions. */
export function rootDocument(baseUrl: string): Record<string, unknown> {
  const version = {
    id: 'v1',
    status: 'CURRENT',
    min_version: MIN.toString(),
    max_version: MAX.toString(),
    links: [{ href: `${baseUrl}/v1/`, rel: 'self' }],
  };
  return {
    name: 'OpenStack Zun API',
    description: 'Zun is an OpenStack project which aims to provide containers as a service.',
    versions: [version],
    default_version: version,
  };
}

/** Document of `GET /v1` (native-api.md 1.2). */
export function versionDocument(baseUrl: string): Record<string, unknown> {
  const collections: Record<string, unknown> = {};
  for (const name of COLLECTIONS) {
    collections[name] = [
      { href: `${baseUrl}/v1/${name}/`, rel: 'self' },
      { href: `${baseUrl}/${name}/`, rel: 'bookmark' },
    ];
  }
  return {
    id: 'v1',
    media_types: [{ base: 'application/json', type: 'application/vnd.openstack.zun.v1+json' }],
    links: [
      { href: `${baseUrl}/v1/`, rel: 'self' },
      { href: DOCUMENTATION, rel: 'describedby', type: 'text/html' },
    ],
    ...collections,
  };
}
