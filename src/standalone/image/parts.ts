import type { IdentityProvider } from '#core/identity/provider.js';
import type { ImageFiles, ReceiveLimits } from '#core/image/embedded/image-files.js';
import type { Logger } from '#core/logging/logger.js';
import type { ImageStore } from '#core/store/image-store.js';

/** What the image API is made of. */
export interface ImageParts {
  readonly identity: IdentityProvider;
  readonly store: ImageStore;
  readonly files: ImageFiles;
  readonly upload: ReceiveLimits;
  /**
   * Policy `image_autocreate`: a look-up by name of what names a registry, a user, a tag or a digest makes the record of that image, so
   * that images can be used that no engine has yet. Off where there is no registry to pull from: the look-up could not tell that such
   * an image is not there.
   */
  readonly autocreate: boolean;
  readonly log: Logger;
  /** Scheme and host to show in links, when it is not the one that the client used. */
  readonly publicUrl?: string | undefined;
  readonly ready: () => Promise<void>;
}
