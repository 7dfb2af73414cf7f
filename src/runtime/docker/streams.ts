import { PassThrough, pipeline, type Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { Unavailable } from '#core/domain/errors.js';
import { toDomainError } from './errors.js';

/** The whole of a stream. Rejects when the connection closes before its end (for-await sees `close` without `end`). */
export async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  return Buffer.concat(chunks);
}

/**
 * A source that docker-modem can pipe: it only minds `error`, so that a source which closes early (the client went away in
 * the middle of an upload) would leave the request open. `pipeline` turns that into an error.
 */
export function uploadable(source: Readable): Readable {
  const out = new PassThrough();
  pipeline(source, out, () => {
    // `out` has been destroyed with the error, which is what docker-modem looks at.
  });
  return out;
}

/**
 * What the caller reads of a long answer. Fails with Unavailable when the connection breaks, or when nothing comes for
 * `idleMs` although the caller is ready to read. Destroying it closes the connection.
 */
export function guarded(what: string, socketPath: string, source: Readable, idleMs: number): Readable {
  let moved = true;
  const out = new PassThrough({
    transform(chunk, _encoding, done) {
      moved = true;
      done(null, chunk);
    },
  });
  const watch = setInterval(() => {
    const readerIsSlow = out.writableNeedDrain;
    if (!moved && !readerIsSlow) {
      source.destroy(new Unavailable('engine', `The container engine sent nothing for ${idleMs / 1000} s: ${what}.`));
    }
    moved = false;
  }, idleMs);
  // Before pipeline's own handler, which would hand on Node's error as it is.
  source.once('error', (error) => out.destroy(toDomainError(what, socketPath, error)));
  pipeline(source, out, () => clearInterval(watch));
  return out;
}

/**
 * The values of a stream of JSON objects, one a line (events, progress of pulls).
 * @throws Unavailable for a line that is no JSON, and the error of the stream
 */
export async function* jsonLines(stream: Readable): AsyncGenerator<unknown> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(Buffer.from(chunk))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield parseLine(line);
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield parseLine(rest);
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Unavailable('engine', 'The container engine sent a broken line of JSON.', { cause: error });
  }
}
