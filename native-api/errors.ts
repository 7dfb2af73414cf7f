import { DomainError, Invalid, NotFound } from '#core/domain/errors.js';

/** Refusals that only the native API knows, each a class of Zun's own (native-api.md 2.2). */

/** A value that the schema allows and the API does not. */
export class InvalidValue extends Invalid {}

/** A sort key, for example. */
export class InvalidParameterValue extends Invalid {}

/** A parameter that came with a later version than the one negotiated. */
export class InvalidParamInVersion extends Invalid {
  constructor(
    readonly parameter: string,
    readonly since: string,
    readonly requested: string,
  ) {
    super(
      `Invalid param ${parameter} because current request version is ${requested}. ` +
        `${parameter} is only supported from version ${since}`,
      parameter,
    );
  }
}

/** The host that a create request names. */
export class RequestedHostNotFound extends NotFound {
  constructor(host: string) {
    super('host', host);
  }
}

/** The state of things is against it, and no other class says how. */
export class Conflict extends DomainError {}

/** What should be Base64 is not. */
export class Base64Invalid extends Invalid {}
