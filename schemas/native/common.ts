import Joi from 'joi';
import { pythonRepr } from '#core/http/joi-text.js';

/** Vocabulary that several requests of the native API share (native-api.md, reading guide, 2.3 and 2.5). */

/** A failed check in our own words, which read like those of Python's jsonschema. */
export const refuse = (helpers: Joi.CustomHelpers, reason: string): Joi.ErrorReport =>
  helpers.error('any.invalid', { reason_text: reason });

/** One of some words, each with what it means. Not Joi's `valid`, after which no other rule is looked at. */
export const oneOf = <T>(words: ReadonlyMap<unknown, T>): Joi.AnySchema<T> =>
  Joi.any<T>().custom((value: unknown, helpers) => {
    const meaning = words.get(value);
    return meaning === undefined
      ? refuse(helpers, `${pythonRepr(value)} is not one of ${pythonRepr([...words.keys()])}`)
      : meaning;
  });

const flagWords = (yes: readonly string[], no: readonly string[]): ReadonlyMap<unknown, boolean> =>
  new Map<unknown, boolean>([
    [true, true],
    [false, false],
    ...yes.map((w) => [w, true] as const),
    ...no.map((w) => [w, false] as const),
  ]);

const BOOL_WORDS = flagWords(['True', 'true'], ['False', 'false']);
const EXT_BOOL_WORDS = flagWords(
  ['True', 'TRUE', 'true', '1', 'ON', 'On', 'on', 'YES', 'Yes', 'yes'],
  ['False', 'FALSE', 'false', '0', 'OFF', 'Off', 'off', 'NO', 'No', 'no'],
);

/** `bool-str` of the contract: JSON booleans, or one of `True true False false`. */
export const boolStr = (): Joi.AnySchema<boolean> => oneOf(BOOL_WORDS);

/** `ext-bool` of the contract. */
export const extBool = (): Joi.AnySchema<boolean> => oneOf(EXT_BOOL_WORDS);

/** Clients send Python's `None` as text for what they leave out. */
export const noneIsAbsent = (schema: Joi.Schema): Joi.Schema => schema.empty(Joi.valid('None', null));

export interface AmountLimits {
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

/** A number, also as a string of digits: what comes out is the number. Bounds hold for both forms. */
export const amount = ({ min, max, integer }: AmountLimits): Joi.AnySchema<number> => {
  const pattern = integer ? '^[0-9]+$' : '^[0-9]*(\\.([0-9]+))?$';
  const text = new RegExp(pattern);
  return Joi.any<number>().custom((value: unknown, helpers) => {
    if (typeof value === 'string') {
      if (!text.test(value)) return refuse(helpers, `'${value}' does not match '${pattern}'`);
    } else if (typeof value !== 'number' || (integer && !Number.isInteger(value))) {
      return refuse(helpers, `the value is not of type '${integer ? 'integer' : 'number'}', 'string'`);
    }
    const n = Number(value);
    if (n < min) return refuse(helpers, `${value} is less than the minimum of ${min}`);
    return n > max ? refuse(helpers, `${value} is greater than the maximum of ${max}`) : n;
  });
};

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** Name of a container or registry. */
export const resourceName = (): Joi.StringSchema => Joi.string().min(2).max(255).pattern(NAME);

/** Limits of a container's size: `[DEFAULT] minimum_* / maximum_*` of Zun. MiB, GiB. */
export const cpu = (): Joi.AnySchema<number> => amount({ min: 0.1, max: 16, integer: false });
export const memory = (): Joi.AnySchema<number> => amount({ min: 4, max: 8192, integer: true });
export const disk = (): Joi.AnySchema<number> => amount({ min: 1, max: 160, integer: true });
