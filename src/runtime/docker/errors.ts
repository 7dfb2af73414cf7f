import { DomainError, EngineRefused, Unavailable } from '#core/domain/errors.js';
import { DeadlinePassed } from '#core/lib/deadline.js';

/** The engine answered with a status of 400 or more. `message` is its own text. */
export class EngineStatus extends Error {
  override readonly name = 'EngineStatus';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const codeOf = (error: Error): string | null => ('code' in error && typeof error.code === 'string' ? error.code : null);

/** Node's codes of a connection that could not be made at all: nothing has happened in the engine. */
const unreachable = new Set(['ECONNREFUSED', 'ENOENT', 'EACCES', 'ENOTSOCK']);

/**
 * The domain's error for whatever went wrong in `what` ("start container x").
 * @returns Unavailable when there was no usable answer, EngineRefused when the engine said no
 */
export function toDomainError(what: string, socketPath: string, error: unknown): Error {
  if (error instanceof DomainError) return error;
  if (error instanceof EngineStatus) return refusal(error);
  if (error instanceof DeadlinePassed) {
    const seconds = error.ms / 1000;
    return new Unavailable('engine', `The container engine did not answer within ${seconds} s: ${what}.`, {
      cause: error,
    });
  }
  const cause = error instanceof Error ? error : new Error(String(error));
  // A defect of ours must not look like an engine that is down.
  if (cause instanceof TypeError || cause instanceof RangeError) return cause;
  const code = codeOf(cause);
  if (code !== null && unreachable.has(code)) {
    return new Unavailable('engine', `The container engine cannot be reached at ${socketPath} (${code}): ${what}.`, {
      cause,
    });
  }
  return new Unavailable(
    'engine',
    `The connection to the container engine broke (${code ?? cause.message}): ${what}.`,
    {
      cause,
    },
  );
}

function refusal(error: EngineStatus): Error {
  const refused = (kind: EngineRefused['kind']): EngineRefused =>
    new EngineRefused(error.message, kind, { cause: error });
  switch (error.status) {
    case 400:
      return refused('invalid');
    case 404:
      return refused('not-found');
    // 403: "network has active endpoints", "endpoint already exists in network", and changes of the built-in networks.
    case 403:
      return refused('conflict');
    case 409:
      // One status for many conflicts; the text is all there is to tell a container that does not run.
      return refused(/is not running/i.test(error.message) ? 'not-running' : 'conflict');
    case 502:
    case 503:
    case 504:
      return new Unavailable('engine', `The container engine is not available: ${error.message}`, { cause: error });
    default:
      return refused('failed');
  }
}

export const isRefused = (error: unknown, ...kinds: readonly EngineRefused['kind'][]): error is EngineRefused =>
  error instanceof EngineRefused && kinds.includes(error.kind);
