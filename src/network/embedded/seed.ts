import { Invalid } from '#core/domain/errors.js';
import { bridgeAddress, defaultPools, freeSubnet } from '#core/domain/subnet-addresses.js';
import { parseIpv4Block } from '#core/lib/ipv4.js';
import type { NetworkStore } from '#core/store/network-store.js';

/** Where the networks that the deployment makes by itself get their /24s from, when the configuration says nothing else. */
export const NETWORK_BASE = '10.87.0.0/16';

export interface SeedProject {
  readonly id: string;
  readonly name: string;
  /** Name of its network. Default: `private` for the project `demo`, `<project>-private` for others. */
  readonly network?: string;
}

export interface NetworkSeed {
  readonly projects: readonly SeedProject[];
  /** CIDRs that the engine's networks use already. */
  readonly usedSubnets: readonly string[];
  /** CIDR. Default: NETWORK_BASE. */
  readonly base?: string;
}

/**
 * Gives each project without a network one, with a /24 that nothing else uses. Projects that have a network keep what they
 * have, so it can run at every start. @returns the names of the networks that were made
 * @throws Invalid when no /24 of the base is free
 */
export async function seedNetworks(store: NetworkStore, seed: NetworkSeed): Promise<string[]> {
  const base = seed.base ?? NETWORK_BASE;
  if (parseIpv4Block(base) === null) throw new Invalid(`'${base}' is not an IPv4 CIDR`, 'base');
  return store.seeding(async (t) => {
    const have = await store.projectsWithNetworks(t);
    const taken = [...seed.usedSubnets, ...(await store.subnets.cidrs(t))];
    const made: string[] = [];
    for (const project of seed.projects) {
      if (have.has(project.id)) continue;
      const cidr = freeSubnet(base, taken);
      if (cidr === null)
        throw new Invalid(`no /24 of ${base} is free for the network of project ${project.name}`, 'base');
      const name = project.network ?? (project.name === 'demo' ? 'private' : `${project.name}-private`);
      const network = await store.networks.insert(
        { projectId: project.id, name, description: '', shared: false, adminStateUp: true },
        t,
      );
      const gatewayIp = bridgeAddress(cidr, null);
      await store.subnets.insert(
        {
          networkId: network.id,
          projectId: project.id,
          name: `${name}-subnet`,
          description: '',
          cidr,
          gatewayIp,
          allocationPools: defaultPools(cidr, gatewayIp),
          dnsNameservers: [],
          enableDhcp: true,
        },
        t,
      );
      taken.push(cidr);
      made.push(name);
    }
    return made;
  });
}
