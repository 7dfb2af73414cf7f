import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { arch } from 'node:process';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import Joi from 'joi';
import { type Extract, type Pack, extract as tarExtract, pack as tarPack } from 'tar-stream';

/** The file is not what an engine can load; `message` is for the owner of the image. */
export class BadArchive extends Error {}

/** Index and manifests are lists of digests: larger ones are none. */
const MAX_JSON = 4 * 1024 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b]);
const MANIFEST = 'manifest.json';
/** Names images in formats beside `manifest.json`: left out, so that the one that we write is what counts. */
const OTHER_INDEXES = new Set([MANIFEST, 'index.json', 'oci-layout', 'repositories']);

type Entry = Extract extends AsyncIterable<infer E> ? E : never;

/** An entry of `manifest.json` of `docker save`. */
interface SavedImage {
  readonly Config: string;
  readonly Layers: readonly string[];
}

interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

const savedEntry = Joi.object<SavedImage>({
  Config: Joi.string().required(),
  Layers: Joi.array().items(Joi.string()).required(),
}).unknown();
const savedSchema = Joi.array().items(savedEntry).required();
const descriptor = Joi.object({
  digest: Joi.string()
    .pattern(/^\w+:[0-9a-f]+$/)
    .required(),
  mediaType: Joi.string().default(''),
  platform: Joi.object({ os: Joi.string(), architecture: Joi.string() }).unknown(),
}).unknown();
const indexSchema = Joi.object<{ manifests: Descriptor[] }>({
  manifests: Joi.array().items(descriptor).required(),
}).unknown();
const manifestSchema = Joi.object<{ config: Descriptor; layers: Descriptor[] }>({
  config: descriptor.required(),
  layers: Joi.array().items(descriptor).required(),
}).unknown();

/**
 * The archive in `path` (`docker save`, or a tar of an OCI layout; plain or gzip) as an engine loads it, with `reference` as the only
 * name of its image. The names in the file are its author's words: an archive that calls itself `busybox` must not become the
 * `busybox` of everybody on the host.
 * @throws BadArchive
 */
export async function loadableArchive(path: string, reference: string): Promise<Readable> {
  const image = await savedImage(path);
  const manifest = Buffer.from(JSON.stringify([{ Config: image.Config, RepoTags: [reference], Layers: image.Layers }]));
  const out = new PassThrough();
  const pack = tarPack();
  const piped = pipeline(pack, out);
  copy(path, pack, manifest).catch((error: unknown) =>
    pack.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  // the reader of `out` sees the error
  piped.catch(() => undefined);
  return out;
}

/** Where configuration and layers of the one image are in the archive. */
async function savedImage(path: string): Promise<SavedImage> {
  const top = await readEntries(path, (name) => name === MANIFEST || name === 'index.json');
  const saved = top.get(MANIFEST);
  if (saved !== undefined) {
    const [image, ...more] = parsed(savedSchema, saved, MANIFEST);
    if (image === undefined || more.length > 0)
      throw new BadArchive(`it holds ${more.length + (image ? 1 : 0)} images, not one`);
    return image;
  }
  const index = top.get('index.json');
  if (index === undefined) throw new BadArchive('it is neither an archive of docker save nor an OCI layout');
  return ociImage(path, parsed(indexSchema, index, 'index.json').manifests);
}

/** An OCI layout in the terms of `docker save`, which every engine loads. Indexes are followed to the image for this machine. */
async function ociImage(path: string, manifests: readonly Descriptor[]): Promise<SavedImage> {
  const [first, ...more] = manifests.length > 1 ? manifests.filter(isOurs) : manifests;
  if (first === undefined || more.length > 0) {
    throw new BadArchive(`it holds ${more.length + (first ? 1 : 0)} images for this machine, not one`);
  }
  const name = blob(first);
  const bytes = (await readEntries(path, (n) => n === name)).get(name);
  if (bytes === undefined) throw new BadArchive(`it lacks ${name}`);
  if (/index|manifest\.list/.test(first.mediaType)) return ociImage(path, parsed(indexSchema, bytes, name).manifests);
  const { config, layers } = parsed(manifestSchema, bytes, name);
  return { Config: blob(config), Layers: layers.map(blob) };
}

const blob = (d: Descriptor): string => `blobs/${d.digest.replace(':', '/')}`;

const isOurs = ({ platform }: Descriptor): boolean =>
  platform?.os === 'linux' && platform.architecture === (arch === 'x64' ? 'amd64' : arch);

function parsed<T>(schema: Joi.Schema<T>, bytes: Buffer, name: string): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new BadArchive(`${name} is not JSON`);
  }
  const result = schema.validate(value);
  if (result.error) throw new BadArchive(`${name}: ${result.error.message}`);
  return result.value;
}

/** Reads the small files that `wanted` names, in one pass. */
async function readEntries(path: string, wanted: (name: string) => boolean): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for await (const entry of entriesOf(path)) {
    const name = plain(entry.header.name);
    if (wanted(name) && (entry.header.size ?? 0) <= MAX_JSON) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
      found.set(name, Buffer.concat(chunks));
    } else {
      entry.resume();
    }
  }
  return found;
}

async function copy(path: string, pack: Pack, manifest: Buffer): Promise<void> {
  for await (const entry of entriesOf(path)) {
    const { header } = entry;
    if (OTHER_INDEXES.has(plain(header.name))) {
      entry.resume();
      continue;
    }
    await new Promise<void>((resolve, reject) => {
      const sink = pack.entry(header, (error) => (error ? reject(error) : resolve()));
      // only files have content, and a sink that wants it
      if (header.type === 'file' || header.type === 'contiguous-file') entry.pipe(sink);
      else entry.resume();
    });
  }
  pack.entry({ name: MANIFEST }, manifest);
  pack.finalize();
}

const plain = (name: string): string => name.replace(/^\.\//, '');

/** @throws BadArchive when it is no tar */
async function* entriesOf(path: string): AsyncGenerator<Entry> {
  const source = createReadStream(path);
  const extract = tarExtract();
  const stages = (await isGzip(path)) ? pipeline(source, createGunzip(), extract) : pipeline(source, extract);
  // the loop below sees the error of any stage, as that of `extract`
  stages.catch(() => undefined);
  try {
    for await (const entry of extract) yield entry;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw error;
    throw new BadArchive(`it is not a tar archive: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    source.destroy();
    extract.destroy();
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0);
    return buffer.equals(GZIP);
  } finally {
    await file.close();
  }
}
