import { createFlavor, deleteFlavor, describeFlavor } from '#core/engine/change-flavors.js';
import type { Engine } from '#core/engine/engine.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { type FlavorBody, type FlavorUpdateBody, flavorBody, flavorUpdateBody } from '#schemas/nova/flavor.js';
import { flavorView } from '../../views/flavor.js';
import { linkRoots } from '../../views/links.js';
import { idOf } from '../servers.js';

/** All for administrators. Servers keep the copy of the flavor that they were made with. */
export function flavorWriteRoutes(engine: Engine): AnyRoute[] {
  return [
    route<FlavorBody>({
      name: 'os_compute_api:os-flavor-manage:create',
      method: 'POST',
      path: '/flavors',
      role: 'admin',
      body: flavorBody,
      handler: async (call) => {
        const { flavor: wanted } = call.body;
        const flavor = await createFlavor(engine, {
          flavorId: wanted.id ?? null,
          name: wanted.name,
          ramMb: wanted.ram,
          vcpus: wanted.vcpus,
          diskGb: wanted.disk,
          ephemeralGb: wanted['OS-FLV-EXT-DATA:ephemeral'] ?? 0,
          swapMb: wanted.swap ?? 0,
          rxtxFactor: wanted.rxtx_factor ?? 1,
          isPublic: wanted['os-flavor-access:is_public'] ?? true,
          description: wanted.description ?? null,
        });
        return { status: 200, body: { flavor: flavorView(flavor, linkRoots(call), call.version) } };
      },
    }),
    route<FlavorUpdateBody>({
      name: 'os_compute_api:os-flavor-manage:update',
      method: 'PUT',
      path: '/flavors/:id',
      versions: { min: 55 },
      role: 'admin',
      body: flavorUpdateBody,
      handler: async (call) => {
        const flavor = await describeFlavor(engine, idOf(call), call.body.flavor.description);
        return { status: 200, body: { flavor: flavorView(flavor, linkRoots(call), call.version) } };
      },
    }),
    route({
      name: 'os_compute_api:os-flavor-manage:delete',
      method: 'DELETE',
      path: '/flavors/:id',
      role: 'admin',
      handler: async (call) => {
        await deleteFlavor(engine, idOf(call));
        return { status: 202 };
      },
    }),
  ];
}
