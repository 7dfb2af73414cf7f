import type Joi from 'joi';
import { violation } from './joi-text.js';

/**
 * Checks a value against a schema and returns it in the schema's own form. `stripUnknown` drops members that the schema does not
 * know instead of refusing them.
 * @throws SchemaViolation; the error itself that a custom check of the schema threw
 */
export function parse(schema: Joi.Schema, value: unknown, where: 'body' | 'query', stripUnknown = false): unknown {
  const result = schema.validate(value, { abortEarly: true, convert: true, stripUnknown, errors: { label: false } });
  if (result.error) throw violation(result.error, where, value);
  const parsed: unknown = result.value;
  return parsed;
}
