import { NotFound } from '#core/domain/errors.js';
import type { Flavor } from '#core/domain/records.js';
import type { Database } from './database.js';

interface FlavorRow {
  readonly flavor_id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ram_mb: number;
  readonly disk_gb: number;
  readonly ephemeral_gb: number;
  readonly swap_mb: number;
  readonly rxtx_factor: number;
  readonly is_public: boolean;
  readonly disabled: boolean;
  readonly description: string | null;
  readonly extra_specs: Readonly<Record<string, string>>;
  readonly created_at: Date;
}

const FLAVOR_SORT = {
  flavorid: 'f.flavor_id',
  name: 'f.name',
  memory_mb: 'f.ram_mb',
  vcpus: 'f.vcpus',
  root_gb: 'f.disk_gb',
  ephemeral_gb: 'f.ephemeral_gb',
  swap: 'f.swap_mb',
  rxtx_factor: 'f.rxtx_factor',
  created_at: 'f.created_at',
  updated_at: "coalesce(f.updated_at, 'epoch')",
  description: "coalesce(f.description, '')",
  disabled: 'f.disabled',
  is_public: 'f.is_public',
  id: 'f.id',
} as const;
export type FlavorSortKey = keyof typeof FLAVOR_SORT;
export const isFlavorSortKey = (key: string): key is FlavorSortKey => key in FLAVOR_SORT;

export interface FlavorQuery {
  /** Public ones, and private ones that this project was given. null: all that `isPublic` lets through. */
  readonly visibleTo: string | null;
  /** null: public and private. */
  readonly isPublic: boolean | null;
  readonly minRamMb: number;
  readonly minDiskGb: number;
  readonly sort: { readonly key: FlavorSortKey; readonly direction: 'asc' | 'desc' };
  readonly limit: number;
  /** Flavor id of the last item of the page before. */
  readonly marker: string | null;
}

export class FlavorStore {
  constructor(private readonly database: Database) {}

  /** @throws NotFound('flavor'), also for a private flavor of others */
  async byFlavorId(flavorId: string, visibleTo: string | null): Promise<Flavor> {
    const row = await this.database.one<FlavorRow>(
      `select * from flavors f where flavor_id = $1 and ($2::text is null or is_public
         or exists (select 1 from flavor_access a where a.flavor = f.id and a.project_id = $2))`,
      [flavorId, visibleTo],
    );
    if (row === null) throw new NotFound('flavor', flavorId);
    return toFlavor(row);
  }

  async list(q: FlavorQuery): Promise<Flavor[]> {
    const column = FLAVOR_SORT[q.sort.key];
    const [op, direction] = q.sort.direction === 'asc' ? ['>', 'asc'] : ['<', 'desc'];
    const rows = await this.database.query<FlavorRow>(
      `select f.* from flavors f left join flavors m on m.flavor_id = $5
       where ($1::text is null or f.is_public or exists (select 1 from flavor_access a where a.flavor = f.id and a.project_id = $1))
         and ($2::boolean is null or f.is_public = $2) and f.ram_mb >= $3 and f.disk_gb >= $4
         and ($5::text is null or (${column}, f.id) ${op} (${column.replaceAll('f.', 'm.')}, m.id))
       order by ${column} ${direction}, f.id ${direction} limit $6`,
      [q.visibleTo, q.isPublic, q.minRamMb, q.minDiskGb, q.marker, q.limit],
    );
    return rows.map(toFlavor);
  }
}

const toFlavor = (r: FlavorRow): Flavor => ({
  flavorId: r.flavor_id,
  name: r.name,
  vcpus: r.vcpus,
  ramMb: r.ram_mb,
  diskGb: r.disk_gb,
  ephemeralGb: r.ephemeral_gb,
  swapMb: r.swap_mb,
  rxtxFactor: r.rxtx_factor,
  isPublic: r.is_public,
  disabled: r.disabled,
  description: r.description,
  extraSpecs: r.extra_specs,
  createdAt: r.created_at,
});
