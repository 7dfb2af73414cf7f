import type Joi from 'joi';
import { SchemaViolation } from './errors.js';
import { violation } from './joi-text.js';

/**
 * Checks a value against a schema and returns it in the schema's own form. `stripUnknown` drops members that the schema does not
 * know instead of refusing them.
 * @throws SchemaViolation; the error itself that a custom check of the schema threw
 */
export function parse<T>(schema: Joi.Schema<T>, value: unknown, where: 'body' | 'query', stripUnknown = false): T {
  const result = schema.validate(value, { abortEarly: true, convert: true, stripUnknown, errors: { label: false } });
  if (result.error) throw violation(result.error, where, value);
  return result.value;
}

/** The same for the value of one member of a body: a refusal names its place in the body. */
export function parseMember<T>(schema: Joi.Schema<T>, member: string, value: unknown, stripUnknown = false): T {
  try {
    return parse(schema, value, 'body', stripUnknown);
  } catch (error) {
    if (!(error instanceof SchemaViolation)) throw error;
    throw new SchemaViolation('body', [member, ...error.path], error.value, error.reason);
  }
}
