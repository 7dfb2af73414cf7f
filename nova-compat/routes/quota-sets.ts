import type { ProjectUsage, QuotaLimits } from '#core/domain/records.js';
import type { Engine } from '#core/engine/engine.js';
import { projectQuota } from '#core/engine/quotas.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import type { MicroVersion } from '#core/http/version.js';
import { anyText, type Query, queryOf } from '#schemas/nova/query.js';
import { authorize } from '../policy.js';

const quotaQuery = queryOf(() => ({ user_id: anyText }));

/** Quotas of a project, as far as they are read (nova-api.md 4.16). */
export function quotaRoutes(engine: Engine): AnyRoute[] {
  return [
    route<undefined, Query>({
      name: 'os_compute_api:os-quota-sets:show',
      method: 'GET',
      path: '/os-quota-sets/:project',
      query: quotaQuery,
      handler: async (call) => {
        const { project, limits } = await quotaOf(engine, call, 'show');
        return { status: 200, body: { quota_set: { id: project, ...quotaKeys(limits, call.version) } } };
      },
    }),
    route<undefined, Query>({
      name: 'os_compute_api:os-quota-sets:defaults',
      method: 'GET',
      path: '/os-quota-sets/:project/defaults',
      query: quotaQuery,
      handler: async (call) => {
        const id = projectOf(call);
        // What a project has of which nobody ever spoke: the defaults, with what an operator made of them.
        const { limits } = await projectQuota(engine, '');
        return { status: 200, body: { quota_set: { id, ...quotaKeys(limits, call.version) } } };
      },
    }),
    route<undefined, Query>({
      name: 'os_compute_api:os-quota-sets:detail',
      method: 'GET',
      path: '/os-quota-sets/:project/detail',
      query: quotaQuery,
      handler: async (call) => {
        const { project, limits, usage } = await quotaOf(engine, call, 'detail');
        const inUse = used(usage);
        const detail = Object.entries(quotaKeys(limits, call.version)).map(
          ([key, limit]) => [key, { limit, in_use: inUse[key] ?? 0, reserved: 0 }] as const,
        );
        return { status: 200, body: { quota_set: { id: project, ...Object.fromEntries(detail) } } };
      },
    }),
  ];
}

const projectOf = (call: Pick<Call, 'params'>): string => call.params['project'] ?? '';

async function quotaOf(engine: Engine, call: Call<unknown, unknown>, verb: string) {
  const project = projectOf(call);
  if (project !== call.context.projectId) authorize(call.context, `os-quota-sets:${verb}`, 'admin');
  return { project, ...(await projectQuota(engine, project)) };
}

/** The keys of a quota set at a version. */
export function quotaKeys(limits: QuotaLimits, version: MicroVersion): Record<string, number> {
  return {
    instances: limits.instances,
    cores: limits.cores,
    ram: limits.ram,
    key_pairs: limits.key_pairs,
    metadata_items: limits.metadata_items,
    server_groups: limits.server_groups,
    server_group_members: limits.server_group_members,
    ...(version.minor <= 56 && {
      injected_files: 5,
      injected_file_content_bytes: 10_240,
      injected_file_path_bytes: 255,
    }),
    ...(version.minor <= 35 && { floating_ips: -1, fixed_ips: -1, security_groups: -1, security_group_rules: -1 }),
  };
}

/** Key pairs, metadata and members are counted by user and by server: Nova shows 0 for them. */
const used = (u: ProjectUsage): Readonly<Record<string, number>> => ({
  instances: u.containers,
  cores: u.cores,
  ram: u.memoryMb,
  server_groups: u.serverGroups,
});
