import Joi from 'joi';
import { envelope, type Owner, owner, readOnly, text255, uuid } from './body.js';

export interface CreateSecurityGroup extends Owner {
  readonly name: string;
  readonly description: string;
}

export const createSecurityGroup = envelope(
  'security_group',
  Joi.object<CreateSecurityGroup>({ name: text255().default(''), description: text255().default(''), ...owner() }),
);

export interface UpdateSecurityGroup {
  readonly name?: string;
  readonly description?: string;
}

export const updateSecurityGroup = envelope(
  'security_group',
  Joi.object<UpdateSecurityGroup>({
    name: text255(),
    description: text255(),
    ...readOnly('id', 'tenant_id', 'project_id', 'security_group_rules'),
  }),
);

/** Values whose refusals have names of their own in Neutron are looked at in `standalone/network/rule.ts`. */
export interface CreateSecurityGroupRule extends Owner {
  readonly security_group_id: string;
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: string;
  readonly protocol: string | number | null;
  readonly port_range_min: string | number | null;
  readonly port_range_max: string | number | null;
  readonly remote_ip_prefix: string | null;
  readonly remote_group_id: string | null;
  /** Address groups are not on offer. */
  readonly remote_address_group_id?: null;
  readonly description: string;
}

const port = (): Joi.Schema => Joi.alternatives(Joi.string(), Joi.number()).allow(null).default(null);

export const createSecurityGroupRule = envelope(
  'security_group_rule',
  Joi.object<CreateSecurityGroupRule>({
    security_group_id: uuid().required(),
    direction: Joi.valid('ingress', 'egress').required(),
    ethertype: Joi.string().empty(null).default('IPv4'),
    protocol: Joi.alternatives(Joi.string(), Joi.number()).allow(null).default(null),
    port_range_min: port(),
    port_range_max: port(),
    remote_ip_prefix: Joi.string().empty('').allow(null).default(null),
    remote_group_id: uuid().allow(null).default(null),
    remote_address_group_id: Joi.valid(null),
    description: text255().empty(null).default(''),
    ...owner(),
  }),
);
