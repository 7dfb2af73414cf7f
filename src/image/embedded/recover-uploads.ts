import type { ImageStore } from '#core/store/image-store.js';
import type { ImageFiles } from './image-files.js';

/**
 * Puts in order what a process left behind that ended in the middle of an upload or a deletion: records that wait for data are free
 * again, and files without a record go. To be called at boot, by the only process that takes uploads into the directory, before it
 * listens.
 */
export async function recoverUploads(store: ImageStore, files: ImageFiles): Promise<void> {
  await store.abandonUpload(null);
  await files.keepOnly(new Set(await store.uploaded()));
}
