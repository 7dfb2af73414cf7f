import type Koa from 'koa';
import type { Engine } from '#core/engine/engine.js';
import { type AppParts, createApp } from '#core/http/app.js';
import type { AnyRoute } from '#core/http/route.js';
import { MicroVersion } from '#core/http/version.js';
import { novaDialect } from './dialect.js';
import { actionRoutes } from './routes/actions/routes.js';
import { aggregateRoutes } from './routes/aggregates.js';
import { createRoutes } from './routes/create.js';
import { extensionRoutes } from './routes/extensions.js';
import { flavorRoutes } from './routes/flavors/routes.js';
import { hypervisorRoutes } from './routes/hypervisors.js';
import { instanceActionRoutes } from './routes/instance-actions.js';
import { keypairRoutes } from './routes/keypairs.js';
import { limitRoutes } from './routes/limits.js';
import { quotaRoutes } from './routes/quota-sets.js';
import { removedRoutes } from './routes/removed.js';
import { serverGroupRoutes } from './routes/server-groups.js';
import { ipRoutes } from './routes/server-ips.js';
import { metadataRoutes } from './routes/server-metadata.js';
import { tagRoutes } from './routes/server-tags.js';
import { serverRoutes } from './routes/servers.js';
import { serviceRoutes } from './routes/services.js';
import { versionRoutes } from './routes/versions.js';
import { MAX_VERSION } from './versions.js';

/** What the compute API is made of. */
export interface NovaParts extends Omit<AppParts, 'dialect' | 'routes'> {
  readonly engine: Engine;
  /** Highest microversion to offer, `2.N`; default 2.96. */
  readonly maxVersion?: string;
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
  ...serverGroupRoutes(engine),
  ...serviceRoutes(engine),
  ...hypervisorRoutes(engine),
  ...aggregateRoutes(),
  ...extensionRoutes(),
  ...removedRoutes(),
];

/** The Compute API v2.1 over containers. Returns the Koa application without listening. */
export function createNovaApp({ engine, maxVersion, ...parts }: NovaParts): Koa {
  const max = maxVersion === undefined ? MAX_VERSION : MicroVersion.of(maxVersion);
  return createApp({ ...parts, dialect: novaDialect(max), routes: novaRoutes(engine, max) });
}
