import type { Ambiguous, Busy, NotFound, ResourceKind, Unavailable } from '#core/domain/errors.js';
import type { SchemaViolation } from '#core/http/errors.js';
import { pythonStr } from '#core/http/joi-text.js';

/** An error in Zun's words. `code` without its prefix. */
export interface Told {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal of the service: its text is both title and detail. `code` is the class of Zun that it stands for. */
export const told = (status: number, code: string, text: string): Told => ({ status, code, title: text, detail: text });

const NOT_FOUND: Readonly<Partial<Record<ResourceKind, (id: string) => Told>>> = {
  container: (id) => told(404, 'container-not-found', `Container ${id} could not be found.`),
  marker: (id) => told(404, 'container-not-found', `Container ${id} could not be found.`),
  // Not 404: that would be the container of the request.
  image: (id) => told(400, 'image-not-found', `Image ${id} could not be found.`),
  network: (id) => told(404, 'network-not-found', `Neutron network ${id} could not be found.`),
  port: (id) => told(404, 'port-not-found', `Neutron port ${id} could not be found.`),
  'security group': (id) => told(400, 'invalid-value', `Security group ${id} not found.`),
  host: (id) => told(404, 'compute-node-not-found', `Compute node ${id} could not be found.`),
  service: (id) => told(404, 'zun-service-not-found', `Zun service ${id} could not be found.`),
  action: (id) => told(404, 'resource-not-found', `The Action resource ${id} could not be found.`),
};

export function notFound(error: NotFound): Told {
  const tell = NOT_FOUND[error.kind];
  if (tell !== undefined) return tell(error.id);
  const name = error.kind.charAt(0).toUpperCase() + error.kind.slice(1);
  return told(404, `${error.kind.replaceAll(' ', '-')}-not-found`, `${name} ${error.id} could not be found.`);
}

/** What Zun calls several of a kind; networks and ports are Neutron's. */
const PLURALS: Readonly<Partial<Record<ResourceKind, string>>> = {
  network: 'neutron networks',
  port: 'neutron ports',
};

export function ambiguous(error: Ambiguous): string {
  const plural = PLURALS[error.kind] ?? `${error.kind}s`;
  const wanted = error.kind === 'container' ? 'the container uuid' : 'the uuid';
  return `Multiple ${plural} exist with same name. Please use ${wanted} instead.`;
}

/** Status that an action in flight shows as, where that alone refuses the next one. */
const SHOWN: Readonly<Record<string, string>> = { create: 'Creating', delete: 'Deleting', reboot: 'Restarting' };

export function busy(error: Busy): Told {
  const status = SHOWN[error.inFlight];
  return status === undefined
    ? told(409, 'conflict', `Cannot ${error.action} container ${error.uuid} while ${error.inFlight} is in progress.`)
    : told(409, 'invalid-state-exception', `Cannot ${error.action} container ${error.uuid} in ${status} state`);
}

const UNAVAILABLE: Readonly<Record<Unavailable['part'], string>> = {
  host: 'The compute host of the container is not up.',
  engine: 'The container engine does not answer.',
  database: 'The database cannot be reached.',
  identity: 'The identity service cannot be reached.',
  image: 'The image service or registry cannot be reached.',
  network: 'The network service cannot be reached.',
};

/** The details are for the log: they name addresses of the inside. */
export function unavailable(error: Unavailable): Told {
  const isHost = error.part === 'host' || error.part === 'engine';
  return told(503, isHost ? 'container-host-not-up' : 'service-unavailable', UNAVAILABLE[error.part]);
}

/** Values are shown up to here: a client may have sent megabytes. */
const VALUE_MAX = 1000;

/** The texts of native-api.md 2.3, blanks included. */
export function violationText({ where, path, value, reason }: SchemaViolation): string {
  const field = path.at(-1);
  if (field === undefined) return reason;
  const shown = pythonStr(value).slice(0, VALUE_MAX);
  return where === 'query'
    ? `Invalid input for query parameters '${field}'. Value: '${shown}'. ${reason}`
    : `Invalid input for field '${field}'.Value: '${shown}'. ${reason}`;
}
