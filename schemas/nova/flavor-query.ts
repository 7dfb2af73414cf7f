import { anyText, DIRECTIONS, oneOf, paging, queryOf } from './query.js';

export const FLAVOR_SORT_KEYS = [
  'created_at',
  'description',
  'disabled',
  'ephemeral_gb',
  'flavorid',
  'id',
  'is_public',
  'memory_mb',
  'name',
  'root_gb',
  'rxtx_factor',
  'swap',
  'updated_at',
  'vcpu_weight',
  'vcpus',
] as const;

/** Query of `GET /flavors` and `GET /flavors/detail`. The filters have refusals of their own. */
export const flavorQuery = queryOf(() => ({
  ...paging,
  is_public: anyText,
  minRam: anyText,
  minDisk: anyText,
  sort_key: oneOf(FLAVOR_SORT_KEYS),
  sort_dir: oneOf(DIRECTIONS),
}));
