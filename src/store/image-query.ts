/** Who looks: decides what is visible. */
export interface Viewer {
  readonly isAdmin: boolean;
  readonly projectId: string;
}

/** Every member narrows; null and empty do not. */
export interface ImageFilter {
  readonly ids?: readonly string[];
  readonly names?: readonly string[];
  readonly statuses?: readonly string[];
  readonly containerFormats?: readonly string[];
  readonly diskFormats?: readonly string[];
  /** `all`: also the community images of others. null: all but those. */
  readonly visibility?: string | null;
  readonly owner?: string | null;
  readonly hidden?: boolean;
  readonly protected?: boolean | null;
  /** All of them. */
  readonly tags?: readonly string[];
  readonly sizeMin?: number | null;
  readonly sizeMax?: number | null;
  readonly minRamMb?: number | null;
  readonly minDiskGb?: number | null;
  readonly properties?: Readonly<Record<string, string>>;
}

export const SORT_COLUMNS: Readonly<Record<string, string>> = {
  name: 'name',
  status: 'status',
  container_format: 'container_format',
  disk_format: 'disk_format',
  size: 'size_bytes',
  id: 'id',
  created_at: 'created_at',
  updated_at: 'updated_at',
};

export interface ImagePage {
  readonly limit: number;
  /** Id of the last image of the page before. */
  readonly marker: string | null;
  /** Keys of `SORT_COLUMNS`, the first weighs most. */
  readonly sort: readonly { readonly key: string; readonly descending: boolean }[];
}

/** `$1` is whether the viewer is an administrator, `$2` its project. Members of shared images are not kept: shared is private. */
export const VISIBLE = `($1::boolean or visibility = 'public' or owner = $2::text)`;

/** One bound value a condition, appended in the order of the conditions. */
class Conditions {
  readonly sql: string[] = [];
  constructor(readonly bind: unknown[]) {}

  add(value: unknown, condition: (place: string) => string): void {
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return;
    this.bind.push(value);
    this.sql.push(condition(`$${this.bind.length}`));
  }
}

/**
 * The statement for one page. Rows carry `isMarker`; with a marker its own row comes first, so that one that is not there is noticed,
 * and the order may have nulls (which a comparison with the marker's values could not handle).
 */
export function imageQuery(
  columns: string,
  viewer: Viewer,
  filter: ImageFilter,
  page: ImagePage,
): { sql: string; bind: unknown[] } {
  const where = new Conditions([viewer.isAdmin, viewer.projectId]);
  const any = (column: string) => (place: string) => `${column} = any(${place})`;
  where.add(filter.ids, (p) => `id = any(${p}::uuid[])`);
  where.add(filter.names, any('name'));
  where.add(filter.statuses, any('status'));
  where.add(filter.containerFormats, any('container_format'));
  where.add(filter.diskFormats, any('disk_format'));
  where.add(filter.owner, (p) => `owner = ${p}`);
  where.add(filter.hidden ?? false, (p) => `hidden = ${p}`);
  where.add(filter.protected, (p) => `protected = ${p}`);
  where.add(filter.tags, (p) => `tags ?& ${p}::text[]`);
  where.add(filter.sizeMin, (p) => `size_bytes >= ${p}`);
  where.add(filter.sizeMax, (p) => `size_bytes <= ${p}`);
  where.add(filter.minRamMb, (p) => `min_ram_mb = ${p}`);
  where.add(filter.minDiskGb, (p) => `min_disk_gb = ${p}`);
  const properties = Object.keys(filter.properties ?? {}).length > 0 ? JSON.stringify(filter.properties) : null;
  where.add(properties, (p) => `properties @> ${p}::jsonb`);
  const visibility = filter.visibility ?? null;
  where.add(visibility === 'all' ? null : visibility, (p) => `visibility = ${p}`);
  where.sql.push(
    visibility === 'all' || visibility === 'community' ? `(visibility = 'community' or ${VISIBLE})` : VISIBLE,
  );
  const order = [...page.sort, { key: 'created_at', descending: true }, { key: 'id', descending: true }]
    .map(({ key, descending }) => `${SORT_COLUMNS[key] ?? 'id'} ${descending ? 'desc' : 'asc'}`)
    .join(', ');
  const bind = where.bind;
  bind.push(page.marker, page.limit);
  const marker = `$${bind.length - 1}::uuid`;
  const sql = `with ordered as (
      select *, row_number() over (order by ${order}) as place from images where ${where.sql.join(' and ')}
    ), start as (select place from ordered where id = ${marker})
    select ${columns}, (id = ${marker}) is true as "isMarker" from ordered
    where ${marker} is null or place >= (select place from start)
    order by place limit $${bind.length}::int + (case when ${marker} is null then 0 else 1 end)`;
  return { sql, bind };
}
