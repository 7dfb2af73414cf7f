import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { type Pack, pack } from 'tar-stream';
import { EngineRefused } from '#core/domain/errors.js';
import type { InjectedFile } from '#core/domain/spec.js';
import type { ArchiveStat, CallOptions } from '#core/runtime/driver.js';
import { fields, needed, number, text } from './answer.js';
import type { DockerContext } from './context.js';
import { isRefused } from './errors.js';
import { containerPath } from './names.js';
import { guarded, readAll } from './streams.js';

/** @returns a tar archive as a stream, not read ahead. @throws EngineRefused('not-found') */
export async function getArchive(
  context: DockerContext,
  uuid: string,
  path: string,
  options?: CallOptions,
): Promise<{ stat: ArchiveStat; tar: Readable }> {
  const { connection } = context;
  const what = `read ${path} of container ${uuid}`;
  return connection.run({ what }, options, async (signal) => {
    const request = { method: 'GET', path: containerPath(uuid, 'archive'), query: { path } } as const;
    const answer = await connection.open(request, signal);
    const stat = archiveStat(answer.headers['x-docker-container-path-stat']);
    return { stat, tar: guarded(what, connection.socketPath, answer, connection.deadlines.idle) };
  });
}

/** The engine puts it into a header: JSON in base64. */
function archiveStat(header: string | string[] | undefined): ArchiveStat {
  const encoded = needed(typeof header === 'string' ? header : null, 'stat of a path');
  const stat = fields(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')));
  return {
    name: needed(text(stat['name']), 'name'),
    size: number(stat['size']),
    mode: number(stat['mode']),
    mtime: text(stat['mtime']) ?? '',
    linkTarget: text(stat['linkTarget']) ?? '',
  };
}

async function exists(context: DockerContext, uuid: string, path: string, options: CallOptions): Promise<boolean> {
  try {
    await context.connection.call(
      { what: `look for ${path} in container ${uuid}` },
      { method: 'HEAD', path: containerPath(uuid, 'archive'), query: { path } },
      options,
    );
    return true;
  } catch (error) {
    if (isRefused(error, 'not-found')) return false;
    throw error;
  }
}

/** Unpacks a tar archive into an existing directory. @throws EngineRefused */
export async function putArchive(
  context: DockerContext,
  uuid: string,
  path: string,
  tar: Readable | Buffer,
  options?: CallOptions,
): Promise<void> {
  const { connection } = context;
  const call = { what: `write to ${path} of container ${uuid}`, deadline: 'transfer' } as const;
  const request = { method: 'PUT', path: containerPath(uuid, 'archive'), query: { path }, file: tar } as const;
  try {
    await connection.steps(call, options, async (inner) => {
      // The engine answers 404 and closes while we are still sending, and then its answer may be lost in the broken pipe.
      if (!Buffer.isBuffer(tar) && !(await exists(context, uuid, path, inner))) {
        throw new EngineRefused(`Could not find the file ${path} in container ${uuid}`, 'not-found');
      }
      await connection.call(call, request, inner);
    });
  } finally {
    // Not read to its end after a refusal: whoever feeds it must not wait for ever.
    if (!Buffer.isBuffer(tar)) tar.destroy();
  }
}

/**
 * Writes files, owned by root, as one archive. Directories that are missing are made with mode 0755; the others are not
 * mentioned in the archive, because unpacking would change their mode (/tmp, /root).
 */
export async function putFiles(
  context: DockerContext,
  uuid: string,
  files: readonly InjectedFile[],
  options?: CallOptions,
): Promise<void> {
  if (files.length === 0) return;
  const call = { what: `write files into container ${uuid}`, deadline: 'transfer' } as const;
  await context.connection.steps(call, options, async (inner) => {
    const missing = await missingDirectories(context, uuid, files.map(pathOf), inner);
    await putArchive(context, uuid, '/', await archiveOf(missing, files), inner);
  });
}

/** Absolute and without `..`. */
const pathOf = (file: InjectedFile): string => posix.join('/', file.path);

async function missingDirectories(
  context: DockerContext,
  uuid: string,
  paths: readonly string[],
  options: CallOptions,
): Promise<ReadonlySet<string>> {
  const missing = new Set<string>();
  const present = new Set<string>(['/']);
  for (const path of paths) {
    for (const directory of parents(path)) {
      if (present.has(directory) || missing.has(directory)) continue;
      const isBelowMissing = missing.has(posix.dirname(directory));
      const isThere = !isBelowMissing && (await exists(context, uuid, directory, options));
      (isThere ? present : missing).add(directory);
    }
  }
  return missing;
}

/** `/a/b/c` -> `/a`, `/a/b`. */
function parents(path: string): string[] {
  const parts = posix.dirname(path).split('/').filter(Boolean);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`);
}

async function archiveOf(directories: ReadonlySet<string>, files: readonly InjectedFile[]): Promise<Buffer> {
  const archive: Pack = pack();
  for (const directory of directories) {
    archive.entry({ name: `${directory.slice(1)}/`, type: 'directory', mode: 0o755 });
  }
  for (const file of files) {
    archive.entry({ name: pathOf(file).slice(1), mode: file.mode }, Buffer.from(file.contentBase64, 'base64'));
  }
  archive.finalize();
  return readAll(archive);
}
