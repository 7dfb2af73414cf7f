import { type AnyRoute, route } from '#core/http/route.js';
import { rootDocument, versionDocument } from '../views/versions.js';

/** Discovery: nobody needs a token to find out what speaks here. */
export const versionRoutes = (): AnyRoute[] => [
  route({
    name: 'versions:list',
    method: 'GET',
    path: '/',
    public: true,
    handler: ({ baseUrl }) => ({ status: 200, body: rootDocument(baseUrl) }),
  }),
  route({
    name: 'versions:show',
    method: 'GET',
    path: '/v1',
    public: true,
    handler: ({ baseUrl }) => ({ status: 200, body: versionDocument(baseUrl) }),
  }),
];
