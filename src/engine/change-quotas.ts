import type { QuotaLimits } from '#core/domain/records.js';
import type { Engine } from './engine.js';

/** Sets some limits of a project; -1 is no limit. @returns all limits as they hold now */
export async function setProjectQuota(
  engine: Engine,
  projectId: string,
  limits: Partial<QuotaLimits>,
): Promise<QuotaLimits> {
  await engine.store.quotas.set('project', projectId, limits);
  return engine.store.quotas.limits(projectId);
}

/** The project has the defaults again. */
export const resetProjectQuota = (engine: Engine, projectId: string): Promise<void> =>
  engine.store.quotas.clearProject(projectId);

/** Limits of a class: its own over the built-in ones. Class `default` is what projects without limits of their own have. */
export const quotaClass = (engine: Engine, name: string): Promise<QuotaLimits> => engine.store.quotas.classLimits(name);

/** Sets some limits of a class. @returns all of them */
export async function setQuotaClass(engine: Engine, name: string, limits: Partial<QuotaLimits>): Promise<QuotaLimits> {
  await engine.store.quotas.set('class', name, limits);
  return engine.store.quotas.classLimits(name);
}
