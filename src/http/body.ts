import type { IncomingMessage } from 'node:http';
import { BodyTooLarge } from './errors.js';

/**
 * Reads a request's body, at most `limit` bytes. A larger one is refused as soon as that is known; what is still on the way is
 * thrown away, not stored.
 * @throws BodyTooLarge
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limit) {
    request.resume();
    throw new BodyTooLarge(limit);
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const chunk: Buffer = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    size += chunk.length;
    if (size > limit) {
      request.resume();
      throw new BodyTooLarge(limit);
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts, size);
}
