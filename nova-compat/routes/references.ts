import { Ambiguous, NotFound } from '#core/domain/errors.js';
import { missingText } from '../faults.js';
import { badRequest } from '../refusal.js';

/**
 * What a request names in its body and that is not there is the request's fault (400), unlike what its path names (404). Ports are
 * Nova's exception.
 */
export async function inRequest<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NotFound && error.kind !== 'port') throw badRequest(missingText(error));
    if (error instanceof Ambiguous && error.kind !== 'security group') throw badRequest(error.message);
    throw error;
  }
}
