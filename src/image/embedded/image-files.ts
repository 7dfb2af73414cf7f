import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
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
    const stalled = new AbortController();
    const stall = setTimeout(() => stalled.abort(new UploadStalled('no data came')), limits.idleMs);
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
    try {
      const either = AbortSignal.any([signal, stalled.signal]);
      await pipeline(source, sums, createWriteStream(part, { mode: 0o600, flush: true }), { signal: either });
      await rename(part, this.path(id));
    } catch (error) {
      await rm(part, { force: true });
      throw stalled.signal.aborted ? stalled.signal.reason : error;
    } finally {
      clearTimeout(stall);
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

  /** Removes what uploads left behind that a dead process did not end. Only while none is running. */
  async removeParts(): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const parts = (await readdir(this.directory)).filter((name) => name.endsWith(PART));
    await Promise.all(parts.map((name) => rm(join(this.directory, name), { force: true })));
  }
}
