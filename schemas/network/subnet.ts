import { isIP } from 'node:net';
import Joi from 'joi';
import type { AllocationPool } from '#core/domain/subnet-addresses.js';
import { checked, envelope, flag, type Owner, owner, readOnly, text255, uuid } from './body.js';

const address = (): Joi.Schema<string> =>
  checked(Joi.string(), (v) => (isIP(v) === 0 ? `'${v}' is not a valid IP address` : null));

const cidr = (): Joi.Schema<string> =>
  checked(Joi.string(), (v) => {
    const [ip = '', length = '', ...more] = v.split('/');
    const bits = { 0: -1, 4: 32, 6: 128 }[isIP(ip)] ?? -1;
    const valid = more.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits;
    return valid ? null : `'${v}' is not a valid IP subnet`;
  });

const pools = (): Joi.ArraySchema =>
  Joi.array()
    .items(Joi.object({ start: address().required(), end: address().required() }).required())
    .sparse(false);

/** Neutron takes null for an empty list. */
const addresses = (): Joi.ArraySchema => Joi.array().items(address()).empty(null).default([]);

export interface CreateSubnet extends Owner {
  readonly network_id: string;
  readonly name: string;
  readonly description: string;
  readonly ip_version: 4 | 6;
  readonly cidr?: string | null;
  /** null: without a gateway; absent: the first address. */
  readonly gateway_ip?: string | null;
  readonly allocation_pools?: readonly AllocationPool[];
  readonly dns_nameservers: readonly string[];
  readonly host_routes: readonly unknown[];
  readonly enable_dhcp: boolean;
  readonly subnetpool_id?: string | null;
}

export const createSubnet = envelope(
  'subnet',
  Joi.object<CreateSubnet>({
    network_id: uuid().required(),
    name: text255().default(''),
    description: text255().default(''),
    ip_version: Joi.number().valid(4, 6).required(),
    cidr: cidr().allow(null),
    gateway_ip: address().allow(null),
    allocation_pools: pools(),
    dns_nameservers: addresses(),
    host_routes: Joi.array().empty(null).default([]),
    enable_dhcp: flag().default(true),
    subnetpool_id: uuid().allow(null),
    ...owner(),
  }),
);

export interface UpdateSubnet {
  readonly name?: string;
  readonly description?: string;
  readonly gateway_ip?: string | null;
  readonly allocation_pools?: readonly AllocationPool[];
  readonly dns_nameservers?: readonly string[];
  readonly host_routes?: readonly unknown[];
  readonly enable_dhcp?: boolean;
}

export const updateSubnet = envelope(
  'subnet',
  Joi.object<UpdateSubnet>({
    name: text255(),
    description: text255(),
    gateway_ip: address().allow(null),
    allocation_pools: pools(),
    dns_nameservers: Joi.array().items(address()),
    host_routes: Joi.array(),
    enable_dhcp: flag(),
    ...readOnly('id', 'network_id', 'ip_version', 'cidr', 'subnetpool_id', 'tenant_id', 'project_id'),
  }),
);
