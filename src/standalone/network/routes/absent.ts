import { type AnyRoute, type Method, route } from '#core/http/route.js';
import { listed } from '../collection.js';
import { NeutronRefusal, notFoundHere } from '../errors.js';

/** What needs routers. Clients list it in passing, so that the lists exist and are empty. */
const ABSENT = [
  { collection: 'floatingips', type: 'FloatingIPNotFound', label: 'Floating IP' },
  { collection: 'routers', type: 'RouterNotFound', label: 'Router' },
] as const;

const WRITES: readonly { method: Method; path: string }[] = [
  { method: 'POST', path: '' },
  { method: 'PUT', path: '/:id' },
  { method: 'DELETE', path: '/:id' },
];

const ATTRIBUTES = [
  'id',
  'name',
  'status',
  'admin_state_up',
  'tenant_id',
  'project_id',
  'description',
  'router_id',
  'port_id',
  'fixed_ip_address',
  'floating_ip_address',
  'floating_network_id',
  'tags',
];

/** Writes are answered as by a Neutron without the L3 extension. */
export function absentRoutes(): AnyRoute[] {
  return ABSENT.flatMap(({ collection, type, label }) => [
    route({
      name: `get_${collection}`,
      method: 'GET',
      path: `/v2.0/${collection}`,
      handler: (call) => listed(call, collection, ATTRIBUTES, []),
    }),
    route({
      name: `get_${collection.slice(0, -1)}`,
      method: 'GET',
      path: `/v2.0/${collection}/:id`,
      handler: ({ params }) => {
        throw new NeutronRefusal(404, type, `${label} ${params['id'] ?? ''} could not be found`);
      },
    }),
    ...WRITES.map(({ method, path }) =>
      route({
        name: `${method.toLowerCase()}_${collection}`,
        method,
        path: `/v2.0/${collection}${path}`,
        handler: () => {
          throw notFoundHere();
        },
      }),
    ),
  ]);
}
