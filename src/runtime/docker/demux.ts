import { Transform, type TransformCallback } from 'node:stream';
import { Unavailable } from '#core/domain/errors.js';

const HEADER = 8;

/**
 * Takes the 8-byte headers (stream 0-3, three zero bytes, length big-endian) out of the output of a process without a
 * terminal; stdout and stderr stay in the order of arrival. Docker's own demultiplexer copies the rest of its buffer for
 * each frame; this one only slices.
 */
export class StreamDemux extends Transform {
  #header = Buffer.alloc(0);
  #left = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const payload = chunk.subarray(at, at + this.#left);
        this.push(payload);
        this.#left -= payload.length;
        at += payload.length;
        continue;
      }
      const part = chunk.subarray(at, at + HEADER - this.#header.length);
      this.#header = Buffer.concat([this.#header, part]);
      at += part.length;
      if (this.#header.length < HEADER) break;
      if (this.#header.readUInt8(0) > 3) {
        done(new Unavailable('engine', 'The output of the container engine is not a multiplexed stream.'));
        return;
      }
      this.#left = this.#header.readUInt32BE(4);
      this.#header = Buffer.alloc(0);
    }
    done();
  }
}
