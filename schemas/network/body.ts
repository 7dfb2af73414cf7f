import Joi from 'joi';
import { isUuid } from '#core/lib/uuid.js';

/**
 * Bodies of the network API as `{"<resource>": {...}}`, with Neutron's texts for what is wrong with them
 * (neutron/api/v2/base.py prepare_request_body, neutron_lib/api/attributes.py and validators).
 */
export function envelope<K extends string, T>(resource: K, item: Joi.ObjectSchema<T>): Joi.ObjectSchema<Record<K, T>> {
  return Joi.object<Record<K, T>, false, Record<string, unknown>>({
    [resource]: item.required(),
    [`${resource}s`]: Joi.forbidden(),
  })
    .unknown(true)
    .required()
    .prefs({ abortEarly: false })
    .error((reports) => firstFault(reports, resource));
}

/** Neutron's order: the shape of the body, unknown attributes, missing ones, values. All unknown ones are named together. */
function firstFault(reports: Joi.ErrorReport[], resource: string): Joi.ErrorReport[] {
  const unknown = reports.filter((r) => r.code === 'object.unknown');
  const chosen =
    reports.find((r) => r.path.length === 1 && r.code === 'any.unknown') ??
    reports.find((r) => r.path.length < 2) ??
    unknown[0] ??
    reports.find((r) => r.code === 'any.required') ??
    reports[0];
  if (chosen === undefined) return reports;
  const words = chosen === unknown[0] ? unrecognized(unknown) : text(chosen, resource);
  Reflect.set(contextOf(chosen), 'reason_text', words);
  return [chosen];
}

/** What a rule knows about the value that it refused: Joi's own object, which `details` hands on. */
function contextOf(r: Joi.ErrorReport): object {
  const context: unknown = r.local;
  if (typeof context !== 'object' || context === null) throw new TypeError('a report of Joi without a context');
  return context;
}

const attribute = (r: Joi.ErrorReport): string => String(r.path[1] ?? '');

const unrecognized = (reports: readonly Joi.ErrorReport[]): string =>
  `Unrecognized attribute(s) '${reports.map((r) => String(r.path.at(-1))).join(', ')}'`;

function text(r: Joi.ErrorReport, resource: string): string {
  if (r.path.length === 0) return r.value === null ? 'Resource body required' : 'Body contains invalid data';
  if (r.path.length === 1) {
    if (r.code === 'any.unknown') return 'Bulk operation not supported';
    const absent = r.code === 'any.required' || r.value === null;
    return absent ? `Unable to find '${resource}' in request body` : `Object '${resource}' contains invalid data`;
  }
  if (r.code === 'any.required') return `Failed to parse request. Required attribute '${attribute(r)}' not specified`;
  if (r.code === READ_ONLY) return `Cannot update read-only attribute ${attribute(r)}`;
  return `Invalid input for ${attribute(r)}. Reason: ${reason(r)}.`;
}

const READ_ONLY = 'read-only';

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function reason(r: Joi.ErrorReport): string {
  const value = shown(r.value);
  switch (r.code) {
    case 'string.base':
      return `'${value}' is not a valid string`;
    case 'string.max':
      return `'${value}' exceeds maximum length of ${shown(Reflect.get(contextOf(r), 'limit'))}`;
    case 'boolean.base':
      return `'${value}' cannot be converted to boolean`;
    case 'any.only':
      return `'${value}' is not in ${shown(Reflect.get(contextOf(r), 'valids'))}`;
    case 'array.base':
      return `'${value}' is not a list`;
    case 'custom':
      return r.toString();
    default:
      return `'${value}' is not a valid input`;
  }
}

/** A rule of our own; `test` returns what is wrong, or null. */
export const checked = <T>(schema: Joi.Schema<T>, test: (value: T) => string | null): Joi.Schema<T> =>
  schema.custom((value: T, helpers) => {
    const wrong = test(value);
    return wrong === null ? value : helpers.message({ custom: '{#wrong}' }, { wrong });
  });

/** PostgreSQL has no text with NUL in it. */
const NO_NUL = /^[^\0]*$/;

export const text255 = (): Joi.StringSchema => Joi.string().allow('').max(255).pattern(NO_NUL);

/** `true`, `"True"`, `"1"` and 1 are true to Neutron. */
export const flag = (): Joi.BooleanSchema =>
  Joi.boolean().truthy(1, '1', 't', 'T', 'yes', 'on').falsy(0, '0', 'f', 'F', 'no', 'off');

export const uuid = (): Joi.Schema<string> =>
  checked(Joi.string(), (v) => (isUuid(v) ? null : `'${v}' is not a valid UUID`));

/** Attributes that exist and cannot be changed. */
export const readOnly = (...names: readonly string[]): Record<string, Joi.Schema> =>
  Object.fromEntries(
    names.map((name) => [name, Joi.any().custom((_value: unknown, helpers) => helpers.error(READ_ONLY))]),
  );

/** Whose the new object is; the two names mean the same. */
export interface Owner {
  readonly tenant_id?: string;
  readonly project_id?: string;
}

export const owner = (): { tenant_id: Joi.StringSchema; project_id: Joi.StringSchema } => ({
  tenant_id: text255().disallow(''),
  project_id: text255().disallow(''),
});
