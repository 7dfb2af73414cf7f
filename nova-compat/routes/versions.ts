import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import type { MicroVersion } from '#core/http/version.js';
import { PROJECT_ROOT, versionDocument, versionList } from '../versions.js';

/** Discovery (nova-api.md 1.1): the roots without a token, the same documents inside with one. */
export function versionRoutes(max: MicroVersion): AnyRoute[] {
  const document = ({ baseUrl, lenient }: Call<unknown, unknown>): Reply => ({
    status: 200,
    body: versionDocument(baseUrl, max, lenient),
  });
  return [
    route({
      name: 'versions:list',
      method: 'GET',
      path: '/',
      public: true,
      handler: (call) => (call.prefix === '' ? { status: 200, body: versionList(call.baseUrl, max) } : document(call)),
    }),
    route({ name: 'versions:show', method: 'GET', path: PROJECT_ROOT, handler: document }),
  ];
}
