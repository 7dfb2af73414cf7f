import { type AnyRoute, route } from '#core/http/route.js';
import { versionView } from '../views.js';

/** Discovery (nova-api 6.1): needs no token. */
export const versionRoutes = (): AnyRoute[] => [
  route({
    name: 'identity:versions',
    method: 'GET',
    path: '/',
    public: true,
    handler: ({ baseUrl }) => ({ status: 300, body: { versions: { values: [versionView(baseUrl)] } } }),
  }),
  route({
    name: 'identity:version',
    method: 'GET',
    path: '/v3',
    public: true,
    handler: ({ baseUrl }) => ({ status: 200, body: { version: versionView(baseUrl) } }),
  }),
];
