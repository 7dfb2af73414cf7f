import { AlreadyExists, Invalid } from '#core/domain/errors.js';
import { type Database, sqlState, type Transaction } from './database.js';
import { type ImageFilter, type ImagePage, imageQuery, VISIBLE, type Viewer } from './image-query.js';

/** `user`: made through the image API; `engine`: seen on a host's engine; `reference`: made when somebody asked for it by name. */
export type ImageOrigin = 'user' | 'engine' | 'reference';
export type ImageStatus = 'queued' | 'saving' | 'active';
export type ImageVisibility = 'public' | 'private' | 'shared' | 'community';

/** An image of the embedded image service. */
export interface StoredImage {
  readonly id: string;
  readonly name: string | null;
  readonly origin: ImageOrigin;
  readonly owner: string | null;
  readonly visibility: ImageVisibility;
  readonly status: ImageStatus;
  /** What engines run: a reference in full form, or `zunova/image:<id>` for uploaded data. */
  readonly reference: string;
  readonly containerFormat: string | null;
  readonly diskFormat: string | null;
  readonly sizeBytes: number | null;
  /** md5 of the uploaded data; null: no data was uploaded. */
  readonly checksum: string | null;
  readonly hashAlgo: string | null;
  readonly hashValue: string | null;
  readonly minRamMb: number;
  readonly minDiskGb: number;
  readonly protected: boolean;
  readonly hidden: boolean;
  readonly tags: readonly string[];
  readonly properties: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a record says about its data. */
export interface ImageData {
  readonly sizeBytes: number;
  readonly md5: string;
  readonly sha512: string;
}

/** One name of an image on an engine. */
export interface SeenImage {
  readonly id: string;
  readonly name: string;
  readonly reference: string;
  readonly engineImage: string;
  readonly sizeBytes: number;
  readonly createdAt: Date;
}

/** Members of a record that its owner may change. */
export type ImageChange = Pick<
  StoredImage,
  | 'name'
  | 'visibility'
  | 'reference'
  | 'status'
  | 'containerFormat'
  | 'diskFormat'
  | 'minRamMb'
  | 'minDiskGb'
  | 'protected'
  | 'hidden'
  | 'tags'
  | 'properties'
>;

type Row = Omit<StoredImage, 'sizeBytes'> & { readonly sizeBytes: string | null };

/** bigint comes as text. */
const imageOf = (row: Row): StoredImage => ({
  ...row,
  sizeBytes: row.sizeBytes === null ? null : Number(row.sizeBytes),
});

const COLUMNS = `id, name, origin, owner, visibility, status, reference, container_format as "containerFormat",
  disk_format as "diskFormat", size_bytes as "sizeBytes", checksum, hash_algo as "hashAlgo", hash_value as "hashValue",
  min_ram_mb as "minRamMb", min_disk_gb as "minDiskGb", protected, hidden, tags, properties,
  created_at as "createdAt", updated_at as "updatedAt"`;

const UNIQUE_VIOLATION = '23505';

/** Image records of the embedded image service. Every method: @throws Unavailable('database') */
export class ImageStore {
  constructor(private readonly database: Database) {}

  /** Whoever asks; null when there is none. */
  async byId(id: string): Promise<StoredImage | null> {
    const row = await this.database.one<Row>(`select ${COLUMNS} from images where id = $1`, [id]);
    return row && imageOf(row);
  }

  /** null also for a record that the viewer may not see. */
  async visibleById(viewer: Viewer, id: string): Promise<StoredImage | null> {
    const row = await this.database.one<Row>(
      `select ${COLUMNS} from images where id = $3 and (visibility = 'community' or ${VISIBLE})`,
      [viewer.isAdmin, viewer.projectId, id],
    );
    return row && imageOf(row);
  }

  /**
   * One page of what the viewer may see.
   * @throws Invalid when the marker is not among what matches
   */
  async list(viewer: Viewer, filter: ImageFilter, page: ImagePage): Promise<StoredImage[]> {
    const { sql, bind } = imageQuery(COLUMNS, viewer, filter, page);
    const rows = await this.database.query<Row & { readonly isMarker: boolean }>(sql, bind);
    if (page.marker === null) return rows.map(({ isMarker: _, ...row }) => imageOf(row));
    const [marker, ...rest] = rows;
    if (marker?.isMarker !== true) throw new Invalid(`Marker ${page.marker} could not be found.`, 'marker');
    return rest.map(({ isMarker: _, ...row }) => imageOf(row));
  }

  /** @throws AlreadyExists('image') when the id is taken */
  async create(image: Omit<StoredImage, 'createdAt' | 'updatedAt'>): Promise<StoredImage> {
    try {
      const [row] = await this.database.query<Row>(
        `insert into images (id, name, origin, owner, visibility, status, reference, container_format, disk_format,
           min_ram_mb, min_disk_gb, protected, hidden, tags, properties)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning ${COLUMNS}`,
        [
          image.id,
          image.name,
          image.origin,
          image.owner,
          image.visibility,
          image.status,
          image.reference,
          image.containerFormat,
          image.diskFormat,
          image.minRamMb,
          image.minDiskGb,
          image.protected,
          image.hidden,
          JSON.stringify(image.tags),
          JSON.stringify(image.properties),
        ],
      );
      if (row === undefined) throw new Error('insert returned no row');
      return imageOf(row);
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) throw new AlreadyExists('image', image.id);
      throw error;
    }
  }

  /** Makes the record of a registry image unless it is there; a record with the id is taken as it is. */
  async ensureReference(id: string, name: string, reference: string): Promise<StoredImage> {
    await this.database.query(
      `insert into images (id, name, origin, visibility, reference, properties)
       values ($1, $2, 'reference', 'public', $3, $4) on conflict (id) do nothing`,
      [id, name, reference, JSON.stringify({ container_image: reference })],
    );
    const image = await this.byId(id);
    if (image === null) throw new Error(`image ${id} was deleted as it was made`);
    return image;
  }

  /** @returns null when there is no such record */
  async update(id: string, to: ImageChange): Promise<StoredImage | null> {
    const [row] = await this.database.query<Row>(
      `update images set name = $2, visibility = $3, reference = $4, status = $5, container_format = $6, disk_format = $7,
         min_ram_mb = $8, min_disk_gb = $9, protected = $10, hidden = $11, tags = $12, properties = $13, updated_at = now()
       where id = $1 returning ${COLUMNS}`,
      [
        id,
        to.name,
        to.visibility,
        to.reference,
        to.status,
        to.containerFormat,
        to.diskFormat,
        to.minRamMb,
        to.minDiskGb,
        to.protected,
        to.hidden,
        JSON.stringify(to.tags),
        JSON.stringify(to.properties),
      ],
    );
    return row === undefined ? null : imageOf(row);
  }

  /** @returns false when there is no such record */
  async delete(id: string): Promise<boolean> {
    return (await this.database.query('delete from images where id = $1 returning id', [id])).length > 0;
  }

  /** Takes the record for an upload: only one at a time, and only when it has no data. @returns whether it was taken */
  async beginUpload(id: string): Promise<boolean> {
    const rows = await this.database.query(
      `update images set status = 'saving', updated_at = now()
       where id = $1 and origin = 'user' and checksum is null and status in ('queued', 'active') returning id`,
      [id],
    );
    return rows.length > 0;
  }

  /** @returns false when the record was deleted meanwhile */
  async endUpload(id: string, data: ImageData): Promise<boolean> {
    const rows = await this.database.query(
      `update images set status = 'active', size_bytes = $2, checksum = $3, hash_algo = 'sha512', hash_value = $4,
         updated_at = now() where id = $1 and status = 'saving' returning id`,
      [id, data.sizeBytes, data.md5, data.sha512],
    );
    return rows.length > 0;
  }

  /** An upload that broke: the record is as it was. null: all that a process left behind that is no more. */
  async abandonUpload(id: string | null): Promise<void> {
    await this.database.query(
      `update images set status = case when properties ? 'container_image' then 'active' else 'queued' end, updated_at = now()
       where status = 'saving' and ($1::uuid is null or id = $1::uuid)`,
      [id],
    );
  }

  /** Ids of the images whose data was uploaded. */
  async uploaded(): Promise<string[]> {
    return (await this.database.query<{ id: string }>('select id from images where checksum is not null')).map(
      (r) => r.id,
    );
  }

  /** Hosts whose engines have the image. */
  async hostsOf(id: string): Promise<string[]> {
    const rows = await this.database.query<{ host: string }>(
      'select host from host_images where image = $1 order by host',
      [id],
    );
    return rows.map((r) => r.host);
  }

  /**
   * Replaces what is known of one host's engine: `seen` are its named images, `uploads` the uploaded ones that it has loaded.
   * Records that came only from engines go when no engine has the image any more.
   */
  async replaceHostImages(
    host: string,
    seen: readonly SeenImage[],
    uploads: readonly { readonly id: string; readonly engineImage: string }[],
  ): Promise<void> {
    await this.database.transaction(async (transaction) => {
      // reports of one host, and clean-ups of several, take turns
      await this.database.query('lock table host_images in share row exclusive mode', [], transaction);
      await this.upsertSeen(seen, transaction);
      await this.database.query('delete from host_images where host = $1', [host], transaction);
      await this.database.query(
        `insert into host_images (host, image, engine_image)
         select $1, i.id, s.engine_image from jsonb_to_recordset($2::jsonb) as s (id uuid, engine_image text)
         join images i on i.id = s.id`,
        [host, JSON.stringify([...seen, ...uploads].map((s) => ({ id: s.id, engine_image: s.engineImage })))],
        transaction,
      );
      await this.database.query(
        `delete from images i where origin = 'engine' and not exists (select 1 from host_images h where h.image = i.id)`,
        [],
        transaction,
      );
    });
  }

  private async upsertSeen(seen: readonly SeenImage[], transaction: Transaction): Promise<void> {
    const rows = seen.map((s) => ({
      id: s.id,
      name: s.name,
      reference: s.reference,
      size_bytes: s.sizeBytes,
      created_at: s.createdAt,
      properties: { container_image: s.reference },
    }));
    await this.database.query(
      `insert into images (id, name, origin, visibility, reference, size_bytes, created_at, updated_at, properties)
       select id, name, 'engine', 'public', reference, size_bytes, created_at, created_at, properties
       from jsonb_to_recordset($1::jsonb)
         as s (id uuid, name text, reference text, size_bytes bigint, created_at timestamptz, properties jsonb)
       on conflict (id) do update set size_bytes = excluded.size_bytes, updated_at = now()
       where images.checksum is null and images.size_bytes is distinct from excluded.size_bytes`,
      [JSON.stringify(rows)],
      transaction,
    );
  }
}
