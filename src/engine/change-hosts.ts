import { InUse } from '#core/domain/errors.js';
import type { HostUsage } from '#core/domain/host.js';
import type { HostChange } from '#core/store/host-store.js';
import type { Engine } from './engine.js';
import { getHost } from './hosts.js';

export type { HostChange } from '#core/store/host-store.js';

/**
 * What an operator says of a host by its name. One that is disabled or forced down takes no new containers from the moment on that
 * this returns; those that it has stay.
 * @returns the host as it is now
 * @throws NotFound('host')
 */
export async function changeHost(engine: Engine, name: string, change: HostChange): Promise<HostUsage> {
  await engine.store.database.transaction(async (transaction) => {
    await engine.store.hosts.lockPlacement(transaction);
    await engine.store.hosts.change(name, change, transaction);
  });
  return getHost(engine, name);
}

/**
 * Forgets a host that has no containers. One whose agent is alive registers again with its next report, as a new and enabled one.
 * @throws NotFound('host'), InUse
 */
export async function deleteHost(engine: Engine, name: string): Promise<void> {
  await engine.store.database.transaction(async (transaction) => {
    await engine.store.hosts.lockPlacement(transaction);
    const containers = await engine.store.hosts.containersOf(name, transaction);
    if (containers > 0) throw new InUse(`Host ${name} still has ${containers} containers.`);
    await engine.store.hosts.remove(name, transaction);
  });
}
