import type { Container } from '#core/domain/container.js';
import { seconds } from './times.js';

const CODE = 500;

/** What `fault` of a server in ERROR shows; null: nothing is known. `details` of an internal error are the administrators'. */
export function faultOf(c: Container, admin: boolean): Record<string, unknown> | null {
  const { failure, missingSince, dead, observedAt } = c.facts;
  if (failure !== null) {
    // Nova words it so; the domain's own text goes on with the reasons, host by host.
    const message = c.host === null ? `No valid host was found. ${failure.message}` : failure.message;
    const details = failure.details !== null && (admin || failure.code !== CODE) ? { details: failure.details } : {};
    return { code: failure.code, created: seconds(failure.at), message, ...details };
  }
  if (missingSince !== null) {
    const message = 'The container is gone from its host, although nobody deleted the server.';
    return { code: CODE, created: seconds(missingSince), message };
  }
  if (!dead) return null;
  const message = 'The container engine reports the container as dead.';
  return { code: CODE, created: seconds(observedAt ?? c.updatedAt), message };
}
