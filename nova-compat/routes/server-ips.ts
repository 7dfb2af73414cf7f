import type { Engine } from '#core/engine/engine.js';
import { getContainer } from '#core/engine/find-container.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { notFound } from '../refusal.js';
import { stateOf } from '../status.js';
import { addressesOf } from '../views/server-parts.js';
import { idOf } from './servers.js';

/** Addresses of a server by network (nova-api.md 4.8). */
export function ipRoutes(engine: Engine): AnyRoute[] {
  return [
    route({
      name: 'os_compute_api:ips:index',
      method: 'GET',
      path: '/servers/:id/ips',
      handler: async (call) => {
        const server = await getContainer(engine, call.context, idOf(call));
        return { status: 200, body: { addresses: addressesOf(server, stateOf(server), 'plain') } };
      },
    }),
    route({
      name: 'os_compute_api:ips:show',
      method: 'GET',
      path: '/servers/:id/ips/:label',
      handler: async (call) => {
        const server = await getContainer(engine, call.context, idOf(call));
        const label = call.params['label'] ?? '';
        const addresses = addressesOf(server, stateOf(server), 'plain');
        if (!Object.hasOwn(addresses, label)) throw notFound('Instance is not a member of specified network');
        return { status: 200, body: { [label]: addresses[label] } };
      },
    }),
  ];
}
