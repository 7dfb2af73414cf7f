import type { Logger } from '#core/logging/logger.js';
import type { DriverIdentity } from '#core/runtime/driver.js';
import type { EngineConnection } from './connection.js';
import type { KnownInfo } from './info.js';

/** What every function of the driver works with. */
export interface DockerContext {
  readonly connection: EngineConnection;
  readonly info: KnownInfo;
  readonly identity: DriverIdentity;
  readonly log: Logger;
}
