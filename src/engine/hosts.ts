import type { HostUsage } from '#core/domain/host.js';
import type { Engine } from './engine.js';

/** All hosts with what is claimed of them, by name. */
export const listHosts = (engine: Engine): Promise<HostUsage[]> =>
  engine.store.hosts.list(engine.defaults.serviceDownSeconds);

/** By name or uuid. @throws NotFound('host') */
export const getHost = (engine: Engine, id: string): Promise<HostUsage> =>
  engine.store.hosts.find(id, engine.defaults.serviceDownSeconds);

export interface Zone {
  readonly name: string;
  /** At least one of its hosts is enabled and up. */
  readonly available: boolean;
  readonly hosts: readonly HostUsage[];
}

/** Availability zones are those of the hosts; the default zone exists even before there is a host. */
export async function listZones(engine: Engine): Promise<Zone[]> {
  const hosts = await listHosts(engine);
  const names = [...new Set([engine.defaults.availabilityZone, ...hosts.map((h) => h.availabilityZone)])].sort();
  return names.map((name) => {
    const members = hosts.filter((h) => h.availabilityZone === name);
    return { name, hosts: members, available: members.some((h) => h.up && h.enabled) };
  });
}
