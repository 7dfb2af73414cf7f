import { listen } from '#core/http/server.js';
import type { ReceiveLimits } from '#core/image/embedded/image-files.js';
import { silent } from '#core/logging/logger.js';
import { createImageApp } from '#core/standalone/image/app.js';
import { type TestIdentity, testIdentity } from './identity.js';
import { type TestImages, testImages } from './images.js';
import { type Answer, type Json, type Sent, send } from './request.js';

export interface ImageApi extends TestImages, Pick<TestIdentity, 'token'> {
  readonly root: string;
  call(path: string, sent?: Sent): Promise<Answer>;
  /** Makes an image. @returns its id @throws when it is refused */
  make(token: string, members: Readonly<Record<string, unknown>>): Promise<string>;
  /** `GET /v2/images` with a query. */
  list(token: string, query?: string): Promise<Json[]>;
  upload(token: string, id: string, data: Buffer, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  patch(token: string, id: string, operations: unknown): Promise<Answer>;
}

export interface ImageApiOptions {
  readonly autocreate?: boolean;
  readonly upload?: ReceiveLimits;
}

/** The image API on a port, a database and a directory of its own, for the users of the embedded identity service. */
export async function imageApi(options: ImageApiOptions = {}): Promise<ImageApi> {
  const kit = await testImages();
  const { identity, token } = await testIdentity(kit.database);
  const app = createImageApp({
    identity,
    store: kit.store,
    files: kit.files,
    upload: options.upload ?? { maxBytes: 1 << 20, idleMs: 10_000 },
    autocreate: options.autocreate ?? false,
    log: silent(),
    ready: () => kit.database.ping(),
  });
  const server = await listen(app.callback(), '127.0.0.1', 0);
  const root = `http://127.0.0.1:${server.port}`;
  const call = (path: string, sent: Sent = {}): Promise<Answer> => send(`${root}${path}`, sent);
  return {
    ...kit,
    token,
    root,
    call,
    make: async (bearer, members) => {
      const answer = await call('/v2/images', { method: 'POST', token: bearer, body: members });
      if (answer.status !== 201) throw new Error(`not made: ${answer.status} ${answer.text}`);
      return answer.json().text('id');
    },
    list: async (bearer, query = '') => (await call(`/v2/images${query}`, { token: bearer })).json().list('images'),
    upload: (bearer, id, data, headers = { 'content-type': 'application/octet-stream' }) =>
      call(`/v2/images/${id}/file`, { method: 'PUT', token: bearer, body: data, headers }),
    patch: (bearer, id, operations) =>
      call(`/v2/images/${id}`, {
        method: 'PATCH',
        token: bearer,
        headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
        body: operations,
      }),
    close: async () => {
      await server.close(0);
      await kit.close();
    },
  };
}
