import Joi from 'joi';
import { Invalid } from '#core/domain/errors.js';
import { pythonRepr } from '#core/http/joi-text.js';
import { fail, isStorable, perVersion } from './common.js';
import { anyText, type Check, paging, queryOf } from './query.js';

export interface KeypairBody {
  readonly keypair: {
    readonly name: string;
    readonly public_key?: string | null;
    readonly type?: 'ssh' | 'x509';
    readonly user_id?: string;
  };
}

const MAX_NAME = 255;

/** Letters, digits, blanks, `_` and `-`; from 2.92 also `@` and `.`. */
const keyName = (minor: number, lenient: boolean): Joi.StringSchema =>
  Joi.string().custom((value: string, helpers) => {
    const text = lenient ? value.trim() : value;
    if (text === '') return fail(helpers, `${pythonRepr(text)} is too short`);
    if (text.length > MAX_NAME) return fail(helpers, `${pythonRepr(text)} is too long`);
    if (text.trim() !== text) {
      throw new Invalid(
        "An invalid 'name' value was provided. The name must be: printable characters. " +
          'Can not start or end with whitespace.',
        'name',
      );
    }
    const legal = minor >= 92 ? /^[_\- a-zA-Z0-9@.]+$/ : /^[_\- a-zA-Z0-9]+$/;
    if (!legal.test(text)) {
      throw new Invalid('Keypair data is invalid: Keypair name contains unsafe characters or is too long.', 'name');
    }
    return text;
  });

const storable = (text: Joi.StringSchema): Joi.StringSchema =>
  text.custom((value: string, helpers) =>
    isStorable(value) ? value : fail(helpers, `${pythonRepr(value)} is not a 'printable'`),
  );

/** Body of `POST /os-keypairs`. A missing or null key means "generate one" at every version (nova-api.md 1.3). */
export const keypairBody = perVersion((minor, lenient) =>
  Joi.object<KeypairBody>({
    keypair: Joi.object<KeypairBody['keypair']>({
      name: keyName(minor, lenient).required(),
      public_key: minor >= 92 ? storable(Joi.string().allow(null)) : storable(Joi.string()),
      ...(minor >= 2 && { type: Joi.string().valid('ssh', 'x509') }),
      ...(minor >= 10 && { user_id: storable(Joi.string().min(1).max(255)) }),
    }).required(),
  }).required(),
);

const userId = (minor: number): Record<string, Check> => (minor >= 10 ? { user_id: anyText } : {});

export const keypairQuery = queryOf((minor) => ({ ...(minor >= 35 && paging), ...userId(minor) }));
export const oneKeypairQuery = queryOf(userId);
