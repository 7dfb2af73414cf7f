import { isIP } from 'node:net';
import Joi from 'joi';
import { Invalid } from '#core/domain/errors.js';
import { pythonRepr } from '#core/http/joi-text.js';
import type { MicroVersion } from '#core/http/version.js';

/**
 * Makes a schema once for each version (and for the lenient `/v2`): building one takes longer than using it. Joi's conversions are
 * off: it would take a string of JSON for an object.
 */
export function perVersion<T extends Joi.AnySchema>(
  build: (minor: number, lenient: boolean) => T,
): (version: MicroVersion, lenient?: boolean) => T {
  const made = new Map<string, T>();
  return (version, lenient = false) => {
    const key = `${version.minor} ${lenient}`;
    const schema = made.get(key) ?? build(version.minor, lenient).prefs({ convert: false });
    made.set(key, schema);
    return schema;
  };
}

/** Parameter types that Nova's schemas share (nova-api.md 2.5), each with the words of its refusals. */

/** Refuses a value with a text of our own, where Joi's kinds of errors do not say what jsonschema says. */
export const fail = (helpers: Joi.CustomHelpers, reason: string): Joi.ErrorReport =>
  helpers.error('any.invalid', { reason_text: reason });

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u;
const BLANK_ENDS = /^\s|\s$/u;

/** No control characters, no line separators, no halves of surrogate pairs: what a database and a terminal can hold. */
export const isPrintable = (text: string): boolean => !UNPRINTABLE.test(text);

/** Texts that end up in the database, which holds neither of the two. */
export const isStorable = (text: string): boolean => !/\0|\p{Surrogate}/u.test(text);

const NAME_RULE =
  "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.";

const MAX_NAME = 255;

/** 1 to 255 printable characters without blanks at the ends. Trimmed first where `lenient`. */
export const name = (lenient = false): Joi.StringSchema =>
  Joi.string().custom((value: string, helpers) => {
    const text = lenient ? value.trim() : value;
    if (text === '') return fail(helpers, `${pythonRepr(text)} is too short`);
    if (text.length > MAX_NAME) return fail(helpers, `${pythonRepr(text)} is too long`);
    if (!isPrintable(text) || BLANK_ENDS.test(text)) throw new Invalid(NAME_RULE, 'name');
    return text;
  });

/** String or null, at most 255 printable characters. */
export const description = (): Joi.Schema =>
  nullable(
    Joi.string()
      .allow('')
      .max(255)
      .custom((value: string, helpers) =>
        isStorable(value) ? value : fail(helpers, `${pythonRepr(value)} is not a 'printable'`),
      ),
    "'string', 'null'",
  );

/** `schema`, or null; `types` is how a refusal lists what is allowed. */
export const nullable = (schema: Joi.StringSchema, types: string): Joi.Schema =>
  Joi.any().custom((value: unknown, helpers) => {
    if (value === null) return null;
    if (typeof value !== 'string') return fail(helpers, `${pythonRepr(value)} is not of type ${types}`);
    return checked(schema, value, helpers);
  });

/** Runs a schema inside a custom check, and hands its refusal on. */
export function checked(schema: Joi.Schema, value: unknown, helpers: Joi.CustomHelpers): unknown {
  const { stripUnknown = false } = helpers.prefs;
  const options = { abortEarly: true, convert: false, errors: { label: false }, stripUnknown } as const;
  const result = schema.validate(value, options);
  const report = result.error?.details[0];
  if (report === undefined) {
    const parsed: unknown = result.value;
    return parsed;
  }
  const thrown: unknown = report.context?.['error'];
  if (thrown instanceof Error) throw thrown;
  return helpers.error(report.type, { ...report.context });
}

/** Nothing but JSON's null. */
export const nullOnly = (): Joi.AnySchema<null> =>
  Joi.any<null>().custom((value: unknown, helpers) =>
    value === null ? null : fail(helpers, `${pythonRepr(value)} is not of type 'null'`),
  );

const TRUE: readonly unknown[] = [true, 'True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes'];
const FALSE: readonly unknown[] = [false, 'False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no'];

/** A JSON boolean or one of the words that Nova takes for one. */
export const booleanLike = (): Joi.Schema<boolean> =>
  Joi.any().custom((value: unknown, helpers) => {
    if (TRUE.includes(value)) return true;
    if (FALSE.includes(value)) return false;
    return fail(helpers, `${pythonRepr(value)} is not one of ${pythonRepr([...TRUE, ...FALSE])}`);
  });

const MAX_INTEGER = 2_147_483_647;

/** An integer or a string of digits, from `min` to the largest that Nova stores. */
export const integerLike = (min: number): Joi.Schema<number> =>
  Joi.any().custom((value: unknown, helpers) => {
    if (typeof value === 'string' && !/^-?[0-9]+$/.test(value)) {
      return fail(helpers, `${pythonRepr(value)} does not match '^[0-9]*$'`);
    }
    const isNumber = typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value));
    if (!isNumber) return fail(helpers, `${pythonRepr(value)} is not of type 'integer', 'string'`);
    const number = Number(value);
    if (number < min) return fail(helpers, `${pythonRepr(value)} is less than the minimum of ${min}`);
    if (number > MAX_INTEGER)
      return fail(helpers, `${pythonRepr(value)} is greater than the maximum of ${MAX_INTEGER}`);
    return number;
  });

const UUID = /^\{?(urn:uuid:)?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i;

/** Any form that Python takes for a uuid. */
export const isUuidLike = (text: string): boolean => UUID.test(text);

/** The usual form of a uuid in any other form. */
export function canonicalUuid(text: string): string {
  const hex = text.toLowerCase().replace(/urn:uuid:|[{}-]/g, '');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

export const uuid = (): Joi.StringSchema =>
  Joi.string()
    .allow('')
    .custom((value: string, helpers) =>
      isUuidLike(value) ? canonicalUuid(value) : fail(helpers, `${pythonRepr(value)} is not a 'uuid'`),
    );

const METADATA_KEY = /^[a-zA-Z0-9-_:. ]{1,255}$/;

/** Map of legal keys to strings of at most 255 characters. */
export const metadata = (): Joi.Schema<Record<string, string>> => Joi.object().pattern(METADATA_KEY, metadataValue());

export const metadataValue = (): Joi.StringSchema =>
  Joi.string()
    .allow('')
    .max(255)
    .custom((value: string, helpers) =>
      isStorable(value) ? value : fail(helpers, `${pythonRepr(value)} is not a 'printable'`),
    );

/** 1 to 60 characters, neither slash nor comma. */
export const tag = (): Joi.StringSchema =>
  Joi.string()
    .min(1)
    .max(60)
    .pattern(/^[^,/]*$/)
    .custom((value: string, helpers) =>
      isStorable(value) ? value : fail(helpers, `${pythonRepr(value)} is not a 'printable'`),
    );

export const MAX_TAGS = 50;
export const tags = (): Joi.ArraySchema<string[]> => Joi.array<string[]>().items(tag()).max(MAX_TAGS);

const HOST = /^[a-zA-Z0-9-._]*$/;
export const computeHost = (): Joi.StringSchema => Joi.string().min(1).max(255).pattern(HOST);

/** Host name of a server: a label until 2.93, a domain name from 2.94. */
export const hostname = (minor: number): Joi.StringSchema =>
  minor >= 94
    ? Joi.string().min(1).max(255).pattern(HOST)
    : Joi.string()
        .min(2)
        .max(63)
        .pattern(/^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$/);

export const diskConfig = (): Joi.StringSchema => Joi.string().valid('AUTO', 'MANUAL');

export const accessIp = (version: 4 | 6): Joi.Schema =>
  Joi.string()
    .allow('')
    .custom((value: string, helpers) =>
      isIP(value) === version ? value : fail(helpers, `${pythonRepr(value)} is not a 'ipv${version}'`),
    );

/** Base64 text, in which blanks and line ends do not count. */
export function isBase64(text: string): boolean {
  const bare = text.replace(/\s/g, '');
  return bare.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(bare);
}

export const base64 = (max?: number): Joi.StringSchema => {
  const text = Joi.string()
    .allow('')
    .custom((value: string, helpers) =>
      isBase64(value) ? value : fail(helpers, `${pythonRepr(value)} is not a 'base64'`),
    );
  return max === undefined ? text : text.max(max);
};

/** An object with these members and no other. */
export const closed = <T>(members: Joi.PartialSchemaMap<T>): Joi.ObjectSchema<T> => Joi.object<T>(members).required();
