/**
 * Errors say what happened in the domain's words. A front end's fault table (`nova-compat/faults.ts`, `native-api/faults.ts`)
 * turns each class into a status and a message of its own API; no other place knows about HTTP statuses.
 */
export abstract class DomainError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

export type ResourceKind =
  | 'container'
  | 'flavor'
  | 'image'
  | 'keypair'
  | 'network'
  | 'port'
  | 'subnet'
  | 'security group'
  | 'security group rule'
  | 'host'
  | 'service'
  | 'server group'
  | 'action'
  | 'marker'
  | 'volume'
  | 'registry'
  | 'availability zone'
  | 'project'
  | 'user';

/** Something that the request names does not exist, or not for this project. */
export class NotFound extends DomainError {
  constructor(
    readonly kind: ResourceKind,
    readonly id: string,
  ) {
    super(`${kind} ${id} could not be found`);
  }
}

/** More than one object has the name. */
export class Ambiguous extends DomainError {
  constructor(
    readonly kind: ResourceKind,
    readonly id: string,
  ) {
    super(`several ${kind}s are named ${id}`);
  }
}

/** The object exists already. */
export class AlreadyExists extends DomainError {
  constructor(
    readonly kind: ResourceKind,
    readonly id: string,
  ) {
    super(`${kind} ${id} already exists`);
  }
}

/** The request makes no sense, whatever the state of things. `field` names the member at fault. */
export class Invalid extends DomainError {
  constructor(
    message: string,
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

/** The action is not allowed in the state that the container is in. */
export class InvalidState extends DomainError {
  constructor(
    readonly action: string,
    readonly uuid: string,
    readonly state: string,
  ) {
    super(`cannot ${action} container ${uuid} while it is ${state}`);
  }
}

/** Another operation on the container is in flight. */
export class Busy extends DomainError {
  constructor(
    readonly action: string,
    readonly uuid: string,
    readonly inFlight: string,
    readonly step: string | null,
  ) {
    super(`cannot ${action} container ${uuid} while ${inFlight} is in progress`);
  }
}

export class Locked extends DomainError {
  constructor(readonly uuid: string) {
    super(`container ${uuid} is locked`);
  }
}

/** The object is in use, so it cannot be changed or deleted. */
export class InUse extends DomainError {}

/** The caller's roles do not allow it. `rule` is the name in the API's policy. */
export class Forbidden extends DomainError {
  constructor(readonly rule: string) {
    super(`policy does not allow ${rule}`);
  }
}

export interface QuotaExcess {
  readonly resource: string;
  readonly requested: number;
  readonly used: number;
  readonly limit: number;
}

export class QuotaExceeded extends DomainError {
  constructor(readonly excess: readonly QuotaExcess[]) {
    super(`quota exceeded for ${excess.map((e) => e.resource).join(', ')}`);
  }
}

/** No token, or not a valid one. */
export class Unauthorized extends DomainError {}

/** Zunova, or the runtime of the container, does not offer this. */
export class Unsupported extends DomainError {}

/** A part we depend on (engine, database, identity) cannot be reached or does not answer in time. */
export class Unavailable extends DomainError {
  constructor(
    readonly part: 'engine' | 'database' | 'identity' | 'image' | 'network' | 'host',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Several networks could be meant. */
export class AmbiguousNetwork extends DomainError {}

/** The engine understood and refused. `reason` is its own text, safe to show to the owner of the container. */
export class EngineRefused extends DomainError {
  constructor(
    readonly reason: string,
    readonly kind: 'conflict' | 'invalid' | 'not-found' | 'not-running' | 'failed',
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** No host can take the container. `reasons` says, filter by filter, why: it names hosts, which only administrators see. */
export class NoValidHost extends DomainError {
  static readonly summary = 'There are not enough hosts available.';

  constructor(readonly reasons: readonly string[]) {
    super([NoValidHost.summary, ...reasons].join(' '));
  }
}

/** The exec did not end in time. */
export class ExecTimeout extends DomainError {
  constructor(readonly command: string) {
    super(`Timeout on executing command: ${command}`);
  }
}
