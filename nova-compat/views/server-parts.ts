import type { Container } from '#core/domain/container.js';
import type { ServerState } from '../status.js';

/** `plain`: version and address only, as sub-resources and old updates show them. */
export type Detail = 'full' | 'plain';

export interface Address {
  readonly version: 4 | 6;
  readonly addr: string;
  readonly 'OS-EXT-IPS:type'?: 'fixed';
  readonly 'OS-EXT-IPS-MAC:mac_addr'?: string;
}

/** By network name, in the order of the interfaces; nothing while the server is being built. */
export function addressesOf(c: Container, state: ServerState, detail: Detail): Record<string, Address[]> {
  // Not a plain object: networks may be named like its own members.
  const byNetwork = new Map<string, Address[]>();
  if (state.vmState === 'building' || state.vmState === 'deleted') return {};
  for (const port of c.ports) {
    const addresses = port.fixedIps.map(
      ({ version, address }): Address =>
        detail === 'plain'
          ? { version, addr: address }
          : { version, addr: address, 'OS-EXT-IPS:type': 'fixed', 'OS-EXT-IPS-MAC:mac_addr': port.macAddress },
    );
    byNetwork.set(port.networkName, [...(byNetwork.get(port.networkName) ?? []), ...addresses]);
  }
  return Object.fromEntries(byNetwork);
}

/** Names of the groups of all ports, as often as they occur; null where Nova leaves the member out. */
export function securityGroupsOf(c: Container, state: ServerState): { readonly name: string }[] | null {
  if (c.ports.length === 0 || state.vmState === 'building') return null;
  return c.ports.flatMap((p) => p.securityGroups.map(({ name }) => ({ name })));
}

const METADATA_KEY = /^[a-zA-Z0-9\-_:. ]{1,255}$/;
const MAX_VALUE = 255;

/** Metadata of servers; of containers made natively their labels, as far as they would be legal metadata (nova-api.md 5.13). */
export function metadataOf(c: Container): Readonly<Record<string, string>> {
  if (c.frontEnd === 'nova') return c.server.metadata;
  const labels = Object.entries(c.spec.labels).filter(([k, v]) => METADATA_KEY.test(k) && v.length <= MAX_VALUE);
  return { ...Object.fromEntries(labels), ...c.server.metadata };
}
