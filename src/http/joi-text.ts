import type Joi from 'joi';
import { DomainError } from '#core/domain/errors.js';
import { RequestError, SchemaViolation } from './errors.js';

/** A value as Python's repr shows it, which is what both services print in their messages. */
export function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string')
    return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value.replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([k, v]) => `${pythonRepr(k)}: ${pythonRepr(v)}`)
      .join(', ')}}`;
  }
  return `'${typeof value}'`;
}

/** Like `str()` of Python: strings bare, all else as repr. */
export const pythonStr = (value: unknown): string => (typeof value === 'string' ? value : pythonRepr(value));

type Detail = Joi.ValidationErrorItem;
const limitOf = (d: Detail): string => pythonStr(d.context?.['limit']);
const list = (values: unknown): string =>
  pythonRepr((Array.isArray(values) ? values : []).filter((v) => v !== null && typeof v !== 'object'));

const REASONS: Readonly<Record<string, (v: string, d: Detail) => string>> = {
  'any.required': (_v, d) => `'${String(d.path.at(-1))}' is a required property`,
  'object.unknown': (_v, d) => `Additional properties are not allowed ('${String(d.path.at(-1))}' was unexpected)`,
  'any.unknown': (_v, d) => `Additional properties are not allowed ('${String(d.path.at(-1))}' was unexpected)`,
  'any.only': (v, d) => `${v} is not one of ${list(d.context?.['valids'])}`,
  'string.base': (v) => `${v} is not of type 'string'`,
  'number.base': (v) => `${v} is not of type 'number'`,
  'number.integer': (v) => `${v} is not of type 'integer'`,
  'boolean.base': (v) => `${v} is not of type 'boolean'`,
  'object.base': (v) => `${v} is not of type 'object'`,
  'array.base': (v) => `${v} is not of type 'array'`,
  'string.empty': (v) => `${v} is too short`,
  'string.min': (v) => `${v} is too short`,
  'string.max': (v) => `${v} is too long`,
  'string.length': (v, d) => `${v} does not have a length of ${limitOf(d)}`,
  'array.min': (v) => `${v} is too short`,
  'array.max': (v) => `${v} is too long`,
  'array.unique': (v) => `${v} has non-unique elements`,
  'object.min': (v) => `${v} does not have enough properties`,
  'object.max': (v) => `${v} has too many properties`,
  'number.min': (v, d) => `${v} is less than the minimum of ${limitOf(d)}`,
  'number.max': (v, d) => `${v} is greater than the maximum of ${limitOf(d)}`,
  'string.pattern.base': (v, d) => `${v} does not match '${sourceOf(d)}'`,
  'string.guid': (v) => `${v} is not a 'uuid'`,
  'string.ip': (v) => `${v} is not a 'ipv4' or 'ipv6'`,
  'string.base64': (v) => `${v} is not a 'base64'`,
  'alternatives.match': (v) => `${v} is not valid under any of the given schemas`,
  'alternatives.types': (v) => `${v} is not valid under any of the given schemas`,
  'alternatives.any': (v) => `${v} is not valid under any of the given schemas`,
  'object.missing': (v) => `${v} is not valid under any of the given schemas`,
  'object.xor': (v) => `${v} is valid under each of the given schemas`,
};

const sourceOf = (d: Detail): string => {
  const regex: unknown = d.context?.['regex'];
  return regex instanceof RegExp ? regex.source : '';
};

/** Joi codes whose place is the object that holds the member, not the member: jsonschema reports them there. */
const ON_PARENT = new Set(['any.required', 'object.unknown', 'any.unknown']);

/**
 * The first error of a Joi validation in the words of Python's jsonschema, which is what clients and their users know.
 * A custom check gives its own text as `reason_text` of `helpers.error('any.invalid', { reason_text })`, or throws an error of the
 * domain, which is passed on as it is.
 */
export function violation(
  error: Joi.ValidationError,
  where: 'body' | 'query',
  root: unknown,
): SchemaViolation | DomainError | RequestError {
  const d = error.details[0];
  if (d === undefined) return new SchemaViolation(where, [], root, error.message);
  const thrown: unknown = d.context?.['error'];
  if (thrown instanceof DomainError || thrown instanceof RequestError) return thrown;
  const value: unknown = d.context?.['value'];
  const own: unknown = d.context?.['reason_text'];
  const reason = own ?? REASONS[d.type]?.(pythonRepr(value), d) ?? d.message;
  const path = ON_PARENT.has(d.type) ? d.path.slice(0, -1) : d.path;
  return new SchemaViolation(
    where,
    path,
    ON_PARENT.has(d.type) ? at(root, path) : value,
    typeof reason === 'string' ? reason : d.message,
  );
}

function at(root: unknown, path: readonly (string | number)[]): unknown {
  let v = root;
  for (const key of path)
    v = typeof v === 'object' && v !== null ? Object.entries(v).find(([k]) => k === String(key))?.[1] : undefined;
  return v;
}
