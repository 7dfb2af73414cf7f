import {
  AlreadyExists,
  Ambiguous,
  AmbiguousNetwork,
  Busy,
  DomainError,
  EngineRefused,
  ExecTimeout,
  Forbidden,
  InUse,
  Invalid,
  InvalidState,
  Locked,
  NotFound,
  NoValidHost,
  QuotaExceeded,
  type ResourceKind,
  Unavailable,
  Unsupported,
} from '#core/domain/errors.js';
import { AddressesExhausted, AddressInUse, MacAddressInUse } from '#core/domain/network-errors.js';
import { ACTIONS } from '#core/domain/operation.js';
import { FlavorExists } from '#core/domain/record-errors.js';
import type { ContainerState } from '#core/domain/state.js';
import {
  DeadlineExceeded,
  MalformedBody,
  MethodNotAllowed,
  NotInVersion,
  ProjectMismatch,
  RequestError,
  RouteNotFound,
  SchemaViolation,
  UnsupportedMediaType,
  VersionMalformed,
  VersionOutOfRange,
} from '#core/http/errors.js';
import { pythonRepr, pythonStr } from '#core/http/joi-text.js';
import { Refusal } from './refusal.js';
import { taskStateOf, vmStateOf } from './status.js';

export interface Answer {
  readonly status: number;
  readonly message: string;
}

/** Nova's name of a fault, by status (nova-api.md 2.3). */
const NAMES: Readonly<Record<number, string>> = {
  400: 'badRequest',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
  415: 'badMediaType',
  429: 'overLimit',
  501: 'notImplemented',
  503: 'serviceUnavailable',
};

export const faultBody = ({ status, message }: Answer): Record<string, unknown> => ({
  [NAMES[status] ?? 'computeFault']: { code: status, message },
});

const NOT_FOUND = 'The resource could not be found.';

/** What is named in a path and is not there. */
const MISSING: Readonly<Partial<Record<ResourceKind, (id: string) => string>>> = {
  container: (id) => `Instance ${id} could not be found.`,
  flavor: (id) => `Flavor ${id} could not be found.`,
  image: (id) => `Image ${id} could not be found.`,
  keypair: (id) => `Keypair ${id} could not be found.`,
  network: (id) => `Network ${id} could not be found.`,
  port: (id) => `Port id ${id} could not be found.`,
  'security group': (id) => `Security group ${id} not found.`,
  host: (id) => `Compute host ${id} could not be found.`,
  service: (id) => `Service ${id} could not be found.`,
  'server group': (id) => `Instance group ${id} could not be found.`,
  action: (id) => `Action ${id} not found`,
};

export const missingText = (error: NotFound): string => MISSING[error.kind]?.(error.id) ?? NOT_FOUND;

/** Names of the engine's actions and transition rows in Nova's messages. */
const ACTION_NAMES: Readonly<Record<string, string>> = {
  'reboot-soft': 'reboot',
  'reboot-hard': 'reboot',
  metadata: 'update metadata',
  logs: 'get_console_output',
};

const STATES: readonly ContainerState[] = [
  'creating',
  'created',
  'running',
  'paused',
  'restarting',
  'stopped',
  'error',
  'dead',
  'deleted',
];

function wrongState(error: InvalidState): Answer {
  const state = STATES.find((s) => s === error.state);
  const name = ACTION_NAMES[error.action] ?? error.action;
  const shown = state === undefined ? error.state : vmStateOf(state);
  return { status: 409, message: `Cannot '${name}' instance ${error.uuid} while it is in vm_state ${shown}` };
}

function busy(error: Busy): Answer {
  const action = ACTIONS.find((a) => a === error.inFlight);
  const name = ACTION_NAMES[error.action] ?? error.action;
  const shown = action === undefined ? error.inFlight : taskStateOf(action, error.step !== null);
  return { status: 409, message: `Cannot '${name}' instance ${error.uuid} while it is in task_state ${shown}` };
}

function overQuota({ excess }: QuotaExceeded): string {
  if (excess.some((e) => e.resource === 'key_pairs')) return 'Quota exceeded, too many key pairs.';
  if (excess.some((e) => e.resource === 'server_groups')) return 'Quota exceeded, too many server groups.';
  if (excess.some((e) => e.resource === 'server_group_members')) return 'Quota exceeded, too many servers in group';
  const all = (value: (e: (typeof excess)[number]) => unknown): string =>
    excess.map((e) => String(value(e))).join(', ');
  const names = all((e) => e.resource);
  return (
    `Quota exceeded for ${names}: Requested ${all((e) => e.requested)}, ` +
    `but already used ${all((e) => e.used)} of ${all((e) => e.limit)} ${names}`
  );
}

function violationText(error: SchemaViolation): string {
  const at = error.path.at(-1);
  if (at === undefined) return error.reason;
  const where = error.where === 'body' ? 'field/attribute' : 'query parameters';
  return `Invalid input for ${where} ${at}. Value: ${pythonStr(error.value)}. ${error.reason}`;
}

function exists(error: AlreadyExists): string {
  if (error instanceof FlavorExists) return `Flavor with ${error.by} ${error.id} already exists.`;
  if (error.kind === 'keypair') return `Key pair ${pythonRepr(error.id)} already exists.`;
  return error.message;
}

const REFUSED: Readonly<Record<EngineRefused['kind'], number>> = {
  conflict: 409,
  invalid: 400,
  'not-found': 409,
  'not-running': 409,
  failed: 500,
};

const UNEXPECTED =
  'Unexpected API Error. Please report this to the operator of this service, with the id of the request.';

/** The table of all errors: class -> status and message. Anything else is Nova's 500, with nothing inside but the class. */
export function answerOf(error: unknown, max: string): Answer {
  if (error instanceof RequestError) return requestAnswer(error, max);
  if (error instanceof DomainError) return domainAnswer(error);
  return { status: 500, message: `${UNEXPECTED}\n<class '${error instanceof Error ? error.name : 'Error'}'>` };
}

function requestAnswer(error: RequestError, max: string): Answer {
  if (error instanceof Refusal) return { status: error.status, message: error.message };
  if (error instanceof SchemaViolation) return { status: 400, message: violationText(error) };
  if (error instanceof MalformedBody) return { status: 400, message: 'Malformed request body' };
  if (error instanceof UnsupportedMediaType) return { status: 415, message: 'Unsupported Content-Type' };
  if (error instanceof ProjectMismatch) {
    const message = `Malformed request URL: URL's project_id '${error.inUrl}' doesn't match Context's project_id '${error.inToken}'`;
    return { status: 400, message };
  }
  if (error instanceof VersionMalformed) {
    const message = `API Version String ${error.requested} is of invalid format. Must be of format MajorNum.MinorNum.`;
    return { status: 400, message };
  }
  if (error instanceof VersionOutOfRange) {
    const message = `Version ${error.requested} is not supported by the API. Minimum is 2.1 and maximum is ${max}.`;
    return { status: 406, message };
  }
  if (error instanceof RouteNotFound || error instanceof MethodNotAllowed || error instanceof NotInVersion) {
    return { status: 404, message: NOT_FOUND };
  }
  if (error instanceof DeadlineExceeded) return { status: 503, message: 'The service did not answer in time.' };
  return { status: 400, message: error.message };
}

function domainAnswer(error: DomainError): Answer {
  if (error instanceof NotFound) {
    return error.kind === 'marker'
      ? { status: 400, message: `marker [${error.id}] not found` }
      : { status: 404, message: missingText(error) };
  }
  if (error instanceof InvalidState) return wrongState(error);
  if (error instanceof Busy) return busy(error);
  if (error instanceof Locked) return { status: 409, message: `Instance ${error.uuid} is locked` };
  if (error instanceof Forbidden) {
    return { status: 403, message: `Policy doesn't allow ${error.rule} to be performed.` };
  }
  if (error instanceof QuotaExceeded) return { status: 403, message: overQuota(error) };
  if (error instanceof AlreadyExists) return { status: 409, message: exists(error) };
  if (error instanceof AddressInUse || error instanceof AddressesExhausted || error instanceof MacAddressInUse) {
    return { status: 400, message: error.message };
  }
  if (error instanceof Ambiguous || error instanceof AmbiguousNetwork || error instanceof InUse) {
    return { status: 409, message: error.message };
  }
  if (error instanceof Invalid || error instanceof Unsupported) return { status: 400, message: error.message };
  if (error instanceof NoValidHost) return { status: 400, message: `No valid host was found. ${error.message}` };
  if (error instanceof EngineRefused) return { status: REFUSED[error.kind], message: error.reason };
  if (error instanceof Unavailable || error instanceof ExecTimeout) return { status: 503, message: error.message };
  return { status: 500, message: `${UNEXPECTED}\n<class '${error.name}'>` };
}
