import type Koa from 'koa';
import { createApp } from '#core/http/app.js';
import type { AnyRoute } from '#core/http/route.js';
import { networkDialect } from './dialect.js';
import type { NetworkParts } from './parts.js';
import { absentRoutes } from './routes/absent.js';
import { discoveryRoutes } from './routes/discovery.js';
import { networkRoutes } from './routes/networks.js';
import { portRoutes } from './routes/ports.js';
import { quotaRoutes } from './routes/quotas.js';
import { securityGroupRuleRoutes } from './routes/security-group-rules.js';
import { securityGroupRoutes } from './routes/security-groups.js';
import { subnetRoutes } from './routes/subnets.js';

/** Every endpoint of the network API. */
export const networkApiRoutes = (parts: NetworkParts): AnyRoute[] => [
  ...discoveryRoutes(),
  ...networkRoutes(parts),
  ...subnetRoutes(parts),
  ...portRoutes(parts),
  ...securityGroupRoutes(parts),
  ...securityGroupRuleRoutes(parts),
  ...absentRoutes(),
  ...quotaRoutes(),
];

/**
 * The Networking API v2.0 as far as OpenStack's clients need it when there is no Neutron (nova-api 6.5): networks of one IPv4
 * subnet, ports, and security groups that are stored and not enforced. Returns the Koa application without listening.
 */
export function createNetworkApp(parts: NetworkParts): Koa {
  return createApp({
    dialect: networkDialect,
    identity: parts.identity,
    log: parts.log,
    publicUrl: parts.publicUrl,
    ready: parts.ready,
    routes: networkApiRoutes(parts),
  });
}
