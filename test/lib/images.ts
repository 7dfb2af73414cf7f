import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { RequestContext } from '#core/domain/context.js';
import { createEmbeddedImages } from '#core/image/embedded/embedded-images.js';
import { ImageFiles } from '#core/image/embedded/image-files.js';
import type { ImageProvider } from '#core/image/provider.js';
import { uploadReference } from '#core/image/reference.js';
import type { Database } from '#core/store/database.js';
import { ImageStore, type StoredImage } from '#core/store/image-store.js';
import { testDatabase } from './database.js';

export interface TestImages {
  readonly database: Database;
  readonly store: ImageStore;
  readonly files: ImageFiles;
  readonly directory: string;
  readonly images: ImageProvider;
  /** A private image of project `p` with data, named `mine`. */
  uploaded(archive: Buffer): Promise<StoredImage>;
  close(): Promise<void>;
}

/** The embedded images with a database and a directory of their own. */
export async function testImages(): Promise<TestImages> {
  const directory = await mkdtemp(join(tmpdir(), 'zunova-images-'));
  const { database, close } = await testDatabase();
  const store = new ImageStore(database);
  const files = new ImageFiles(directory);
  const limits = { maxBytes: 1 << 30, idleMs: 10_000 };
  return {
    database,
    store,
    files,
    directory,
    images: createEmbeddedImages({ store, files }),
    uploaded: async (archive) => {
      const id = randomUUID();
      const image = await store.create({ ...blank, id, reference: uploadReference(id) });
      await store.beginUpload(id);
      const source = Readable.from([archive]);
      await store.endUpload(id, await files.receive(id, source, limits, new AbortController().signal));
      return image;
    },
    close: async () => {
      await rm(directory, { recursive: true });
      await close();
    },
  };
}

const blank = {
  name: 'mine',
  origin: 'user',
  owner: 'p',
  visibility: 'private',
  status: 'queued',
  containerFormat: 'docker',
  diskFormat: 'raw',
  sizeBytes: null,
  checksum: null,
  hashAlgo: null,
  hashValue: null,
  minRamMb: 0,
  minDiskGb: 0,
  protected: false,
  hidden: false,
  tags: [],
  properties: {},
} as const;

/** Somebody of a project. */
export const bearer = (projectId: string, isAdmin = false): RequestContext => ({
  requestId: 'req-test',
  userId: 'u',
  userName: 'u',
  projectId,
  projectName: projectId,
  roles: [],
  isAdmin,
});
