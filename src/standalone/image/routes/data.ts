import { Invalid, NotFound } from '#core/domain/errors.js';
import { UnsupportedMediaType } from '#core/http/errors.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import { ImageTooLarge } from '#core/image/embedded/image-files.js';
import { ownImage, visibleImage } from '../access.js';
import { Conflict, NoData, StorageFull } from '../dialect.js';
import type { ImageParts } from '../parts.js';

type AnyCall = Call<undefined, Record<string, never>>;

const OCTETS = 'application/octet-stream';
/** A stalled upload ends by `upload.idleMs`; this is for one that never ends. */
const UPLOAD_DEADLINE_MS = 24 * 3_600_000;

/** `PUT` and `GET /v2/images/{id}/file`: never in memory as a whole. */
export function dataRoutes(parts: ImageParts): AnyRoute[] {
  return [
    route({
      name: 'upload_image',
      method: 'PUT',
      path: '/v2/images/:id/file',
      upload: true,
      deadlineMs: UPLOAD_DEADLINE_MS,
      handler: (call) => upload(parts, call),
    }),
    route({
      name: 'download_image',
      method: 'GET',
      path: '/v2/images/:id/file',
      handler: async ({ context, params }) => {
        const image = await visibleImage(parts.store, context, params['id'] ?? '');
        if (image.checksum === null && image.origin === 'user') return { status: 204 };
        if (image.checksum === null) throw new NoData(image.id, await parts.store.hostsOf(image.id));
        const found = await parts.files.read(image.id);
        if (found === null) throw new NoData(image.id, []);
        const headers = {
          'Content-Type': OCTETS,
          'Content-Length': String(found.size),
          // Glance's header is hexadecimal, whatever RFC 1864 says
          'Content-MD5': image.checksum,
        };
        return { status: 200, body: found.data, headers };
      },
    }),
  ];
}

async function upload({ store, files, upload: limits }: ImageParts, call: AnyCall): Promise<{ status: number }> {
  const image = await ownImage(store, call.context, call.params['id'] ?? '', 'upload_image');
  const type = call.headers['content-type'] ?? '';
  if (type.split(';')[0]?.trim() !== OCTETS) throw new UnsupportedMediaType(type);
  if (image.containerFormat === null || image.diskFormat === null) {
    throw new Invalid('Properties disk_format, container_format must be set prior to saving data.');
  }
  if (Number(call.headers['content-length'] ?? 0) > limits.maxBytes) throw new ImageTooLarge(limits.maxBytes);
  if (!(await store.beginUpload(image.id))) {
    throw new Conflict(`Image ${image.id} has data already, or is getting some (${image.status}).`);
  }
  try {
    const data = await files.receive(image.id, call.upload, limits, call.signal);
    if (await store.endUpload(image.id, data)) return { status: 204 };
  } catch (error) {
    await store.abandonUpload(image.id);
    throw uploadError(error);
  }
  await files.remove(image.id);
  throw new NotFound('image', image.id);
}

const BROKEN_OFF = new Set(['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'EPIPE']);

/** What of a failed upload is not our fault. */
function uploadError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return new StorageFull('There is no room for the image.');
  return BROKEN_OFF.has(error.code) ? new Invalid('The upload broke off.') : error;
}
