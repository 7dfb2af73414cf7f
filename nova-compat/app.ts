import type Koa from 'koa';
import type { Engine } from '#core/engine/engine.js';
import { createApp } from '#core/http/app.js';
import type { AnyRoute } from '#core/http/route.js';
import { MicroVersion } from '#core/http/version.js';
import type { IdentityProvider } from '#core/identity/provider.js';
import type { Logger } from '#core/logging/logger.js';
import { novaDialect } from './dialect.js';
import { actionRoutes } from './routes/actions/routes.js';
import { createRoutes } from './routes/create.js';
import { extensionRoutes } from './routes/extensions.js';
import { flavorRoutes } from './routes/flavors.js';
import { hypervisorRoutes } from './routes/hypervisors.js';
import { instanceActionRoutes } from './routes/instance-actions.js';
import { keypairRoutes } from './routes/keypairs.js';
import { limitRoutes } from './routes/limits.js';
import { quotaRoutes } from './routes/quota-sets.js';
import { removedRoutes } from './routes/removed.js';
import { ipRoutes } from './routes/server-ips.js';
import { metadataRoutes } from './routes/server-metadata.js';
import { tagRoutes } from './routes/server-tags.js';
import { serverRoutes } from './routes/servers.js';
import { serviceRoutes } from './routes/services.js';
import { versionRoutes } from './routes/versions.js';
import { MAX_VERSION } from './versions.js';

/** What the compute API is made of. */
export interface NovaParts {
  readonly engine: Engine;
  readonly identity: IdentityProvider;
  readonly log: Logger;
  /** Scheme and host to show in links, when it is not the one that the client used. */
  readonly publicUrl?: string | undefined;
  readonly ready: () => Promise<void>;
  /** Highest microversion to offer, `2.N`; default 2.96. */
  readonly maxVersion?: string;
  readonly trustProxy?: boolean;
}

/**
 * Every endpoint that is served, in the order in which paths are matched: literal ones before those with an id. What is not here
 * answers 404, as Nova does.
 */
export const novaRoutes = (engine: Engine, max: MicroVersion): AnyRoute[] => [
  ...versionRoutes(max),
  ...createRoutes(engine),
  ...serverRoutes(engine),
  ...actionRoutes(engine),
  ...metadataRoutes(engine),
  ...tagRoutes(engine),
  ...ipRoutes(engine),
  ...instanceActionRoutes(engine),
  ...flavorRoutes(engine),
  ...keypairRoutes(engine),
  ...limitRoutes(engine),
  ...quotaRoutes(engine),
  ...serviceRoutes(engine),
  ...hypervisorRoutes(engine),
  ...extensionRoutes(),
  ...removedRoutes(),
];

/** The Compute API v2.1 over containers. Returns the Koa application without listening. */
export function createNovaApp(parts: NovaParts): Koa {
  const max = parts.maxVersion === undefined ? MAX_VERSION : MicroVersion.of(parts.maxVersion);
  return createApp({
    dialect: novaDialect(max),
    routes: novaRoutes(parts.engine, max),
    identity: parts.identity,
    log: parts.log,
    publicUrl: parts.publicUrl,
    ready: parts.ready,
    ...(parts.trustProxy !== undefined && { trustProxy: parts.trustProxy }),
  });
}
