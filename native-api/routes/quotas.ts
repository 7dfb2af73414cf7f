import type { Engine } from '#core/engine/engine.js';
import { defaultQuota, projectQuota } from '#core/engine/quotas.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { type QuotaQuery, quotaQuery } from '#schemas/native/lists.js';
import { authorize } from '../policy.js';
import { quotaUsageView, quotaView } from '../views/quota.js';

/** Quotas of projects (native-api.md 3.14). Who is no administrator sees his own project's. */
export const quotaRoutes = (engine: Engine): AnyRoute[] => [
  route<undefined, QuotaQuery>({
    name: 'quota:get',
    method: 'GET',
    path: '/v1/quotas/:project',
    query: () => quotaQuery,
    handler: async ({ context, params, query }) => {
      const project = params['project'] ?? '';
      authorize(context, 'quota:get', project);
      const { limits, usage } = await projectQuota(engine, project);
      return { status: 200, body: query.usages === true ? quotaUsageView(limits, usage) : quotaView(limits) };
    },
  }),
  route({
    name: 'quota:get_default',
    method: 'GET',
    path: '/v1/quotas/:project/defaults',
    handler: async ({ context, params }) => {
      authorize(context, 'quota:get_default', params['project'] ?? '');
      return { status: 200, body: quotaView(await defaultQuota(engine)) };
    },
  }),
];
