import Joi from 'joi';
import { Invalid } from '#core/domain/errors.js';
import { pythonRepr } from '#core/http/joi-text.js';
import type { MicroVersion } from '#core/http/version.js';
import { fail, isStorable, perVersion } from './common.js';

/**
 * Query strings. A parameter may be repeated; what single-valued ones mean then is their last value (nova-api.md 4.4). Values are
 * checked here and used by the translators as lists of strings.
 */
export type Query = Readonly<Record<string, string | readonly string[]>>;

/** Checks one value; the text of the refusal, or null. */
export type Check = (value: string) => string | null;

const DIGITS = '^[0-9]*$';

export const anyText: Check = (value) => (isStorable(value) ? null : `${pythonRepr(value)} is not a 'printable'`);
export const digits: Check = (value) =>
  /^[0-9]*$/.test(value) ? null : `${pythonRepr(value)} does not match '${DIGITS}'`;
export const oneOf =
  (words: readonly string[]): Check =>
  (value) =>
    words.includes(value) ? null : `${pythonRepr(value)} is not one of ${pythonRepr(words)}`;

const parameter = (check: Check): Joi.AnySchema<unknown> =>
  Joi.any<unknown>().custom((value: string | string[], helpers) => {
    for (const one of Array.isArray(value) ? value : [value]) {
      const refusal = check(one);
      if (refusal !== null) return helpers.error('any.invalid', { reason_text: refusal, value: one });
    }
    return value;
  });

/**
 * The schema of a query. `closedFrom`: the microversion from which unknown parameters are refused; before, they are ignored.
 */
export const queryOf = (
  parameters: (minor: number) => Readonly<Record<string, Check>>,
  closedFrom = 75,
): ((version: MicroVersion) => Joi.ObjectSchema<Query>) =>
  perVersion((minor) => {
    const members = Object.entries(parameters(minor)).map(([key, check]) => [key, parameter(check)] as const);
    return Joi.object<Query>(Object.fromEntries(members))
      .unknown(minor < closedFrom)
      .custom((value: Query, helpers) => {
        const private_ = Object.keys(value).find((key) => key.startsWith('_'));
        if (private_ !== undefined) throw new Invalid('Invalid filter field', private_);
        const bad = Object.values(value)
          .flat()
          .find((text) => !isStorable(text));
        return bad === undefined ? value : fail(helpers, `${pythonRepr(bad)} is not a 'printable'`);
      });
  });

/** All values of a parameter. */
export const all = (query: Query, key: string): readonly string[] => {
  const value = query[key];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
};

/** The value that counts: the last. */
export const last = (query: Query, key: string): string | null => all(query, key).at(-1) ?? null;

/** A number of digits; null when absent or empty. */
export const integer = (query: Query, key: string): number | null => {
  const text = last(query, key);
  return text === null || text === '' ? null : Number(text);
};

export const paging: Readonly<Record<string, Check>> = { limit: digits, marker: anyText };
export const DIRECTIONS = ['asc', 'desc'] as const;
