import type Joi from 'joi';
import type { Container } from '#core/domain/container.js';
import type { Engine } from '#core/engine/engine.js';
import { parseMember } from '#core/http/parse.js';
import type { Role } from '#core/http/role.js';
import type { Call, Reply } from '#core/http/route.js';
import type { MicroVersion } from '#core/http/version.js';

/** What an action works on: the request, and the server as it was found. */
export interface ActionCall {
  readonly engine: Engine;
  readonly call: Call;
  readonly server: Container;
}

export type Run = (a: ActionCall) => Promise<Reply> | Reply;

/** One action of `POST /servers/{id}/action` (nova-api.md 3.4, 4.6). */
export interface ServerAction {
  /** The member of the body that asks for it. */
  readonly key: string;
  /** Policy, without the common prefix. */
  readonly rule: string;
  readonly role: Role;
  /** Minor versions that have it, both inclusive. */
  readonly min?: number;
  readonly max?: number;
  /** Checks the argument, which comes before the server is looked for. @throws SchemaViolation */
  readonly prepare: (argument: unknown, version: MicroVersion, lenient: boolean) => Run;
}

type Head = Omit<ServerAction, 'prepare'>;

/** An action that takes any argument and looks at none. */
export const plainAction = (head: Head, run: Run): ServerAction => ({ ...head, prepare: () => run });

/** An action whose argument has a schema. */
export const action = <Argument>(
  head: Head,
  argument: (version: MicroVersion) => Joi.Schema<Argument>,
  run: (a: ActionCall, argument: Argument) => Promise<Reply> | Reply,
): ServerAction => ({
  ...head,
  prepare: (value, version, lenient) => {
    const checked = parseMember(argument(version), head.key, value, lenient);
    return (a) => run(a, checked);
  },
});

export const ACCEPTED: Reply = { status: 202 };
