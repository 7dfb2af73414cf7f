import { type AnyRoute, route } from '#core/http/route.js';
import { versionsView } from '../views.js';

/** Discovery (nova-api 6.5): needs no token. */
export const versionRoutes = (): AnyRoute[] =>
  ['/', '/versions'].map((path) =>
    route({
      name: 'versions',
      method: 'GET',
      path,
      public: true,
      handler: ({ baseUrl }) => ({ status: 300, body: versionsView(baseUrl) }),
    }),
  );
