import { type AnyRoute, type Call, type Reply, route } from '#core/http/route.js';
import { NeutronRefusal } from '../errors.js';

/** -1: without limit. What is not on offer has the limit 0. */
const QUOTA = {
  network: -1,
  subnet: -1,
  subnetpool: 0,
  port: -1,
  security_group: -1,
  security_group_rule: -1,
  router: 0,
  floatingip: 0,
  rbac_policy: 0,
} as const;

/** Limits as they are: this service sets none. */
export function quotaRoutes(): AnyRoute[] {
  return [
    route({ name: 'get_quota', method: 'GET', path: '/v2.0/quotas/:project', handler: show }),
    route({ name: 'get_quota', method: 'GET', path: '/v2.0/quotas/:project/default', handler: show }),
  ];
}

function show({ context, params }: Call<undefined, Record<string, never>>): Reply {
  if (params['project'] !== context.projectId && !context.isAdmin) {
    const message =
      'User does not have admin privileges: Non-admin is not authorised to access quotas for another tenant.';
    throw new NeutronRefusal(403, 'AdminRequired', message);
  }
  return { status: 200, body: { quota: QUOTA } };
}
