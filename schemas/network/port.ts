import { isIP } from 'node:net';
import Joi from 'joi';
import { checked, envelope, flag, type Owner, owner, readOnly, text255, uuid } from './body.js';

export interface WantedFixedIp {
  readonly subnet_id?: string;
  readonly ip_address?: string;
}

const fixedIps = (): Joi.ArraySchema =>
  Joi.array().items(
    Joi.object({
      subnet_id: uuid(),
      ip_address: checked(Joi.string(), (v: string) => (isIP(v) === 0 ? `'${v}' is not a valid IP address` : null)),
    }),
  );

const MAC = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i;

/** Not a group address: the lowest bit of the first octet is clear. */
const mac = (): Joi.Schema<string> =>
  checked(Joi.string().lowercase(), (v: string) =>
    MAC.test(v) && Number.parseInt(v.slice(0, 2), 16) % 2 === 0 ? null : `'${v}' is not a valid MAC address`,
  );

/** What only says the usual thing: other values are not on offer, so they are refused rather than forgotten. */
const fixedAttributes = (): Record<string, Joi.Schema> => ({
  'binding:vnic_type': Joi.valid('normal'),
  'binding:profile': Joi.object().max(0).allow(null),
  allowed_address_pairs: Joi.array().max(0),
  port_security_enabled: flag().valid(true),
});

const common = (): Record<string, Joi.Schema> => ({
  mac_address: mac(),
  fixed_ips: fixedIps(),
  security_groups: Joi.array().items(uuid()),
  'binding:host_id': text255().empty(null),
  ...fixedAttributes(),
});

export interface PortAttributes {
  readonly mac_address?: string;
  /** Absent: an address is chosen; empty: none. */
  readonly fixed_ips?: readonly WantedFixedIp[];
  /** Ids; absent: the project's default group. */
  readonly security_groups?: readonly string[];
  readonly 'binding:host_id'?: string;
}

export interface CreatePort extends Owner, PortAttributes {
  readonly network_id: string;
  readonly name: string;
  readonly description: string;
  readonly admin_state_up: boolean;
  readonly device_id: string;
  readonly device_owner: string;
}

export const createPort = envelope(
  'port',
  Joi.object<CreatePort>({
    network_id: uuid().required(),
    name: text255().default(''),
    description: text255().default(''),
    admin_state_up: flag().default(true),
    device_id: text255().default(''),
    device_owner: text255().default(''),
    ...common(),
    ...owner(),
  }),
);

export interface UpdatePort extends PortAttributes {
  readonly name?: string;
  readonly description?: string;
  readonly admin_state_up?: boolean;
  readonly device_id?: string;
  readonly device_owner?: string;
}

export const updatePort = envelope(
  'port',
  Joi.object<UpdatePort>({
    name: text255(),
    description: text255(),
    admin_state_up: flag(),
    device_id: text255(),
    device_owner: text255(),
    ...common(),
    ...readOnly('id', 'network_id', 'status', 'tenant_id', 'project_id'),
  }),
);
