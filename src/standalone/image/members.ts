import Joi from 'joi';
import { Invalid } from '#core/domain/errors.js';
import { fullReference, parseReference, uploadedId, uploadReference } from '#core/image/reference.js';
import { NotAllowed } from './dialect.js';

/** What may be said of an image in POST and PATCH, beside its properties. Values are the API's. */
export interface ImageMembers {
  readonly name: string | null;
  readonly visibility: 'public' | 'private' | 'shared' | 'community';
  readonly container_format: string | null;
  readonly disk_format: string | null;
  readonly min_ram: number;
  readonly min_disk: number;
  readonly protected: boolean;
  readonly os_hidden: boolean;
  readonly tags: readonly string[];
}

const CONTAINER_FORMATS = ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'];
const DISK_FORMATS = ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'ploop', 'iso'];
const MAX_INT = 2_147_483_647;
const MAX_PROPERTIES = 128;

export const tagSchema = Joi.string().max(255);

const MEMBERS = {
  name: Joi.string().max(255).allow(null, '').default(null),
  visibility: Joi.string().valid('public', 'private', 'shared', 'community').default('shared'),
  container_format: Joi.string()
    .valid(...CONTAINER_FORMATS)
    .allow(null)
    .default(null),
  disk_format: Joi.string()
    .valid(...DISK_FORMATS)
    .allow(null)
    .default(null),
  min_ram: Joi.number().strict().integer().min(0).max(MAX_INT).default(0),
  min_disk: Joi.number().strict().integer().min(0).max(MAX_INT).default(0),
  protected: Joi.boolean().strict().default(false),
  os_hidden: Joi.boolean().strict().default(false),
  tags: Joi.array().items(tagSchema).unique().max(128).default([]),
};

/** Set by the service alone. */
const READ_ONLY = new Set([
  'status',
  'checksum',
  'size',
  'virtual_size',
  'os_hash_algo',
  'os_hash_value',
  'created_at',
  'updated_at',
  'direct_url',
  'self',
  'file',
  'schema',
  'stores',
]);
/** Words of Glance that no property may have. */
const RESERVED = new Set(['owner', 'locations', 'deleted', 'deleted_at', 'is_public', 'members']);

export const isMember = (key: string): key is keyof ImageMembers => Object.hasOwn(MEMBERS, key);

/** @throws NotAllowed for a member that clients may not set */
export function checkWritable(key: string): void {
  if (READ_ONLY.has(key) || key === 'id') throw new NotAllowed(`Attribute '${key}' is read-only.`);
  if (RESERVED.has(key)) throw new NotAllowed(`Attribute '${key}' is reserved.`);
}

const property = Joi.string().allow('').max(65_535);

const newImageSchema = Joi.object<
  Partial<ImageMembers> & { readonly id?: string; readonly [property: string]: unknown }
>({
  ...MEMBERS,
  id: Joi.string().guid(),
})
  .pattern(Joi.string().max(255), Joi.any())
  .required();

export const newImageBody = (): typeof newImageSchema => newImageSchema;

const membersSchema = Joi.object<ImageMembers>(MEMBERS);
const propertiesSchema = Joi.object<Record<string, string>>()
  .pattern(Joi.string().max(255), property)
  .max(MAX_PROPERTIES);

/** Splits a flat image into members and properties, checked. @throws Invalid, NotAllowed */
export function split(flat: Readonly<Record<string, unknown>>): {
  members: ImageMembers;
  properties: Readonly<Record<string, string>>;
} {
  const entries = Object.entries(flat);
  for (const [key] of entries) checkWritable(key);
  const members = membersSchema.validate(Object.fromEntries(entries.filter(([key]) => isMember(key))));
  if (members.error) throw new Invalid(members.error.message);
  const properties = propertiesSchema.validate(Object.fromEntries(entries.filter(([key]) => !isMember(key))));
  if (properties.error) throw new Invalid(properties.error.message);
  return { members: members.value, properties: properties.value };
}

/**
 * What engines run for an image: the reference in its property `container_image`, else the data uploaded for it.
 * @throws Invalid for what is no reference, or one of our own names for uploaded data, which may be another project's
 */
export function engineReference(id: string, properties: Readonly<Record<string, string>>): string {
  const wanted = properties['container_image'];
  if (wanted === undefined) return uploadReference(id);
  const parsed = parseReference(wanted);
  if (parsed === null || uploadedId(wanted) !== null) {
    throw new Invalid(`container_image: '${wanted}' is not a reference to an image in a registry`, 'container_image');
  }
  return fullReference(parsed);
}
