import { type AnyRoute, route } from '#core/http/route.js';
import { EXTENSIONS } from '../extension-list.js';
import { notFound } from '../refusal.js';

export function extensionRoutes(): AnyRoute[] {
  return [
    route({
      name: 'os_compute_api:extensions',
      method: 'GET',
      path: '/extensions',
      handler: () => ({ status: 200, body: { extensions: EXTENSIONS } }),
    }),
    route({
      name: 'os_compute_api:extensions',
      method: 'GET',
      path: '/extensions/:alias',
      handler: ({ params }) => {
        const extension = EXTENSIONS.find((e) => e.alias === params['alias']);
        if (extension === undefined) throw notFound('The resource could not be found.');
        return { status: 200, body: { extension } };
      },
    }),
  ];
}
