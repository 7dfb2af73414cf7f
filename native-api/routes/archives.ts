import { EngineRefused, Invalid } from '#core/domain/errors.js';
import { readArchive, writeArchive } from '#core/engine/archive-container.js';
import type { Engine } from '#core/engine/engine.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { type ArchiveQuery, archiveQuery, type PutArchiveBody, putArchiveBody } from '#schemas/native/actions.js';
import { Base64Invalid } from '../errors.js';
import { containerOf } from '../find.js';
import { checkState } from '../state-check.js';
import { archiveBody } from '../views/archive.js';

/** From here on archives are Base64 on the wire. */
const BASE64_SINCE = 25;

/** An archive travels as one string of JSON, so all of it is in memory at once. */
const UPLOAD_LIMIT = 128 * 1_048_576;

/** Files of a container (native-api.md 3.6). */
export const archiveRoutes = (engine: Engine): AnyRoute[] => [
  route<undefined, ArchiveQuery>({
    name: 'container:get_archive',
    method: 'GET',
    path: '/v1/containers/:container/get_archive',
    query: () => archiveQuery,
    role: 'member',
    handler: async (call) => {
      const container = await containerOf(engine, call);
      checkState(container, 'get_archive');
      const { stat, tar } = await readArchive(engine, container, call.query.path).catch(unknownPath);
      return { status: 200, body: archiveBody(stat, tar, !call.version.atLeast(BASE64_SINCE)) };
    },
  }),
  route<PutArchiveBody, ArchiveQuery>({
    name: 'container:put_archive',
    method: 'POST',
    path: '/v1/containers/:container/put_archive',
    query: () => archiveQuery,
    body: () => putArchiveBody,
    bodyLimit: UPLOAD_LIMIT,
    handler: async (call) => {
      const container = await containerOf(engine, call);
      checkState(container, 'put_archive');
      const { data } = call.body;
      const tar = call.version.atLeast(BASE64_SINCE) ? base64(data) : Buffer.from(data, 'utf8');
      await writeArchive(engine, container, call.query.path, tar).catch(unknownPath);
      return { status: 200, body: null };
    },
  }),
];

/** The container is there, so it is the path that the engine does not find. */
function unknownPath(error: unknown): never {
  throw error instanceof EngineRefused && error.kind === 'not-found' ? new Invalid(error.reason, 'path') : error;
}

/** Node would skip what is no Base64. @throws Base64Invalid */
function base64(text: string): Buffer {
  if (!/^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/.test(text))
    throw new Base64Invalid('The archive data is not valid Base64.', 'data');
  return Buffer.from(text, 'base64');
}
