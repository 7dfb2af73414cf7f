import type { Readable } from 'node:stream';

/** The chunks of a stream of bytes, typed: Node leaves their type open, since a stream may also be of strings or objects. */
export async function* bytesOf(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream) {
    const piece: unknown = chunk;
    if (Buffer.isBuffer(piece)) yield piece;
    else if (piece instanceof Uint8Array) yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    else throw new TypeError('the stream is not one of bytes');
  }
}
