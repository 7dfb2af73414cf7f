import Joi from 'joi';
import { noneIsAbsent, refuse } from './common.js';

/** Limits to set (native-api.md 3.14, 3.15). MiB, GiB; -1 = unlimited. */
export interface QuotaBody {
  readonly containers?: number;
  readonly memory?: number;
  readonly cpu?: number;
  readonly disk?: number;
}

/** What an integer of the database holds. */
const LIMIT_MAX = 2_147_483_647;

const limit = Joi.any<number>().custom((value: unknown, helpers) => {
  const isText = typeof value === 'string';
  if (isText && !/^-?[0-9]+$/.test(value)) return refuse(helpers, `'${value}' does not match '^-?[0-9]+$'`);
  if (!isText && !(typeof value === 'number' && Number.isInteger(value)))
    return refuse(helpers, `the value is not of type 'integer', 'string'`);
  const n = Number(value);
  if (n < -1) return refuse(helpers, `${n} is less than the minimum of -1`);
  return n > LIMIT_MAX ? refuse(helpers, `${n} is greater than the maximum of ${LIMIT_MAX}`) : n;
});

const limits = {
  containers: noneIsAbsent(limit),
  memory: noneIsAbsent(limit),
  cpu: noneIsAbsent(limit),
  disk: noneIsAbsent(limit),
};

export const quotaParameters = Joi.object<QuotaBody>(limits);
export const quotaBody: Joi.Schema<QuotaBody | null> = quotaParameters.allow(null);
