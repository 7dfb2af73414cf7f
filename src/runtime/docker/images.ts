import type { Readable } from 'node:stream';
import { EngineRefused } from '#core/domain/errors.js';
import type { CallOptions, EngineImage, RegistryCredentials } from '#core/runtime/driver.js';
import { type Fields, fields, items, needed, number, text, textMap, texts, time } from './answer.js';
import { type EngineRequest, enginePath } from './connection.js';
import type { DockerContext } from './context.js';
import { isRefused } from './errors.js';
import { containerName, splitReference } from './names.js';
import { guarded, jsonLines } from './streams.js';

/** How many images are inspected at once by a list. */
const PARALLEL = 8;

export async function inspectImage(
  context: DockerContext,
  reference: string,
  options?: CallOptions,
): Promise<EngineImage | null> {
  try {
    const answer = await context.connection.call(
      { what: `inspect image ${reference}`, deadline: 'inspect' },
      { method: 'GET', path: enginePath('images', reference, 'json') },
      options,
    );
    return engineImage(fields(answer));
  } catch (error) {
    if (isRefused(error, 'not-found')) return null;
    throw error;
  }
}

async function imageAfter(
  context: DockerContext,
  reference: string,
  done: string,
  options: CallOptions,
): Promise<EngineImage> {
  const image = await inspectImage(context, reference, options);
  if (image === null) throw new EngineRefused(`Image ${reference} was ${done} and is gone again.`, 'not-found');
  return image;
}

function engineImage(seen: Fields): EngineImage {
  const config = fields(seen['Config']);
  return {
    id: needed(text(seen['Id']), 'Id'),
    tags: texts(seen['RepoTags']).filter((tag) => tag !== '<none>:<none>'),
    sizeBytes: number(seen['Size']),
    createdAt: time(seen['Created']) ?? new Date(0),
    command: texts(config['Cmd']),
    entrypoint: texts(config['Entrypoint']),
    exposedPorts: Object.keys(fields(config['ExposedPorts'])),
    environment: textMap(Object.fromEntries(texts(config['Env']).map(variable))),
  };
}

function variable(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

/** All images of the engine, untagged ones too. The engine's list lacks commands and environment, so that each is inspected. */
export async function listImages(context: DockerContext, options?: CallOptions): Promise<readonly EngineImage[]> {
  return context.connection.steps({ what: 'list images', deadline: 'list' }, options, async (inner) => {
    const answer = await context.connection.call(
      { what: 'list images' },
      { method: 'GET', path: '/images/json' },
      inner,
    );
    const ids = items(answer).map((item) => needed(text(fields(item)['Id']), 'Id'));
    const images: EngineImage[] = [];
    for (let at = 0; at < ids.length; at += PARALLEL) {
      const some = ids.slice(at, at + PARALLEL);
      const found = await Promise.all(some.map((id) => inspectImage(context, id, inner)));
      // One that was removed since the list was made is left out.
      images.push(...found.filter((image) => image !== null));
    }
    return images;
  });
}

/** @throws EngineRefused with the registry's text, Unavailable */
export async function pullImage(
  context: DockerContext,
  reference: string,
  credentials: RegistryCredentials | null,
  options?: CallOptions,
): Promise<EngineImage> {
  const { repository, tag } = splitReference(reference);
  const request: EngineRequest = {
    method: 'POST',
    path: '/images/create',
    query: { fromImage: repository, tag },
    ...(credentials === null ? {} : { credentials: registryAuth(credentials) }),
  };
  const call = { what: `pull image ${reference}`, deadline: 'transfer' } as const;
  return context.connection.steps(call, options, async (inner) => {
    await withProgress(context, call.what, request, inner);
    return imageAfter(context, reference, 'pulled', inner);
  });
}

const registryAuth = ({ domain, username, password }: RegistryCredentials): Record<string, string> => ({
  username,
  password,
  serveraddress: domain,
});

/**
 * Runs a request whose answer is a stream of progress. It has status 200 also when it fails: the failure is an `error` object
 * in the stream.
 * @returns the texts of the stream (`Loaded image: ...`)
 */
async function withProgress(
  context: DockerContext,
  what: string,
  request: EngineRequest,
  options: CallOptions,
): Promise<string[]> {
  const { connection } = context;
  return connection.run({ what, deadline: 'transfer' }, options, async (signal) => {
    const messages: string[] = [];
    for await (const line of jsonLines(await connection.open(request, signal))) {
      const message = fields(line);
      const failure = text(message['error']) ?? text(fields(message['errorDetail'])['message']);
      if (failure !== null) throw new EngineRefused(failure, 'failed');
      const said = text(message['stream']);
      if (said !== null) messages.push(said);
    }
    return messages;
  });
}

/** Loads what `docker save` wrote. @returns references (or ids of untagged images) */
export async function loadImage(
  context: DockerContext,
  archive: Readable,
  options?: CallOptions,
): Promise<readonly string[]> {
  const request: EngineRequest = { method: 'POST', path: '/images/load', query: { quiet: true }, file: archive };
  return sending(archive, async () => {
    const call = { what: 'load image', deadline: 'transfer' } as const;
    const said = await context.connection.steps(call, options, (inner) =>
      withProgress(context, call.what, request, inner),
    );
    // The engine tells only in words what it has loaded.
    return said
      .join('')
      .split('\n')
      .map((line) => /^Loaded image(?: ID)?: (\S+)$/.exec(line)?.[1])
      .filter((name) => name !== undefined);
  });
}

export async function importImage(
  context: DockerContext,
  rootfs: Readable,
  reference: string,
  changes: readonly string[],
  options?: CallOptions,
): Promise<EngineImage> {
  const { repository, tag } = splitReference(reference);
  const query = { fromSrc: '-', repo: repository, tag, changes };
  const request: EngineRequest = { method: 'POST', path: '/images/create', query, file: rootfs };
  return sending(rootfs, async () => {
    const call = { what: `import image ${reference}`, deadline: 'transfer' } as const;
    return context.connection.steps(call, options, async (inner) => {
      await withProgress(context, call.what, request, inner);
      return imageAfter(context, reference, 'imported', inner);
    });
  });
}

/** After a refusal the source is not read to its end: whoever feeds it must not wait for ever. */
async function sending<T>(source: Readable, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    source.destroy();
  }
}

/** @returns a `docker save` archive as a stream. @throws EngineRefused('not-found') */
export async function saveImage(context: DockerContext, reference: string, options?: CallOptions): Promise<Readable> {
  const { connection } = context;
  const what = `save image ${reference}`;
  return connection.run({ what, deadline: 'transfer' }, options, async (signal) => {
    const answer = await connection.open({ method: 'GET', path: enginePath('images', reference, 'get') }, signal);
    return guarded(what, connection.socketPath, answer, connection.deadlines.idle);
  });
}

/** Takes the reference away, and the image with its last one. A missing image is removed already. */
export async function removeImage(context: DockerContext, reference: string, options?: CallOptions): Promise<void> {
  try {
    await context.connection.call(
      { what: `remove image ${reference}`, deadline: 'remove' },
      { method: 'DELETE', path: enginePath('images', reference) },
      options,
    );
  } catch (error) {
    if (!isRefused(error, 'not-found')) throw error;
  }
}

export async function tagImage(
  context: DockerContext,
  reference: string,
  as: string,
  options?: CallOptions,
): Promise<void> {
  const { repository, tag } = splitReference(as);
  await context.connection.call(
    { what: `tag image ${reference} as ${as}` },
    { method: 'POST', path: enginePath('images', reference, 'tag'), query: { repo: repository, tag } },
    options,
  );
}

/** Makes an image of the container's file system. @returns the engine's image id */
export async function commit(
  context: DockerContext,
  uuid: string,
  reference: string,
  options?: CallOptions,
): Promise<string> {
  const { repository, tag } = splitReference(reference);
  const answer = await context.connection.call(
    { what: `commit container ${uuid} as ${reference}`, deadline: 'transfer' },
    { method: 'POST', path: '/commit', query: { container: containerName(uuid), repo: repository, tag } },
    options,
  );
  return needed(text(fields(answer)['Id']), 'Id');
}
