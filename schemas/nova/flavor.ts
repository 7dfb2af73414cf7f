import Joi from 'joi';
import { pythonRepr } from '#core/http/joi-text.js';
import { booleanLike, fail, integerLike, isStorable, name, nullable, perVersion } from './common.js';

/** Bodies of the writes of flavors (nova-api.md 4.14). */

export interface FlavorBody {
  readonly flavor: {
    readonly name: string;
    readonly id?: string | null;
    readonly ram: number;
    readonly vcpus: number;
    readonly disk: number;
    readonly 'OS-FLV-EXT-DATA:ephemeral'?: number;
    readonly swap?: number;
    readonly rxtx_factor?: number;
    readonly 'os-flavor-access:is_public'?: boolean;
    readonly description?: string | null;
  };
}

const ID = /^(?! )[a-zA-Z0-9. _-]+(?<! )$/;
const MAX_ID = 255;

/** A string or a number, which becomes one; null: make one up. */
const flavorId = (): Joi.Schema =>
  Joi.any().custom((value: unknown, helpers) => {
    if (value === null) return null;
    if (typeof value !== 'string' && typeof value !== 'number') {
      return fail(helpers, `${pythonRepr(value)} is not of type 'string', 'number', 'null'`);
    }
    const text = String(value);
    if (text === '') return fail(helpers, "'' is too short");
    if (text.length > MAX_ID) return fail(helpers, `${pythonRepr(value)} is too long`);
    return ID.test(text) ? text : fail(helpers, `${pythonRepr(value)} does not match '${ID.source}'`);
  });

const MAX_FACTOR = 3.40282e38;

/** A number, or one in digits, above 0. */
const factor = (): Joi.Schema =>
  Joi.any().custom((value: unknown, helpers) => {
    if (typeof value !== 'string' && typeof value !== 'number') {
      return fail(helpers, `${pythonRepr(value)} is not of type 'string', 'number'`);
    }
    if (typeof value === 'string' && !/^[0-9]+(\.[0-9]+)?$/.test(value)) {
      return fail(helpers, `${pythonRepr(value)} does not match '^[0-9]+(\\.[0-9]+)?$'`);
    }
    const number = Number(value);
    if (number <= 0) return fail(helpers, `${pythonRepr(value)} is less than or equal to the minimum of 0`);
    return number > MAX_FACTOR
      ? fail(helpers, `${pythonRepr(value)} is greater than the maximum of ${MAX_FACTOR}`)
      : number;
  });

const MAX_DESCRIPTION = 65_535;

const longDescription = (): Joi.Schema =>
  nullable(
    Joi.string()
      .allow('')
      .max(MAX_DESCRIPTION)
      .custom((value: string, helpers) =>
        isStorable(value) ? value : fail(helpers, `${pythonRepr(value)} is not a 'printable'`),
      ),
    "'string', 'null'",
  );

export const flavorBody = perVersion((minor, lenient) =>
  Joi.object<FlavorBody>({
    flavor: Joi.object<FlavorBody['flavor']>({
      name: name(lenient).required(),
      id: flavorId(),
      ram: integerLike(1).required(),
      vcpus: integerLike(1).required(),
      disk: integerLike(0).required(),
      'OS-FLV-EXT-DATA:ephemeral': integerLike(0),
      swap: integerLike(0),
      rxtx_factor: factor(),
      'os-flavor-access:is_public': booleanLike(),
      ...(minor >= 55 && { description: longDescription() }),
    }).required(),
  }).required(),
);

export interface FlavorUpdateBody {
  readonly flavor: { readonly description: string | null };
}

export const flavorUpdateBody = perVersion(() =>
  Joi.object<FlavorUpdateBody>({
    flavor: Joi.object<FlavorUpdateBody['flavor']>({ description: longDescription().required() }).required(),
  }).required(),
);

/** Argument of `addTenantAccess` and `removeTenantAccess`. */
export interface TenantArgument {
  readonly tenant: string;
}

export const tenantArgument = perVersion(() =>
  Joi.object<TenantArgument>({
    tenant: Joi.string()
      .min(1)
      .max(255)
      .pattern(/^[a-zA-Z0-9-]*$/)
      .required(),
  }).required(),
);
