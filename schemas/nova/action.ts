import Joi from 'joi';
import { pythonRepr } from '#core/http/joi-text.js';
import { fail, isStorable, nullOnly, perVersion } from './common.js';

/** Arguments of the actions of servers (nova-api.md 4.6). Most take anything. */

export interface RebootArgument {
  readonly type: string;
}

export const rebootArgument = perVersion(() =>
  Joi.object<RebootArgument>({
    type: Joi.string().valid('HARD', 'Hard', 'hard', 'SOFT', 'Soft', 'soft').required(),
  }).required(),
);

export type LockArgument = { readonly locked_reason?: string } | null;

const reason = (): Joi.StringSchema =>
  Joi.string()
    .min(1)
    .max(255)
    .custom((value: string, helpers) =>
      isStorable(value) ? value : fail(helpers, `${pythonRepr(value)} is not a 'printable'`),
    );

/** Anything below 2.73, and it means nothing. */
export const lockArgument = perVersion<Joi.AnySchema<LockArgument>>((minor) =>
  minor < 73
    ? Joi.any<LockArgument>().custom(() => null)
    : Joi.object<LockArgument>({ locked_reason: reason() }).allow(null),
);

export interface ConsoleArgument {
  /** Negative: all. */
  readonly length?: number | null;
}

const INTEGER = '^-?[0-9]+$';

/** An integer, digits, or null; -1 and above. */
const length = (): Joi.Schema =>
  Joi.any().custom((value: unknown, helpers) => {
    if (value === null) return null;
    if (typeof value === 'string') {
      if (!/^-?[0-9]+$/.test(value)) return fail(helpers, `${pythonRepr(value)} does not match '${INTEGER}'`);
    } else if (typeof value !== 'number' || !Number.isInteger(value)) {
      return fail(helpers, `${pythonRepr(value)} is not of type 'integer', 'string', 'null'`);
    }
    const number = Number(value);
    return number < -1 ? fail(helpers, `${pythonRepr(value)} is less than the minimum of -1`) : number;
  });

export const consoleArgument = perVersion(() => Joi.object<ConsoleArgument>({ length: length() }).required());

export const crashDumpArgument = perVersion(nullOnly);
