import type { ProjectUsage, QuotaLimits } from '#core/domain/records.js';
import type { Engine } from './engine.js';

/** Limits of a project, and what it uses of them. */
export async function projectQuota(
  engine: Engine,
  projectId: string,
): Promise<{ limits: QuotaLimits; usage: ProjectUsage }> {
  const [limits, usage] = await Promise.all([
    engine.store.quotas.limits(projectId),
    engine.store.quotas.usage(projectId),
  ]);
  return { limits, usage };
}

/** Limits of a project that has none of its own. */
export const defaultQuota = (engine: Engine): Promise<QuotaLimits> => engine.store.quotas.limits('');
