import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ArchiveStat } from '#core/engine/archive-container.js';

/** Base64 of a stream: groups of three bytes stay together. */
async function* base64(tar: NodeJS.ReadableStream): AsyncGenerator<string> {
  let rest = Buffer.alloc(0);
  for await (const chunk of tar) {
    const bytes = Buffer.concat([rest, Buffer.from(chunk)]);
    const whole = bytes.length - (bytes.length % 3);
    yield bytes.toString('base64', 0, whole);
    rest = bytes.subarray(whole);
  }
  yield rest.toString('base64');
}

/** The bytes as text, escaped for JSON: what is no UTF-8 is lost, as it always was in this form. */
async function* escapedText(tar: NodeJS.ReadableStream): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
  for await (const chunk of tar) yield escaped(decoder.write(Buffer.from(chunk)));
  yield escaped(decoder.end());
}

/** Body of `get_archive`, streamed: an archive may be larger than the memory. `isText`: the form up to 1.24. */
export function archiveBody(stat: ArchiveStat, tar: NodeJS.ReadableStream, isText: boolean): Readable {
  async function* body(): AsyncGenerator<string> {
    yield `{"stat":${JSON.stringify(stat)},"data":"`;
    yield* isText ? escapedText(tar) : base64(tar);
    yield '"}';
  }
  return Readable.from(body(), { objectMode: false });
}
