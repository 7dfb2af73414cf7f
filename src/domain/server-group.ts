export const GROUP_POLICIES = ['affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'] as const;
/** Where the servers of a group go: to one host, to different ones, or (soft) so if it can be done. */
export type GroupPolicy = (typeof GROUP_POLICIES)[number];

export interface GroupRules {
  /** How many members anti-affinity allows on one host; 1 when absent. */
  readonly max_server_per_host?: number;
}

export interface ServerGroup {
  readonly uuid: string;
  readonly projectId: string;
  readonly userId: string;
  readonly name: string;
  readonly policy: GroupPolicy;
  readonly rules: GroupRules;
  /** Uuids of the containers that were made in it and are not deleted, in order of creation. */
  readonly members: readonly string[];
}
