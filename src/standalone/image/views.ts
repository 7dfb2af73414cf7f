import type { StoredImage } from '#core/store/image-store.js';

const time = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** An image in the Image API v2 (nova-api 6.5). `shownAs`: the name that was asked for, which clients compare. */
export function imageView(image: StoredImage, shownAs?: string): Record<string, unknown> {
  return {
    ...image.properties,
    id: image.id,
    name: shownAs ?? image.name,
    status: image.status,
    visibility: image.visibility,
    container_format: image.containerFormat,
    disk_format: image.diskFormat,
    size: image.sizeBytes,
    virtual_size: null,
    min_ram: image.minRamMb,
    min_disk: image.minDiskGb,
    protected: image.protected,
    checksum: image.checksum,
    os_hash_algo: image.hashAlgo,
    os_hash_value: image.hashValue,
    os_hidden: image.hidden,
    owner: image.owner,
    tags: image.tags,
    created_at: time(image.createdAt),
    updated_at: time(image.updatedAt),
    self: `/v2/images/${image.id}`,
    file: `/v2/images/${image.id}/file`,
    schema: '/v2/schemas/image',
  };
}

const MINORS = Array.from({ length: 16 }, (_value, i) => 15 - i);

/** All minor versions, newest first. */
export const versionsView = (base: string): Record<string, unknown> => ({
  versions: MINORS.map((minor, i) => ({
    id: `v2.${minor}`,
    status: i === 0 ? 'CURRENT' : 'SUPPORTED',
    links: [{ rel: 'self', href: `${base}/v2/` }],
  })),
});
