import { Unsupported } from '#core/domain/errors.js';
import { type AnyRoute, type Method, route } from '#core/http/route.js';

type Versions = NonNullable<AnyRoute['versions']>;

/**
 * Endpoints of the API that this service does not offer (native-api.md 3.1). They are known, so that a client is told so in
 * words: 501, and before that 403 and 406 as ever.
 */
const ENDPOINTS: readonly (readonly [name: string, method: Method, path: string, versions?: Versions])[] = [
  ['container:rebuild', 'POST', '/v1/containers/:container/rebuild'],
  ['container:commit', 'POST', '/v1/containers/:container/commit'],
  ['container:network_attach', 'POST', '/v1/containers/:container/network_attach', { min: 8 }],
  ['container:network_detach', 'POST', '/v1/containers/:container/network_detach', { min: 6 }],
  ['container:add_security_group', 'POST', '/v1/containers/:container/add_security_group', { max: 14 }],
  ['container:remove_security_group', 'POST', '/v1/containers/:container/remove_security_group', { max: 14 }],
  ['capsule:get_all', 'GET', '/v1/capsules'],
  ['capsule:create', 'POST', '/v1/capsules'],
  ['capsule:get', 'GET', '/v1/capsules/:capsule'],
  ['capsule:delete', 'DELETE', '/v1/capsules/:capsule'],
  ['image:search', 'GET', '/v1/images/:image/search'],
  ['registry:get_all', 'GET', '/v1/registries'],
  ['registry:create', 'POST', '/v1/registries'],
  ['registry:get_one', 'GET', '/v1/registries/:registry'],
  ['registry:update', 'PATCH', '/v1/registries/:registry'],
  ['registry:delete', 'DELETE', '/v1/registries/:registry'],
];

const ADMIN_ENDPOINTS: typeof ENDPOINTS = [
  ['image:get_all', 'GET', '/v1/images'],
  ['image:pull', 'POST', '/v1/images'],
  ['image:get_one', 'GET', '/v1/images/:image'],
  ['image:delete', 'DELETE', '/v1/images/:image'],
  ['network:create', 'POST', '/v1/networks'],
  ['network:delete', 'DELETE', '/v1/networks/:network', { min: 27 }],
];

export const unsupportedRoutes = (): AnyRoute[] => [
  ...ENDPOINTS.map((e) => unsupported(e)),
  ...ADMIN_ENDPOINTS.map((e) => unsupported(e, 'admin')),
];

const unsupported = ([name, method, path, versions]: (typeof ENDPOINTS)[number], role?: 'admin'): AnyRoute =>
  route({
    name,
    method,
    path,
    ...(versions && { versions }),
    ...(role && { role }),
    handler: () => {
      throw new Unsupported(`${name} is not supported by this service.`);
    },
  });
