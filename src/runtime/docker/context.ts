import type { Logger } from '#core/logging/logger.js';
import type { DriverIdentity } from '#core/runtime/driver.js';
import type { EngineConnection } from './connection.js';

/** What every function of the driver works with. */
export interface DockerContext {
  readonly connection: EngineConnection;
  readonly identity: DriverIdentity;
  readonly log: Logger;
}
