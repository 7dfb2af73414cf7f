import { createHash, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** An image of one file, unlike all others: enough for an engine to load, pull and inspect. */
export interface TinyImage {
  readonly config: Buffer;
  readonly layer: Buffer;
  /** What the engine calls the image. */
  readonly engineId: string;
}

export const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export async function tinyImage(content: string = randomUUID()): Promise<TinyImage> {
  const layer = await tarOf({ hello: content });
  const config = json({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    created: '2026-01-10T08:00:00Z',
    config: { Cmd: ['/hello'], Env: ['TINY=1'] },
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
    history: [{ created: '2026-01-10T08:00:00Z', created_by: 'test' }],
  });
  return { config, layer, engineId: digestOf(config) };
}

/** What `docker save` writes. */
export const savedArchive = (image: TinyImage, repoTags: readonly string[] | null): Promise<Buffer> =>
  tarOf({
    'config.json': image.config,
    'l/layer.tar': image.layer,
    'manifest.json': json([{ Config: 'config.json', RepoTags: repoTags, Layers: ['l/layer.tar'] }]),
    repositories: json({}),
  });

/** A tar of an OCI layout, its layer compressed; with `index` the image is behind an index for several machines. */
export async function ociArchive(image: TinyImage, index: boolean): Promise<Buffer> {
  const layer = gzipSync(image.layer);
  const manifest = json(manifestOf(image, layer, 'application/vnd.oci.image'));
  const blobs: Record<string, Buffer> = {};
  const blob = (bytes: Buffer, mediaType: string) => {
    blobs[`blobs/${digestOf(bytes).replace(':', '/')}`] = bytes;
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  };
  blob(image.config, '');
  blob(layer, '');
  const ours = blob(manifest, 'application/vnd.oci.image.manifest.v1+json');
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const manifests = [
    { ...ours, platform: { os: 'linux', architecture: 's390x' }, digest: digestOf(Buffer.from('elsewhere')) },
    { ...ours, platform: { os: 'linux', architecture } },
  ];
  const top = index ? blob(json({ schemaVersion: 2, manifests }), 'application/vnd.oci.image.index.v1+json') : ours;
  return tarOf({
    ...blobs,
    'oci-layout': json({ imageLayoutVersion: '1.0.0' }),
    'index.json': json({ schemaVersion: 2, manifests: [top] }),
  });
}

const manifestOf = (image: TinyImage, layer: Buffer, type: string) => {
  const [config, body] = type.includes('oci')
    ? [`${type}.config.v1+json`, `${type}.layer.v1.tar+gzip`]
    : [`${type}.container.image.v1+json`, `${type}.image.rootfs.diff.tar.gzip`];
  return {
    schemaVersion: 2,
    mediaType: type.includes('oci') ? `${type}.manifest.v1+json` : `${type}.distribution.manifest.v2+json`,
    config: { mediaType: config, size: image.config.length, digest: digestOf(image.config) },
    layers: [{ mediaType: body, size: layer.length, digest: digestOf(layer) }],
  };
};

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** A tar archive of files, in the order given. */
export async function tarOf(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name, mtime: new Date(0) }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export interface TestRegistry {
  /** `127.0.0.1:<port>/tiny:1`: docker asks registries on the loopback without TLS. */
  readonly reference: string;
  /** How often the layer was fetched. */
  readonly fetches: () => number;
  /** From now on layers are held back, until `release` is called. */
  hold(): () => void;
  close(): Promise<void>;
}

/** A registry with one image (OCI distribution API, pull only). Everything else is not there. */
export async function testRegistry(image: TinyImage): Promise<TestRegistry> {
  const layer = gzipSync(image.layer);
  const type = 'application/vnd.docker';
  const manifest = json(manifestOf(image, layer, type));
  let fetches = 0;
  let held: Promise<void> = Promise.resolve();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const answer = (bytes: Buffer, contentType: string): void => {
      const digest = digestOf(bytes);
      response.writeHead(200, {
        'content-type': contentType,
        'content-length': bytes.length,
        'docker-content-digest': digest,
      });
      response.end(request.method === 'HEAD' ? undefined : bytes);
    };
    if (path === '/v2/') answer(json({}), 'application/json');
    else if (path === '/v2/tiny/manifests/1' || path === `/v2/tiny/manifests/${digestOf(manifest)}`) {
      answer(manifest, `${type}.distribution.manifest.v2+json`);
    } else if (path === `/v2/tiny/blobs/${digestOf(image.config)}`) answer(image.config, 'application/octet-stream');
    else if (path === `/v2/tiny/blobs/${digestOf(layer)}`) {
      fetches += 1;
      void held.then(() => answer(layer, 'application/octet-stream'));
    } else {
      // without a detail, docker 20.10 makes a 500 of it instead of a 404
      const body = json({ errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown', detail: { path } }] });
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(body);
    }
  });
  const port = await listening(server);
  return {
    reference: `127.0.0.1:${port}/tiny:1`,
    fetches: () => fetches,
    hold: () => {
      let release: () => void = () => undefined;
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => release();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
