import { quotaClass, resetProjectQuota, setProjectQuota, setQuotaClass } from '#core/engine/change-quotas.js';
import type { Engine } from '#core/engine/engine.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { type QuotaBody, quotaBody, quotaParameters } from '#schemas/native/quotas.js';
import { quotaView } from '../views/quota.js';

/** Limits that an operator sets, of projects and of classes (native-api.md 3.14, 3.15). */
export const quotaChangeRoutes = (engine: Engine): AnyRoute[] => [
  route<QuotaBody | null, QuotaBody>({
    name: 'quota:update',
    method: 'PUT',
    path: '/v1/quotas/:project',
    role: 'admin',
    query: () => quotaParameters,
    body: () => quotaBody,
    handler: async ({ params, query, body }) => ({
      status: 200,
      body: quotaView(await setProjectQuota(engine, params['project'] ?? '', { ...query, ...body })),
    }),
  }),
  route({
    name: 'quota:delete',
    method: 'DELETE',
    path: '/v1/quotas/:project',
    role: 'admin',
    handler: async ({ params }) => {
      await resetProjectQuota(engine, params['project'] ?? '');
      return { status: 200, body: null };
    },
  }),
  route({
    name: 'quota_class:get',
    method: 'GET',
    path: '/v1/quota_classes/:class',
    role: 'admin',
    handler: async ({ params }) => ({
      status: 200,
      body: quotaView(await quotaClass(engine, params['class'] ?? '')),
    }),
  }),
  route<QuotaBody | null, QuotaBody>({
    name: 'quota_class:update',
    method: 'PUT',
    path: '/v1/quota_classes/:class',
    role: 'admin',
    query: () => quotaParameters,
    body: () => quotaBody,
    handler: async ({ params, query, body }) => ({
      status: 200,
      body: quotaView(await setQuotaClass(engine, params['class'] ?? '', { ...query, ...body })),
    }),
  }),
];
