import Joi from 'joi';
import { Invalid } from '#core/domain/errors.js';
import type {
  DomainRef,
  NamedRef,
  Proof,
  TokenRequest,
  WantedScope,
} from '#core/identity/embedded/embedded-identity.js';
import { UnsupportedAuthMethod } from './dialect.js';

/** The body of `POST /v3/auth/tokens` (Identity API v3, "Authentication and token management"). */
export interface AuthBody {
  readonly auth: {
    readonly identity: {
      readonly methods: readonly string[];
      readonly password?: { readonly user: NamedRef & { readonly password: string } };
      readonly token?: { readonly id: string };
    };
    readonly scope?:
      | 'unscoped'
      | {
          readonly project?: NamedRef;
          readonly domain?: DomainRef;
          readonly system?: { readonly all: true };
          readonly unscoped?: object;
        };
  };
}

const text = Joi.string().max(255);
const domain = Joi.object({ id: text, name: text }).or('id', 'name').unknown();
const named = { id: text, name: text, domain };
// scrypt takes any length; a limit keeps the work of a refusal bounded
const password = Joi.string().allow('').max(4096);

const authSchema = Joi.object<AuthBody>({
  auth: Joi.object({
    identity: Joi.object({
      methods: Joi.array().items(Joi.string().max(64)).min(1).max(8).required(),
      password: Joi.object({
        user: Joi.object({ ...named, password: password.required() })
          .or('id', 'name')
          .unknown()
          .required(),
      }).unknown(),
      token: Joi.object({ id: Joi.string().max(8192).required() }).unknown(),
    })
      .unknown()
      .required(),
    scope: Joi.alternatives(
      Joi.string().valid('unscoped'),
      Joi.object({
        project: Joi.object(named).or('id', 'name').unknown(),
        domain,
        system: Joi.object({ all: Joi.boolean().valid(true).required() }),
        unscoped: Joi.object(),
      }).unknown(),
    ),
  })
    .unknown()
    .required(),
})
  .required()
  .unknown();

export const authBody = (): Joi.ObjectSchema<AuthBody> => authSchema;

/**
 * @throws UnsupportedAuthMethod for other methods than password and token, or several at once
 * @throws Invalid when the member of the method is missing
 */
export function tokenRequest({ auth }: AuthBody): TokenRequest {
  return { proof: proofOf(auth.identity), scope: scopeOf(auth.scope) };
}

function proofOf(identity: AuthBody['auth']['identity']): Proof {
  const [method, ...more] = new Set(identity.methods);
  if (more.length > 0) throw new UnsupportedAuthMethod('several methods at once');
  if (method === 'password') {
    if (identity.password === undefined) throw missing('password');
    const { password: secret, ...user } = identity.password.user;
    return { method, user, password: secret };
  }
  if (method === 'token') {
    if (identity.token === undefined) throw missing('token');
    return { method, token: identity.token.id };
  }
  throw new UnsupportedAuthMethod(`method ${String(method)}`);
}

const missing = (member: string): Invalid =>
  new Invalid(`Expecting to find ${member} in identity. The server could not comply with the request.`);

function scopeOf(scope: AuthBody['auth']['scope']): WantedScope {
  if (scope === undefined) return { kind: 'default' };
  if (scope === 'unscoped' || scope.unscoped !== undefined) return { kind: 'unscoped' };
  if (scope.project !== undefined) return { kind: 'project', project: scope.project };
  if (scope.system !== undefined) return { kind: 'system' };
  if (scope.domain !== undefined) return { kind: 'domain' };
  return { kind: 'default' };
}

export interface UserMembers {
  readonly name?: string;
  readonly password?: string;
  readonly enabled?: boolean;
  readonly default_project_id?: string | null;
  readonly domain_id?: string;
  /** Anything else is kept and shown, as Keystone does. */
  readonly [extra: string]: unknown;
}

const DOMAIN_ONLY = Joi.string().valid('default');
const userMembers = {
  name: Joi.string().max(255),
  password,
  enabled: Joi.boolean().strict(),
  default_project_id: text.allow(null),
  domain_id: DOMAIN_ONLY,
  options: Joi.object().max(0),
};

const userSchema = (required: boolean): Joi.ObjectSchema<{ user: UserMembers }> =>
  Joi.object<{ user: UserMembers }>({
    user: Joi.object({ ...userMembers, name: required ? userMembers.name.required() : userMembers.name })
      .unknown()
      .required(),
  }).required();

const newUser = userSchema(true);
const changedUser = userSchema(false);
export const newUserBody = (): Joi.ObjectSchema<{ user: UserMembers }> => newUser;
export const changedUserBody = (): Joi.ObjectSchema<{ user: UserMembers }> => changedUser;

export interface ProjectMembers {
  readonly name?: string;
  readonly description?: string | null;
  readonly enabled?: boolean;
}

const projectSchema = (required: boolean): Joi.ObjectSchema<{ project: ProjectMembers }> => {
  const name = Joi.string().max(64);
  return Joi.object<{ project: ProjectMembers }>({
    project: Joi.object({
      name: required ? name.required() : name,
      description: Joi.string().allow('', null).max(4096),
      enabled: Joi.boolean().strict(),
      domain_id: DOMAIN_ONLY,
      parent_id: DOMAIN_ONLY.allow(null),
      is_domain: Joi.boolean().valid(false),
      tags: Joi.array().max(0),
      options: Joi.object().max(0),
    }).required(),
  }).required();
};

const newProject = projectSchema(true);
const changedProject = projectSchema(false);
export const newProjectBody = (): Joi.ObjectSchema<{ project: ProjectMembers }> => newProject;
export const changedProjectBody = (): Joi.ObjectSchema<{ project: ProjectMembers }> => changedProject;

export interface PasswordBody {
  readonly user: { readonly password: string; readonly original_password: string };
}

const passwordSchema = Joi.object<PasswordBody>({
  user: Joi.object({ password: password.required(), original_password: password.required() }).required(),
}).required();
export const passwordBody = (): Joi.ObjectSchema<PasswordBody> => passwordSchema;
