import type { ServerGroup } from '#core/domain/server-group.js';
import type { MicroVersion } from '#core/http/version.js';

/** A group in the members of its version (nova-api.md 4.19). */
export const serverGroupView = (g: ServerGroup, version: MicroVersion): Record<string, unknown> => ({
  id: g.uuid,
  name: g.name,
  members: g.members,
  ...(version.atLeast(64) ? { policy: g.policy, rules: g.rules } : { policies: [g.policy], metadata: {} }),
  ...(version.atLeast(13) && { project_id: g.projectId, user_id: g.userId }),
});
