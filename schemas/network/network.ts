import Joi from 'joi';
import { envelope, flag, type Owner, owner, readOnly, text255 } from './body.js';

export interface CreateNetwork extends Owner {
  readonly name: string;
  readonly description: string;
  readonly admin_state_up: boolean;
  readonly shared: boolean;
  readonly 'router:external': boolean;
}

export const createNetwork = envelope(
  'network',
  Joi.object<CreateNetwork>({
    name: text255().default(''),
    description: text255().default(''),
    admin_state_up: flag().default(true),
    shared: flag().default(false),
    'router:external': flag().default(false),
    ...owner(),
  }),
);

export interface UpdateNetwork {
  readonly name?: string;
  readonly description?: string;
  readonly admin_state_up?: boolean;
  readonly shared?: boolean;
  readonly 'router:external'?: boolean;
}

export const updateNetwork = envelope(
  'network',
  Joi.object<UpdateNetwork>({
    name: text255(),
    description: text255(),
    admin_state_up: flag(),
    shared: flag(),
    'router:external': flag(),
    ...readOnly('id', 'subnets', 'status', 'tenant_id', 'project_id'),
  }),
);
