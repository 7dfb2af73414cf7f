import type { RequestContext } from '#core/domain/context.js';
import { Forbidden } from '#core/domain/errors.js';
import type { ContainerQuery, SortKey } from '#core/engine/list-containers.js';
import { all, type Query } from '#schemas/nova/query.js';

/** Nova's sort keys as the engine's; keys that are the same for all containers are not here and change nothing. */
const KEYS: Readonly<Record<string, SortKey>> = {
  access_ip_v4: 'access_ip_v4',
  access_ip_v6: 'access_ip_v6',
  auto_disk_config: 'disk_config',
  availability_zone: 'availability_zone',
  config_drive: 'config_drive',
  created_at: 'created_at',
  display_description: 'description',
  display_name: 'name',
  host: 'host',
  hostname: 'hostname',
  image_ref: 'image_id',
  instance_type_id: 'flavor',
  key_name: 'key_name',
  launch_index: 'launch_index',
  launched_at: 'launched_at',
  locked: 'locked',
  locked_by: 'locked',
  node: 'host',
  project_id: 'project_id',
  terminated_at: 'deleted_at',
  updated_at: 'updated_at',
  user_id: 'user_id',
  uuid: 'uuid',
  vm_state: 'state',
};

const ADMIN_KEYS = new Set(['host', 'node']);

/**
 * Order of a list: newest first, unless the query says otherwise. A key without a direction of its own takes the first one given,
 * and descending when there is none.
 * @throws Forbidden for keys of administrators
 */
export function sortOf(query: Query, context: RequestContext): ContainerQuery['sort'] {
  const keys = all(query, 'sort_key');
  const directions = all(query, 'sort_dir').map((d) => (d === 'asc' ? ('asc' as const) : ('desc' as const)));
  if (!context.isAdmin && keys.some((k) => ADMIN_KEYS.has(k))) {
    throw new Forbidden('os_compute_api:servers:allow_all_filters');
  }
  const fallback = directions[0] ?? 'desc';
  const sort = keys.flatMap((k, i) => {
    const key = KEYS[k];
    return key === undefined ? [] : [{ key, direction: directions[i] ?? fallback }];
  });
  const have = new Set(sort.map((s) => s.key));
  const tail = (['created_at', 'uuid'] as const)
    .filter((key) => !have.has(key))
    .map((key) => ({ key, direction: directions.at(-1) ?? ('desc' as const) }));
  return [...sort, ...tail];
}
