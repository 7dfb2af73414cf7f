import Joi from 'joi';
import { pythonRepr } from '#core/http/joi-text.js';
import { booleanLike, fail, integerLike, tag } from './common.js';

/** An item of `block_device_mapping_v2` (nova-api.md 4.3), or of its legacy form, whose members are among these. */
export interface BlockDevice {
  readonly source_type?: 'volume' | 'image' | 'snapshot' | 'blank';
  readonly destination_type?: 'local' | 'volume';
  readonly uuid?: string;
  readonly boot_index?: number | null;
  readonly volume_size?: number;
  readonly delete_on_termination?: boolean;
  readonly device_name?: string;
  readonly guest_format?: string;
  readonly volume_id?: string;
  readonly snapshot_id?: string;
  readonly image_id?: string;
  readonly no_device?: unknown;
  readonly disk_bus?: string;
  readonly device_type?: string;
  readonly virtual_name?: string;
  readonly connection_info?: string;
}

const bootIndex = (): Joi.Schema =>
  Joi.any().custom((value: unknown, helpers) => {
    if (value === null) return value;
    if (typeof value === 'string' && /^-?[0-9]+$/.test(value)) return Number(value);
    if (typeof value === 'number' && Number.isInteger(value)) return value;
    return fail(helpers, `${pythonRepr(value)} is not valid under any of the given schemas`);
  });

const text = (): Joi.StringSchema => Joi.string().allow('').max(255);
const id = (): Joi.StringSchema =>
  Joi.string()
    .min(1)
    .max(255)
    .pattern(/^[a-zA-Z0-9._-]*$/);

export const blockDevice = (minor: number): Joi.ObjectSchema<BlockDevice> =>
  Joi.object<BlockDevice>({
    source_type: Joi.string().valid('volume', 'image', 'snapshot', 'blank'),
    destination_type: Joi.string().valid('local', 'volume'),
    uuid: id(),
    boot_index: bootIndex(),
    volume_size: integerLike(0),
    delete_on_termination: booleanLike(),
    device_name: Joi.string()
      .min(1)
      .max(255)
      .pattern(/^[a-zA-Z0-9._/-]*$/),
    guest_format: text(),
    volume_id: id(),
    snapshot_id: id(),
    image_id: id(),
    no_device: Joi.any(),
    disk_bus: text(),
    device_type: text(),
    virtual_name: text(),
    connection_info: Joi.string().allow(''),
    ...((minor >= 42 || minor === 32) && { tag: tag() }),
    ...(minor >= 67 && { volume_type: text().allow(null) }),
  });
