import type { Engine } from '#core/engine/engine.js';
import { projectQuota } from '#core/engine/quotas.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { anyText, last, type Query, queryOf } from '#schemas/nova/query.js';
import { authorize } from '../policy.js';

const limitsQuery = queryOf(() => ({ tenant_id: anyText }));

/** Limits and use of the project in one look (nova-api.md 4.16). */
export function limitRoutes(engine: Engine): AnyRoute[] {
  return [
    route<undefined, Query>({
      name: 'os_compute_api:limits',
      method: 'GET',
      path: '/limits',
      query: limitsQuery,
      handler: async ({ context, version, query }) => {
        const project = last(query, 'tenant_id') ?? context.projectId;
        if (project !== context.projectId) authorize(context, 'limits:other_project', 'admin');
        const { limits, usage } = await projectQuota(engine, project);
        const absolute = {
          maxTotalInstances: limits.instances,
          maxTotalCores: limits.cores,
          maxTotalRAMSize: limits.ram,
          maxTotalKeypairs: limits.key_pairs,
          maxServerMeta: limits.metadata_items,
          maxServerGroups: limits.server_groups,
          maxServerGroupMembers: limits.server_group_members,
          totalInstancesUsed: usage.containers,
          totalCoresUsed: usage.cores,
          totalRAMUsed: usage.memoryMb,
          totalServerGroupsUsed: usage.serverGroups,
          ...(version.minor <= 56 && { maxPersonality: 5, maxPersonalitySize: 10_240 }),
          ...(version.minor <= 38 && { maxImageMeta: limits.metadata_items }),
          ...(version.minor <= 35 && NETWORK_LIMITS),
        };
        return { status: 200, body: { limits: { rate: [], absolute } } };
      },
    }),
  ];
}

/** The network service counts these; old clients want to see them. */
const NETWORK_LIMITS = {
  maxTotalFloatingIps: -1,
  maxSecurityGroups: -1,
  maxSecurityGroupRules: -1,
  totalFloatingIpsUsed: 0,
  totalSecurityGroupsUsed: 0,
} as const;
