import type { RequestContext } from '#core/domain/context.js';
import { QuotaExceeded } from '#core/domain/errors.js';
import type { GroupRequest } from '#core/scheduler/request.js';
import type { Transaction } from '#core/store/database.js';
import type { CreateInput, Engine } from './engine.js';
import { scopeOf } from './find-container.js';

/** A group as placement sees it: the counts move with each container that is placed. */
export interface PlacementGroup extends GroupRequest {
  readonly members: Map<string, number>;
}

/**
 * The server group that a create names, under the lock of placement; undefined: none.
 * @throws NotFound('server group'), QuotaExceeded when it would have too many members
 */
export async function placementGroup(
  engine: Engine,
  context: RequestContext,
  input: CreateInput,
  transaction: Transaction,
): Promise<PlacementGroup | undefined> {
  const uuid = input.placement.group;
  if (uuid === undefined) return undefined;
  const { serverGroups, quotas } = engine.store;
  const [group, members, limits] = await Promise.all([
    serverGroups.find(uuid, scopeOf(context), transaction),
    serverGroups.membersByHost(uuid, transaction),
    quotas.limits(context.projectId, transaction),
  ]);
  const [limit, used, requested] = [limits.server_group_members, group.members.length, input.names.length];
  if (limit >= 0 && used + requested > limit) {
    throw new QuotaExceeded([{ resource: 'server_group_members', requested, used, limit }]);
  }
  return { policy: group.policy, maxPerHost: group.rules.max_server_per_host ?? 1, members };
}
