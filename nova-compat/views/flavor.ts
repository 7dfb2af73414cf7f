import type { Flavor } from '#core/domain/records.js';
import type { MicroVersion } from '#core/http/version.js';
import { type LinkRoots, linksOf } from './links.js';

const pathOf = (f: Flavor): string => `/flavors/${encodeURIComponent(f.flavorId)}`;

export const briefFlavor = (f: Flavor, links: LinkRoots, version: MicroVersion): Record<string, unknown> => ({
  id: f.flavorId,
  name: f.name,
  links: linksOf(links, pathOf(f)),
  ...(version.atLeast(55) && { description: f.description }),
});

/** All members (nova-api.md 4.14). No swap is `""` below 2.75. */
export const flavorView = (f: Flavor, links: LinkRoots, version: MicroVersion): Record<string, unknown> => ({
  id: f.flavorId,
  name: f.name,
  ram: f.ramMb,
  disk: f.diskGb,
  swap: f.swapMb === 0 && !version.atLeast(75) ? '' : f.swapMb,
  'OS-FLV-EXT-DATA:ephemeral': f.ephemeralGb,
  'OS-FLV-DISABLED:disabled': f.disabled,
  vcpus: f.vcpus,
  'os-flavor-access:is_public': f.isPublic,
  rxtx_factor: f.rxtxFactor,
  links: linksOf(links, pathOf(f)),
  ...(version.atLeast(55) && { description: f.description }),
  ...(version.atLeast(61) && { extra_specs: f.extraSpecs }),
});
