import { DomainError } from '#core/domain/errors.js';

/** A refusal that only the network API knows, by the name that the exception has in Neutron. */
export class NeutronRefusal extends DomainError {
  constructor(
    readonly status: 400 | 403 | 404 | 409,
    readonly type: string,
    message: string,
  ) {
    super(message);
  }
}

/** neutron_lib.exceptions.InvalidInput */
export const invalidInput = (message: string): NeutronRefusal =>
  new NeutronRefusal(400, 'InvalidInput', `Invalid input for operation: ${message}.`);

/** What webob's own errors look like. */
export const badRequest = (message: string): NeutronRefusal => new NeutronRefusal(400, 'HTTPBadRequest', message);

export const notFoundHere = (): NeutronRefusal =>
  new NeutronRefusal(404, 'HTTPNotFound', 'The resource could not be found.');
