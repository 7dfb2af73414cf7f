import type Koa from 'koa';
import type { Engine } from '#core/engine/engine.js';
import { type AppParts, createApp } from '#core/http/app.js';
import type { AnyRoute } from '#core/http/route.js';
import { nativeDialect } from './dialect.js';
import { archiveRoutes } from './routes/archives.js';
import { auditRoutes } from './routes/audit.js';
import { containerRoutes } from './routes/containers.js';
import { hostRoutes } from './routes/hosts.js';
import { powerRoutes } from './routes/power.js';
import { quotaChangeRoutes } from './routes/quota-changes.js';
import { quotaRoutes } from './routes/quotas.js';
import { readRoutes } from './routes/reads.js';
import { serviceRoutes } from './routes/services.js';
import { terminalRoutes } from './routes/terminals.js';
import { unsupportedRoutes } from './routes/unsupported.js';
import { updateRoutes } from './routes/update.js';
import { versionRoutes } from './routes/versions.js';

export interface NativeParts extends Omit<AppParts, 'dialect' | 'routes'> {
  readonly engine: Engine;
  /** What clients of attach and exec connect to: `ws://` or `wss://`. */
  readonly webSocketUrl: string;
}

/** All endpoints of the native API: the table that serves, and that documents are checked against. */
export const nativeRoutes = (engine: Engine, webSocketUrl: string): AnyRoute[] => [
  ...versionRoutes(),
  ...containerRoutes(engine),
  ...updateRoutes(engine),
  ...powerRoutes(engine),
  ...readRoutes(engine),
  ...terminalRoutes(engine, webSocketUrl),
  ...archiveRoutes(engine),
  ...auditRoutes(engine),
  ...hostRoutes(engine),
  ...serviceRoutes(engine),
  ...quotaRoutes(engine),
  ...quotaChangeRoutes(engine),
  ...unsupportedRoutes(),
];

/** The container API v1 as Zun has it (native-api.md). Returns the Koa application without listening. */
export function createNativeApp({ engine, webSocketUrl, ...parts }: NativeParts): Koa {
  return createApp({ ...parts, dialect: nativeDialect, routes: nativeRoutes(engine, webSocketUrl) });
}
