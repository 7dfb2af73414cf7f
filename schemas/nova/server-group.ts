import Joi from 'joi';
import { integerLike, name, perVersion } from './common.js';
import { anyText, digits, queryOf } from './query.js';

type Policy = 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';

export interface ServerGroupBody {
  readonly server_group: {
    readonly name: string;
    /** From 2.64. */
    readonly policy?: Policy;
    readonly rules?: { readonly max_server_per_host?: number };
    /** Up to 2.63: exactly one. */
    readonly policies?: readonly Policy[];
  };
}

const policy = (minor: number): Joi.StringSchema =>
  Joi.string().valid('affinity', 'anti-affinity', ...(minor >= 15 ? ['soft-affinity', 'soft-anti-affinity'] : []));

/** Body of `POST /os-server-groups` (nova-api.md 4.19). */
export const serverGroupBody = perVersion((minor, lenient) =>
  Joi.object<ServerGroupBody>({
    server_group: Joi.object<ServerGroupBody['server_group']>({
      name: name(lenient).required(),
      ...(minor >= 64
        ? { policy: policy(minor).required(), rules: Joi.object({ max_server_per_host: integerLike(1) }) }
        : { policies: Joi.array().items(policy(minor)).min(1).max(1).required() }),
    }).required(),
  }).required(),
);

export const serverGroupQuery = queryOf(() => ({ all_projects: anyText, limit: digits, offset: digits }));
