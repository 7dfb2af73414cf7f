import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isUuid } from '#core/lib/uuid.js';
import type { ImageData } from '#core/store/image-store.js';

/** More data than one image may have. */
export class ImageTooLarge extends Error {
  constructor(readonly limit: number) {
    super(`the image is larger than ${limit} bytes`);
  }
}

/** Nothing came for too long. */
export class UploadStalled extends Error {}

export interface ReceiveLimits {
  readonly maxBytes: number;
  /** Milliseconds without a byte after which the upload is given up. */
  readonly idleMs: number;
}

const PART = '.part';

const isOurs = (name: string): boolean => isUuid(name.endsWith(PART) ? name.slice(0, -PART.length) : name);

/** The uploaded archives, one file an image, in a directory of our own. */
export class ImageFiles {
  constructor(private readonly directory: string) {}

  /** Where the data of the image is, or would be. `id` is a UUID. */
  path(id: string): string {
    return join(this.directory, id);
  }

  /**
   * Writes what `source` brings, and computes its sums on the way. The file appears whole or not at all.
   * @throws ImageTooLarge, UploadStalled, the error of a source that breaks off, the file system's (`ENOSPC`)
   */
  async receive(id: string, source: Readable, limits: ReceiveLimits, signal: AbortSignal): Promise<ImageData> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const part = this.path(id) + PART;
    const md5 = createHash('md5');
    const sha512 = createHash('sha512');
    let sizeBytes = 0;
    const sums = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        stall.refresh();
        sizeBytes += chunk.length;
        md5.update(chunk);
        sha512.update(chunk);
        done(sizeBytes > limits.maxBytes ? new ImageTooLarge(limits.maxBytes) : null, chunk);
      },
    });
    // Destroying the source is the only end that a pipeline waiting for it takes notice of.
    const stall = setTimeout(() => source.destroy(new UploadStalled('no data came')), limits.idleMs);
    const giveUp = (): void => {
      source.destroy(signal.reason instanceof Error ? signal.reason : new Error('given up'));
    };
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      // The iterator leaves a request alone when we refuse its data: its connection still has to carry the answer.
      const chunks = source.iterator({ destroyOnReturn: false });
      await pipeline(chunks, sums, createWriteStream(part, { mode: 0o600, flush: true }));
      await rename(part, this.path(id));
    } catch (error) {
      // What is still on the way is read and thrown away: else the connection would be stuck for the next request on it.
      source.resume();
      await rm(part, { force: true });
      throw error;
    } finally {
      clearTimeout(stall);
      signal.removeEventListener('abort', giveUp);
    }
    return { sizeBytes, md5: md5.digest('hex'), sha512: sha512.digest('hex') };
  }

  /** null: there is no data here. */
  async read(id: string): Promise<{ readonly size: number; readonly data: Readable } | null> {
    const size = await this.size(id);
    return size === null ? null : { size, data: createReadStream(this.path(id)) };
  }

  /** Bytes; null: there is no data here. */
  async size(id: string): Promise<number | null> {
    try {
      return (await stat(this.path(id))).size;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Idempotent. */
  async remove(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
  }

  /** Removes the data of all images but `ids`, and what broken uploads left. Files of others are left alone. */
  async keepOnly(ids: ReadonlySet<string>): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const others = (await readdir(this.directory)).filter((name) => isOurs(name) && !ids.has(name));
    await Promise.all(others.map((name) => rm(join(this.directory, name), { force: true })));
  }
}
