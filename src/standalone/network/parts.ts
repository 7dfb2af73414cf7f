import type { IdentityProvider } from '#core/identity/provider.js';
import type { Logger } from '#core/logging/logger.js';
import type { NetworkStore } from '#core/store/network-store.js';

/** What the network API is made of. */
export interface NetworkParts {
  readonly store: NetworkStore;
  readonly identity: IdentityProvider;
  readonly log: Logger;
  /** Scheme and host to show in links, when it is not the one that the client used. */
  readonly publicUrl?: string;
  readonly ready: () => Promise<void>;
}
