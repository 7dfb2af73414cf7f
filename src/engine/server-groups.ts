import type { RequestContext } from '#core/domain/context.js';
import { NotFound, QuotaExceeded } from '#core/domain/errors.js';
import type { GroupPolicy, GroupRules, ServerGroup } from '#core/domain/server-group.js';
import type { Engine } from './engine.js';
import { isUuid, scopeOf } from './find-container.js';

export interface NewServerGroup {
  readonly name: string;
  readonly policy: GroupPolicy;
  readonly rules: GroupRules;
}

/** @throws QuotaExceeded */
export async function createServerGroup(
  engine: Engine,
  context: RequestContext,
  wanted: NewServerGroup,
): Promise<ServerGroup> {
  const { projectId, userId } = context;
  const { quotas, serverGroups, database } = engine.store;
  return database.transaction(async (transaction) => {
    await quotas.lockProject(projectId, transaction);
    const [limits, usage] = await Promise.all([
      quotas.limits(projectId, transaction),
      quotas.usage(projectId, transaction),
    ]);
    const [limit, used] = [limits.server_groups, usage.serverGroups];
    if (limit >= 0 && used >= limit) {
      throw new QuotaExceeded([{ resource: 'server_groups', requested: 1, used, limit }]);
    }
    return serverGroups.insert({ ...wanted, projectId, userId }, transaction);
  });
}

/** In order of creation. `projectId` null: of all projects. */
export const listServerGroups = (
  engine: Engine,
  projectId: string | null,
  limit: number,
  offset: number,
): Promise<ServerGroup[]> => engine.store.serverGroups.list(projectId, limit, offset);

/** @throws NotFound('server group') */
export async function getServerGroup(engine: Engine, context: RequestContext, uuid: string): Promise<ServerGroup> {
  if (!isUuid(uuid)) throw new NotFound('server group', uuid);
  return engine.store.serverGroups.find(uuid, scopeOf(context));
}

/** Its servers stay, in no group. @throws NotFound('server group') */
export async function deleteServerGroup(engine: Engine, context: RequestContext, uuid: string): Promise<void> {
  if (!isUuid(uuid)) throw new NotFound('server group', uuid);
  await engine.store.serverGroups.remove(uuid, scopeOf(context));
}
