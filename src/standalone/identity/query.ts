import Joi from 'joi';
import { DOMAIN } from '#core/identity/embedded/embedded-identity.js';

/** What lists of users and projects can be narrowed by. Keystone ignores other keys. */
export interface ListQuery {
  readonly name?: string;
  readonly enabled?: boolean;
  readonly domain_id?: string;
  readonly parent_id?: string;
}

const schema = Joi.object<ListQuery>({
  name: Joi.string().allow(''),
  // `?enabled` alone means true, as in Keystone
  enabled: Joi.boolean().truthy('1', '').falsy('0'),
  domain_id: Joi.string(),
  parent_id: Joi.string(),
}).unknown();

export const listQuery = (): Joi.ObjectSchema<ListQuery> => schema;

/** False when the query asks for another domain than the only one. */
export const inOurDomain = (query: ListQuery): boolean =>
  (query.domain_id ?? DOMAIN.id) === DOMAIN.id && (query.parent_id ?? DOMAIN.id) === DOMAIN.id;
