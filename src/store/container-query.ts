import type { Action } from '#core/domain/operation.js';
import type { ContainerState } from '#core/domain/state.js';
import { STATE_SQL } from './container-sql.js';

/** A condition on state and operation in flight: what a status of either API comes down to. */
export interface StatusCondition {
  readonly states: readonly ContainerState[];
  /** null: whatever is in flight. */
  readonly tasks: readonly (Action | 'none')[] | null;
}

/** What to list. All conditions hold together; an absent one does not restrict. */
export interface ContainerQuery {
  /** null: all projects. */
  readonly projectId: string | null;
  readonly deleted: 'exclude' | 'only' | 'include';
  readonly uuids?: readonly string[];
  readonly nameExact?: string;
  /** POSIX regular expression, searched unanchored. */
  readonly nameRegex?: string;
  readonly userId?: string;
  readonly host?: string;
  readonly zone?: string;
  readonly imageId?: string;
  readonly imageRef?: string;
  readonly flavorId?: string;
  readonly memoryMb?: number;
  readonly autoRemove?: boolean;
  readonly addressRegex?: string;
  readonly reservationRegex?: string;
  readonly keyName?: string;
  readonly statuses?: readonly StatusCondition[];
  readonly changedSince?: Date;
  readonly changedBefore?: Date;
  readonly sort: readonly { readonly key: SortKey; readonly direction: 'asc' | 'desc' }[];
  readonly limit: number;
  /** Uuid of the last container of the page before. */
  readonly marker?: string;
}

/** Columns to sort by. Null-able ones sort as the smallest value, so that a marker always has a place. */
const SORT = {
  seq: 'c.seq',
  uuid: 'c.uuid',
  created_at: 'c.created_at',
  updated_at: 'c.updated_at',
  name: 'c.name',
  hostname: 'c.hostname',
  project_id: 'c.project_id',
  user_id: 'c.user_id',
  host: "coalesce(c.host, '')",
  availability_zone: "coalesce(c.availability_zone, '')",
  image: "c.spec -> 'image' ->> 'ref'",
  image_id: "c.spec -> 'image' ->> 'id'",
  memory: 'c.claimed_memory_mb',
  cpu: 'c.claimed_cpus',
  disk: 'c.claimed_disk_gb',
  launched_at: "coalesce(c.launched_at, 'epoch')",
  started_at: "coalesce(c.started_at, 'epoch')",
  deleted_at: "coalesce(c.deleted_at, 'epoch')",
  key_name: "coalesce(c.server ->> 'keyName', '')",
  launch_index: "(c.server ->> 'launchIndex')::integer",
  state: `(${STATE_SQL})`,
} as const;
export type SortKey = keyof typeof SORT;

export interface SqlCondition {
  readonly where: string;
  readonly order: string;
  readonly bind: readonly unknown[];
}

/** Builds the WHERE and ORDER BY of a query, with its values to bind. */
export function conditionOf(q: ContainerQuery): SqlCondition {
  const bind: unknown[] = [];
  const v = (value: unknown): string => {
    bind.push(value);
    return `$${bind.length}`;
  };
  const and: string[] = [];
  if (q.projectId !== null) and.push(`c.project_id = ${v(q.projectId)}`);
  if (q.deleted === 'exclude') and.push('c.deleted_at is null');
  if (q.deleted === 'only') and.push('c.deleted_at is not null');
  if (q.uuids !== undefined) and.push(`c.uuid = any(${v(`{${q.uuids.join(',')}}`)}::uuid[])`);
  if (q.nameExact !== undefined) and.push(`c.name = ${v(q.nameExact)}`);
  if (q.nameRegex !== undefined) and.push(`c.name ~ ${v(q.nameRegex)}`);
  if (q.userId !== undefined) and.push(`c.user_id = ${v(q.userId)}`);
  if (q.host !== undefined) and.push(`c.host = ${v(q.host)}`);
  if (q.zone !== undefined) and.push(`c.availability_zone = ${v(q.zone)}`);
  if (q.imageId !== undefined) and.push(`c.spec -> 'image' ->> 'id' = ${v(q.imageId)}`);
  if (q.imageRef !== undefined) and.push(`c.spec -> 'image' ->> 'ref' = ${v(q.imageRef)}`);
  if (q.flavorId !== undefined) and.push(`c.server -> 'flavor' ->> 'id' = ${v(q.flavorId)}`);
  if (q.memoryMb !== undefined) and.push(`(c.spec -> 'limits' ->> 'memoryMb')::integer = ${v(q.memoryMb)}`);
  if (q.autoRemove !== undefined) and.push(`(c.spec ->> 'autoRemove')::boolean = ${v(q.autoRemove)}`);
  if (q.reservationRegex !== undefined) and.push(`c.server ->> 'reservationId' ~ ${v(q.reservationRegex)}`);
  if (q.keyName !== undefined) and.push(`c.server ->> 'keyName' ~ ${v(q.keyName)}`);
  if (q.addressRegex !== undefined) {
    and.push(`exists (select 1 from jsonb_path_query(c.ports, '$[*].fixedIps[*].address') a where a #>> '{}' ~ ${v(q.addressRegex)})`);
  }
  if (q.changedSince !== undefined) and.push(`c.updated_at >= ${v(q.changedSince)}`);
  if (q.changedBefore !== undefined) and.push(`c.updated_at <= ${v(q.changedBefore)}`);
  if (q.statuses !== undefined) and.push(`(${q.statuses.map((s) => status(s, v)).join(' or ') || 'false'})`);
  const keys = q.sort.some((s) => s.key === 'uuid' || s.key === 'seq') ? q.sort : [...q.sort, { key: 'uuid', direction: q.sort.at(-1)?.direction ?? 'desc' } as const];
  if (q.marker !== undefined) and.push(after(keys, v(q.marker)));
  return {
    where: and.length > 0 ? and.join(' and ') : 'true',
    order: keys.map((k) => `${SORT[k.key]} ${k.direction}`).join(', '),
    bind,
  };
}

function status(s: StatusCondition, v: (value: unknown) => string): string {
  const state = `(${STATE_SQL}) = any(${v(`{${s.states.join(',')}}`)}::text[])`;
  if (s.tasks === null) return state;
  return `(${state} and coalesce(t.action, 'none') = any(${v(`{${s.tasks.join(',')}}`)}::text[]))`;
}

/**
 * Rows behind the marker's. In the form `a <= x and (a < x or (a = x and ...))`, which is a range of the index
 * (facts-node 3: the plain OR form is five times slower at depth).
 */
function after(keys: ContainerQuery['sort'], marker: string): string {
  const value = (key: SortKey): string => `(select ${SORT[key]} from containers c where c.uuid = ${marker}::uuid)`;
  const compare = (i: number): string => {
    const k = keys[i];
    if (k === undefined) return 'false';
    const op = k.direction === 'asc' ? '>' : '<';
    const strict = `${SORT[k.key]} ${op} ${value(k.key)}`;
    if (i === keys.length - 1) return strict;
    return `${SORT[k.key]} ${op}= ${value(k.key)} and (${strict} or (${compare(i + 1)}))`;
  };
  return `(${compare(0)})`;
}

export const isSortKey = (key: string): key is SortKey => key in SORT;
