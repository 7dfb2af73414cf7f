import { type AnyRoute, type Method, route } from '#core/http/route.js';
import { gone } from '../refusal.js';

/** APIs that Nova has removed for good: 410 at every microversion (nova-api.md 3.8). */
const COLLECTIONS = [
  '/os-agents',
  '/os-cells',
  '/os-certificates',
  '/os-cloudpipe',
  '/os-fixed-ips',
  '/os-floating-ip-dns',
  '/os-floating-ips-bulk',
  '/os-fping',
  '/os-security-group-default-rules',
  '/servers/:id/consoles',
  '/servers/:id/os-virtual-interfaces',
] as const;

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE'];
/** Writes of the proxies to the network service. */
const WRITES: readonly (readonly [Method, string])[] = [
  ['POST', '/os-networks'],
  ['POST', '/os-networks/add'],
  ['POST', '/os-networks/:id/action'],
  ['DELETE', '/os-networks/:id'],
  ['POST', '/os-tenant-networks'],
  ['DELETE', '/os-tenant-networks/:id'],
];

export function removedRoutes(): AnyRoute[] {
  const everything = COLLECTIONS.flatMap((path) =>
    METHODS.flatMap((method): [Method, string][] => [
      [method, path],
      [method, `${path}/:item`],
    ]),
  );
  return [...everything, ...WRITES].map(([method, path]) =>
    route({
      name: 'removed',
      method,
      path,
      role: 'reader',
      handler: () => {
        throw gone();
      },
    }),
  );
}
