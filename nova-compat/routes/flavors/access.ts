import Joi from 'joi';
import type { RequestContext } from '#core/domain/context.js';
import { type FlavorAccess, flavorAccess, grantFlavor, revokeFlavor } from '#core/engine/change-flavors.js';
import type { Engine } from '#core/engine/engine.js';
import { parseMember } from '#core/http/parse.js';
import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import { type TenantArgument, tenantArgument } from '#schemas/nova/flavor.js';
import { authorize } from '../../policy.js';
import { badRequest, conflict, notFound } from '../../refusal.js';
import { onlyMember } from '../only-member.js';
import { idOf } from '../servers.js';

/** Which action the body asks for decides its schema. */
const anyBody = Joi.any();

/** From here on a public flavor cannot be given to anybody. */
const PRIVATE_ONLY_FROM = 7;

/** Projects that may use a private flavor. All for administrators. */
export function flavorAccessRoutes(engine: Engine): AnyRoute[] {
  return [
    route({
      name: 'os_compute_api:os-flavor-access',
      method: 'GET',
      path: '/flavors/:id/os-flavor-access',
      role: 'admin',
      handler: async ({ context, params }) => {
        const access = await flavorAccess(engine, context, params['id'] ?? '');
        if (access.flavor.isPublic) throw notFound('Access list not available for public flavors.');
        return accessList(access);
      },
    }),
    route<unknown>({
      name: 'os_compute_api:os-flavor-access:action',
      method: 'POST',
      path: '/flavors/:id/action',
      // Each action has a rule of its own, checked below.
      role: 'reader',
      body: () => anyBody,
      handler: async (call) => {
        const [key, argument] = onlyMember(call.body);
        const run = ACTIONS.get(key);
        if (run === undefined) throw badRequest(`There is no such action: ${key}`);
        const { tenant } = parseMember<TenantArgument>(tenantArgument(call.version), key, argument, call.lenient);
        return run(engine, call, tenant);
      },
    }),
  ];
}

type Action = (engine: Engine, call: Call, tenant: string) => Promise<Reply>;

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  [
    'addTenantAccess',
    async (engine, call, tenant) => {
      const { flavor } = await forAdmin(engine, call.context, idOf(call), 'add_tenant_access');
      if (flavor.isPublic && call.version.atLeast(PRIVATE_ONLY_FROM)) {
        throw conflict('Can not add access to a public flavor.');
      }
      if (!(await grantFlavor(engine, flavor.flavorId, tenant))) {
        throw conflict(`Flavor access already exists for flavor ${flavor.flavorId} and project ${tenant} combination.`);
      }
      return accessList(await flavorAccess(engine, call.context, flavor.flavorId));
    },
  ],
  [
    'removeTenantAccess',
    async (engine, call, tenant) => {
      const { flavor } = await forAdmin(engine, call.context, idOf(call), 'remove_tenant_access');
      if (!(await revokeFlavor(engine, flavor.flavorId, tenant))) {
        throw notFound(`Flavor access not found for ${flavor.flavorId} / ${tenant} combination.`);
      }
      return accessList(await flavorAccess(engine, call.context, flavor.flavorId));
    },
  ],
]);

function forAdmin(engine: Engine, context: RequestContext, id: string, rule: string): Promise<FlavorAccess> {
  authorize(context, `os-flavor-access:${rule}`, 'admin');
  return flavorAccess(engine, context, id);
}

const accessList = ({ flavor, projects }: FlavorAccess): Reply => ({
  status: 200,
  body: { flavor_access: projects.map((tenant_id) => ({ flavor_id: flavor.flavorId, tenant_id })) },
});
