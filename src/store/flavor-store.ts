import { NotFound } from '#core/domain/errors.js';
import { FlavorExists } from '#core/domain/record-errors.js';
import type { Flavor } from '#core/domain/records.js';
import { brokenConstraint, type Database } from './database.js';

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

export type NewFlavor = Omit<Flavor, 'createdAt' | 'disabled' | 'extraSpecs'>;

export class FlavorStore {
  constructor(private readonly database: Database) {}

  /** @throws FlavorExists */
  async insert(f: NewFlavor): Promise<Flavor> {
    try {
      const row = await this.database.one<FlavorRow>(
        `insert into flavors (flavor_id, name, vcpus, ram_mb, disk_gb, ephemeral_gb, swap_mb, rxtx_factor, is_public, description)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning *`,
        [
          f.flavorId,
          f.name,
          f.vcpus,
          f.ramMb,
          f.diskGb,
          f.ephemeralGb,
          f.swapMb,
          f.rxtxFactor,
          f.isPublic,
          f.description,
        ],
      );
      if (row === null) throw new Error('insert returned no row');
      return toFlavor(row);
    } catch (error) {
      const broken = brokenConstraint(error);
      if (broken === 'flavors_flavor_id_key') throw new FlavorExists('ID', f.flavorId);
      if (broken === 'flavors_name_key') throw new FlavorExists('name', f.name);
      throw error;
    }
  }

  /** @throws NotFound('flavor') */
  describe(flavorId: string, description: string | null): Promise<Flavor> {
    return this.change(flavorId, 'description = $2', [description]);
  }

  /** Adds to the extra specs, and replaces those of the same keys. @throws NotFound('flavor') */
  mergeExtraSpecs(flavorId: string, specs: Readonly<Record<string, string>>): Promise<Flavor> {
    return this.change(flavorId, 'extra_specs = extra_specs || $2::jsonb', [JSON.stringify(specs)]);
  }

  /** @returns whether there was one of this key @throws NotFound('flavor') */
  async removeExtraSpec(flavorId: string, key: string): Promise<boolean> {
    const rows = await this.database.query(
      `update flavors set extra_specs = extra_specs - $2::text, updated_at = now()
       where flavor_id = $1 and jsonb_exists(extra_specs, $2) returning id`,
      [flavorId, key],
    );
    if (rows.length === 0) await this.byFlavorId(flavorId, null);
    return rows.length > 0;
  }

  /** Containers keep the copy that they were made with. @throws NotFound('flavor') */
  async remove(flavorId: string): Promise<void> {
    const rows = await this.database.query('delete from flavors where flavor_id = $1 returning id', [flavorId]);
    if (rows.length === 0) throw new NotFound('flavor', flavorId);
  }

  /** Projects that may use a private flavor. */
  async access(flavorId: string): Promise<string[]> {
    const rows = await this.database.query<{ project_id: string }>(
      'select a.project_id from flavor_access a join flavors f on f.id = a.flavor where f.flavor_id = $1 order by 1',
      [flavorId],
    );
    return rows.map((r) => r.project_id);
  }

  /** @returns false when the project had it already */
  async addAccess(flavorId: string, projectId: string): Promise<boolean> {
    const rows = await this.database.query(
      `insert into flavor_access (flavor, project_id) select id, $2 from flavors where flavor_id = $1
       on conflict do nothing returning flavor`,
      [flavorId, projectId],
    );
    return rows.length > 0;
  }

  /** @returns false when the project did not have it */
  async removeAccess(flavorId: string, projectId: string): Promise<boolean> {
    const rows = await this.database.query(
      `delete from flavor_access a using flavors f where f.id = a.flavor and f.flavor_id = $1 and a.project_id = $2
       returning a.flavor`,
      [flavorId, projectId],
    );
    return rows.length > 0;
  }

  private async change(flavorId: string, set: string, values: readonly unknown[]): Promise<Flavor> {
    const row = await this.database.one<FlavorRow>(
      `update flavors set ${set}, updated_at = now() where flavor_id = $1 returning *`,
      [flavorId, ...values],
    );
    if (row === null) throw new NotFound('flavor', flavorId);
    return toFlavor(row);
  }

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
