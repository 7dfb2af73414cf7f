import { stableId } from './roles.js';

/** One service and the address that all its interfaces have. */
export interface CatalogEntry {
  /** `compute`, `image`, `network`, `container`, `identity` ... */
  readonly type: string;
  readonly name: string;
  readonly url: string;
}

export interface CatalogConfig {
  readonly region: string;
  readonly entries: readonly CatalogEntry[];
}

export const INTERFACES = ['public', 'internal', 'admin'] as const;

/** A service with its endpoints, as tokens carry it. */
export interface CatalogService {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly endpoints: readonly CatalogEndpoint[];
}

export interface CatalogEndpoint {
  readonly id: string;
  readonly interface: (typeof INTERFACES)[number];
  readonly region: string;
  readonly region_id: string;
  readonly url: string;
}

/** Ids follow from names, so that they survive a restart. */
export function catalogOf(config: CatalogConfig): CatalogService[] {
  return config.entries.map((entry) => ({
    id: stableId(`service ${entry.type}`),
    type: entry.type,
    name: entry.name,
    endpoints: INTERFACES.map((face) => ({
      id: stableId(`endpoint ${config.region} ${entry.type} ${face}`),
      interface: face,
      region: config.region,
      region_id: config.region,
      url: entry.url,
    })),
  }));
}

export interface ServiceAddresses {
  /** Scheme and host without a port: `http://controller`. */
  readonly origin: string;
  readonly compute: number;
  readonly container: number;
  readonly identity: number;
  readonly image: number;
  readonly network: number;
}

/**
 * The catalog of the stand-alone mode. Image and network are unversioned, because novaclient and neutronclient append the version
 * themselves (nova-api 6.1).
 */
export function standardCatalog(region: string, at: ServiceAddresses): CatalogConfig {
  return {
    region,
    entries: [
      { type: 'compute', name: 'nova', url: `${at.origin}:${at.compute}/v2.1` },
      { type: 'image', name: 'glance', url: `${at.origin}:${at.image}` },
      { type: 'network', name: 'neutron', url: `${at.origin}:${at.network}` },
      { type: 'container', name: 'zun', url: `${at.origin}:${at.container}/v1` },
      { type: 'identity', name: 'keystone', url: `${at.origin}:${at.identity}/v3` },
    ],
  };
}
