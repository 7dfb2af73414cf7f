import { isIP } from 'node:net';
import Joi from 'joi';
import { pythonRepr } from '#core/http/joi-text.js';
import { type BlockDevice, blockDevice } from './block-device.js';
import {
  accessIp,
  base64,
  booleanLike,
  canonicalUuid,
  computeHost,
  description,
  diskConfig,
  fail,
  hostname,
  integerLike,
  isUuidLike,
  metadata,
  name,
  perVersion,
  tag,
  tags,
  uuid,
} from './common.js';

export interface NetworkItem {
  readonly uuid?: string;
  readonly port?: string | null;
  readonly fixed_ip?: string;
  readonly tag?: string;
}

export interface NewServer {
  readonly name: string;
  readonly imageRef?: string;
  readonly flavorRef: string;
  readonly networks?: readonly NetworkItem[] | 'auto' | 'none';
  readonly metadata?: Readonly<Record<string, string>>;
  readonly key_name?: string;
  readonly user_data?: string;
  readonly config_drive?: boolean;
  readonly personality?: readonly { readonly path: string; readonly contents: string }[];
  readonly availability_zone?: string;
  readonly host?: string;
  readonly hypervisor_hostname?: string;
  readonly security_groups?: readonly { readonly name?: string }[];
  readonly block_device_mapping_v2?: readonly BlockDevice[];
  readonly block_device_mapping?: readonly BlockDevice[];
  readonly min_count?: number;
  readonly max_count?: number;
  readonly return_reservation_id?: boolean;
  readonly accessIPv4?: string;
  readonly accessIPv6?: string;
  readonly adminPass?: string;
  readonly 'OS-DCF:diskConfig'?: 'AUTO' | 'MANUAL';
  readonly description?: string | null;
  readonly tags?: readonly string[];
  readonly trusted_image_certificates?: readonly string[] | null;
  readonly hostname?: string;
}

export interface Hints {
  readonly group?: string | readonly string[];
  readonly different_host?: string | readonly string[];
  readonly same_host?: string | readonly string[];
}

export interface CreateBody {
  readonly server: NewServer;
  readonly 'os:scheduler_hints'?: Hints;
  readonly 'OS-SCH-HNT:scheduler_hints'?: Hints;
}

const MAX_USER_DATA = 65_535;

/** A uuid or, for those who boot otherwise, nothing. */
const imageRef = (): Joi.Schema =>
  Joi.any().custom((value: unknown, helpers) => {
    if (value === '') return value;
    if (typeof value === 'string' && isUuidLike(value)) return canonicalUuid(value);
    return fail(helpers, `${pythonRepr(value)} is not valid under any of the given schemas`);
  });

/** An id, a number or, from old clients, an URL that ends in the id. */
const flavorRef = (): Joi.Schema =>
  Joi.any().custom((value: unknown, helpers) => {
    if (typeof value === 'number' && Number.isInteger(value)) return String(value);
    if (typeof value !== 'string') return fail(helpers, `${pythonRepr(value)} is not of type 'string', 'integer'`);
    return value === '' ? fail(helpers, "'' is too short") : value.split('/').at(-1);
  });

const fixedIp = (): Joi.Schema =>
  Joi.string()
    .allow('')
    .custom((value: string, helpers) =>
      isIP(value) === 0 ? fail(helpers, `${pythonRepr(value)} is not valid under any of the given schemas`) : value,
    );

const network = (minor: number): Joi.ObjectSchema<NetworkItem> =>
  Joi.object<NetworkItem>({
    uuid: minor >= 37 ? uuid() : Joi.string().allow(''),
    port: Joi.alternatives(uuid(), Joi.valid(null)),
    fixed_ip: fixedIp(),
    ...((minor >= 42 || (minor >= 32 && minor <= 36)) && { tag: tag() }),
  });

const networks = (minor: number): Joi.Schema => {
  const list = Joi.array<NetworkItem[]>().items(network(minor));
  if (minor < 37) return list;
  return Joi.any()
    .custom((value: unknown, helpers) => {
      if (value === 'auto' || value === 'none') return value;
      const result = list.required().validate(value, { convert: false });
      // jsonschema does not say which of the alternatives was nearest.
      return result.error
        ? fail(helpers, `${pythonRepr(value)} is not valid under any of the given schemas`)
        : result.value;
    })
    .required();
};

const personality = (): Joi.Schema =>
  Joi.array().items(Joi.object({ path: Joi.string().allow('').required(), contents: base64().required() }));

const securityGroups = (): Joi.Schema => Joi.array().items(Joi.object({ name: Joi.string().min(1).max(255) }));

const certificates = (): Joi.Schema => Joi.array().items(Joi.string().min(1)).min(1).max(50).unique().allow(null);

const hintIds = (): Joi.Schema =>
  Joi.any().custom((value: unknown, helpers) => {
    const all: unknown[] = Array.isArray(value) ? value : [value];
    return all.every((x) => typeof x === 'string' && isUuidLike(x))
      ? value
      : fail(helpers, `${pythonRepr(value)} is not valid under any of the given schemas`);
  });

const hints = (): Joi.ObjectSchema<Hints> =>
  Joi.object<Hints>({ group: hintIds(), different_host: hintIds(), same_host: hintIds() }).unknown();

/** Body of `POST /servers` (nova-api.md 4.3). */
export const serverCreate = perVersion((minor, lenient) =>
  Joi.object<CreateBody>({
    server: Joi.object<NewServer>({
      name: name(lenient).required(),
      imageRef: imageRef(),
      flavorRef: flavorRef().required(),
      networks: networks(minor),
      metadata: metadata(),
      key_name: name(lenient),
      user_data: base64(MAX_USER_DATA),
      config_drive: booleanLike(),
      availability_zone: name(lenient),
      security_groups: securityGroups(),
      block_device_mapping_v2: Joi.array().items(blockDevice(minor)),
      block_device_mapping: Joi.array().items(blockDevice(minor)),
      min_count: integerLike(1),
      max_count: integerLike(1),
      return_reservation_id: booleanLike(),
      accessIPv4: accessIp(4),
      accessIPv6: accessIp(6),
      adminPass: Joi.string().allow(''),
      'OS-DCF:diskConfig': diskConfig(),
      ...(minor <= 56 && { personality: personality() }),
      ...(minor >= 19 && { description: description() }),
      ...(minor >= 52 && { tags: tags() }),
      ...(minor >= 63 && { trusted_image_certificates: certificates() }),
      ...(minor >= 74 && { host: computeHost(), hypervisor_hostname: computeHost() }),
      ...(minor >= 90 && { hostname: hostname(minor) }),
    }).required(),
    'os:scheduler_hints': hints(),
    'OS-SCH-HNT:scheduler_hints': hints(),
  }).required(),
);
