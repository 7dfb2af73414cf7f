import type { CatalogConfig } from '#core/identity/embedded/catalog.js';
import type { EmbeddedIdentity } from '#core/identity/embedded/embedded-identity.js';
import type { Logger } from '#core/logging/logger.js';
import type { IdentityStore } from '#core/store/identity-store.js';

/** What the identity API is made of. */
export interface IdentityParts {
  readonly identity: EmbeddedIdentity;
  readonly store: IdentityStore;
  readonly catalog: CatalogConfig;
  readonly log: Logger;
  /** Scheme and host to show in links, when it is not the one that the client used. */
  readonly publicUrl?: string | undefined;
  readonly ready: () => Promise<void>;
}
