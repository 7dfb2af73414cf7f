import { Unavailable } from '#core/domain/errors.js';
import type { RuntimeDriver } from '#core/runtime/driver.js';
import type { HostAgent, HostGateway } from './host-gateway.js';

/** The agents of this process: the driver of the host itself. */
export function localGateway(drivers: ReadonlyMap<string, RuntimeDriver>): HostGateway {
  return {
    agentOf: (host): HostAgent => {
      const driver = host === null ? undefined : drivers.get(host);
      if (driver === undefined) throw new Unavailable('host', `No agent serves the host ${host ?? '(none)'}.`);
      return driver;
    },
  };
}
