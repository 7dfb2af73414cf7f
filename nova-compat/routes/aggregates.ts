import { type AnyRoute, route } from '#core/http/route.js';
import { badRequest, notFound } from '../refusal.js';

/**
 * Host aggregates, as far as they are read (nova-api.md 4.17). Nobody can make one yet, so there are none; clients that show a host
 * ask for them.
 */
export function aggregateRoutes(): AnyRoute[] {
  return [
    route({
      name: 'os_compute_api:os-aggregates:index',
      method: 'GET',
      path: '/os-aggregates',
      role: 'admin',
      handler: () => ({ status: 200, body: { aggregates: [] } }),
    }),
    route({
      name: 'os_compute_api:os-aggregates:show',
      method: 'GET',
      path: '/os-aggregates/:id',
      role: 'admin',
      handler: ({ params }) => {
        const id = params['id'] ?? '';
        // A name in the path: clients take the refusal as the sign to look through the list.
        if (!/^\d+$/.test(id))
          throw badRequest(`Invalid input for field/attribute id. Value: ${id}. '${id}' is not an integer`);
        throw notFound(`Aggregate ${id} could not be found.`);
      },
    }),
  ];
}
