import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Unauthorized, Unavailable } from '#core/domain/errors.js';
import type { Identity, IdentityProvider } from '#core/identity/provider.js';
import type { IdentityStore, StoredProject, StoredUser } from '#core/store/identity-store.js';
import { verifyPassword } from './password.js';
import { effectiveRoles, type Role } from './roles.js';
import { type AuthMethod, newAuditId, readToken, signToken, type TokenClaims, type TokenScope } from './token.js';

/** The one domain of the embedded service. */
export const DOMAIN = { id: 'default', name: 'Default' } as const;

export interface DomainRef {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** By id, or by name in a domain. */
export interface NamedRef {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly domain?: DomainRef | undefined;
}

export type Proof =
  | { readonly method: 'password'; readonly user: NamedRef; readonly password: string }
  | { readonly method: 'token'; readonly token: string };

/** `default`: the user's default project if there is one, else no scope. */
export type WantedScope =
  | { readonly kind: 'project'; readonly project: NamedRef }
  | { readonly kind: 'domain' }
  | { readonly kind: 'system' }
  | { readonly kind: 'unscoped' }
  | { readonly kind: 'default' };

export interface TokenRequest {
  readonly proof: Proof;
  readonly scope: WantedScope;
}

/** A token that holds now, and for whom. `project` null: unscoped or of the whole system. */
export interface ValidToken {
  readonly claims: TokenClaims;
  readonly user: { readonly id: string; readonly name: string };
  readonly project: { readonly id: string; readonly name: string } | null;
  readonly roles: readonly Role[];
}

export interface EmbeddedIdentity extends IdentityProvider {
  /**
   * Issues a token. A re-scoped one ends when the first one does.
   * @throws Unauthorized whatever the reason: the caller learns nothing about which names exist
   * @throws Unavailable('identity')
   */
  issue(request: TokenRequest): Promise<{ token: string; valid: ValidToken }>;
  /** @returns null for a token that does not hold @throws Unavailable('identity') */
  validate(token: string): Promise<ValidToken | null>;
  /** Voids the token, here at once, in other processes within `FRESH_MS`. @throws Unavailable('identity') */
  revoke(valid: ValidToken): Promise<void>;
  /** To be called after a change of users, projects or roles, so that it counts at once in this process. */
  forget(): void;
}

export interface EmbeddedIdentityParts {
  readonly store: IdentityStore;
  /** Signs the tokens: the same in all processes of a deployment. */
  readonly secret: string;
  readonly tokenHours: number;
  /** What `WWW-Authenticate` names. */
  readonly publicUrl: string;
}

/** How long the facts about a token are believed without looking again. */
const FRESH_MS = 3_000;
const REMEMBERED = 10_000;
const HOUR_MS = 3_600_000;
const NOBODY = Promise.resolve(null);

/** The users and projects of our own database, as an identity service. */
export function createEmbeddedIdentity(parts: EmbeddedIdentityParts): EmbeddedIdentity {
  const { store, secret } = parts;
  // Promises, so that concurrent first requests with one token make one query, and `forget` leaves nothing behind that is on its way.
  const known = new LRUCache<string, Promise<ValidToken | null>>({ max: REMEMBERED, ttl: FRESH_MS });
  const identities = new WeakMap<ValidToken, Identity>();

  const look = (token: string): Promise<ValidToken | null> => {
    const key = tokenKey(token);
    const before = known.get(key);
    if (before !== undefined) return before;
    // A bad token is cheap to refuse, and must not push good ones out.
    const claims = readToken(token, secret, new Date());
    if (claims === null) return NOBODY;
    const found = resolve(store, claims);
    known.set(key, found);
    found.catch(() => {
      if (known.peek(key) === found) known.delete(key);
    });
    return found;
  };

  const validate = async (token: string): Promise<ValidToken | null> => {
    const valid = await reachable(() => look(token));
    return valid !== null && valid.claims.expiresAt > new Date() ? valid : null;
  };

  return {
    publicUrl: parts.publicUrl,
    validate,
    authenticate: async (token) => {
      const valid = await validate(token);
      if (valid === null || valid.project === null) throw new Unauthorized('the token is not valid, or has no project');
      const before = identities.get(valid);
      if (before !== undefined) return before;
      const identity = identityOf(valid, valid.project);
      identities.set(valid, identity);
      return identity;
    },
    projectExists: (id) => reachable(async () => (await store.projectById(id)) !== null),
    issue: (request) =>
      reachable(async () => {
        const now = new Date();
        const proven = await prove(store, request.proof, validate);
        const scope = await scopeOf(store, proven.user, request.scope);
        const claims: TokenClaims = {
          userId: proven.user.id,
          scope,
          methods: proven.methods,
          issuedAt: now,
          expiresAt: proven.expiresAt ?? new Date(now.getTime() + parts.tokenHours * HOUR_MS),
          auditId: newAuditId(),
          parentAuditId: proven.auditId,
        };
        const valid = await resolve(store, claims);
        if (valid === null) throw new Unauthorized('disabled, or without a role there');
        return { token: signToken(claims, secret), valid };
      }),
    revoke: async (valid) => {
      await reachable(() => store.revoke(valid.claims.auditId, valid.claims.expiresAt));
      known.clear();
    },
    forget: () => known.clear(),
  };
}

/** Memory holds hashes of tokens, never tokens. */
const tokenKey = (token: string): string => hash('sha256', token, 'base64url');

function identityOf(valid: ValidToken, project: { id: string; name: string }): Identity {
  const roles = valid.roles.map((r) => r.name);
  return {
    userId: valid.user.id,
    userName: valid.user.name,
    projectId: project.id,
    projectName: project.name,
    roles,
    isAdmin: roles.includes('admin'),
    expiresAt: valid.claims.expiresAt,
  };
}

/** Whether what the claims say holds now. */
async function resolve(store: IdentityStore, claims: TokenClaims): Promise<ValidToken | null> {
  const { scope } = claims;
  const projectId = scope.kind === 'project' ? scope.projectId : null;
  const facts = await store.tokenFacts(claims.userId, projectId, claims.auditId);
  if (facts === null || !facts.userEnabled || facts.revoked || claims.issuedAt < facts.validFrom) return null;
  const user = { id: claims.userId, name: facts.userName };
  if (projectId === null && scope.kind === 'unscoped') return { claims, user, project: null, roles: [] };
  if (projectId === null) {
    // Of the whole system is who is an administrator anywhere: there are no roles on the system of its own.
    if (!facts.roles.includes('admin')) return null;
    return { claims, user, project: null, roles: effectiveRoles(['admin']) };
  }
  if (facts.project === null || !facts.project.enabled || facts.roles.length === 0) return null;
  return { claims, user, project: { id: projectId, name: facts.project.name }, roles: effectiveRoles(facts.roles) };
}

interface Proven {
  readonly user: StoredUser;
  readonly methods: readonly AuthMethod[];
  readonly auditId: string | null;
  readonly expiresAt: Date | null;
}

async function prove(
  store: IdentityStore,
  proof: Proof,
  validate: (token: string) => Promise<ValidToken | null>,
): Promise<Proven> {
  if (proof.method === 'password') {
    const user = await userOf(store, proof.user);
    const right = await verifyPassword(proof.password, user?.passwordHash ?? null);
    if (user === null || !right) throw new Unauthorized('user or password is wrong');
    return { user, methods: ['password'], auditId: null, expiresAt: null };
  }
  const valid = await validate(proof.token);
  const user = valid && (await store.userById(valid.user.id));
  if (valid === null || user === null) throw new Unauthorized('the token is not valid');
  const { claims } = valid;
  const methods = claims.methods.includes('token') ? claims.methods : [...claims.methods, 'token' as const];
  return { user, methods, auditId: claims.parentAuditId ?? claims.auditId, expiresAt: claims.expiresAt };
}

const inDomain = (domain: DomainRef | undefined): boolean =>
  domain?.id === undefined ? domain?.name?.toLowerCase() === DOMAIN.name.toLowerCase() : domain.id === DOMAIN.id;

async function userOf(store: IdentityStore, ref: NamedRef): Promise<StoredUser | null> {
  if (ref.id !== undefined) return store.userById(ref.id);
  return ref.name !== undefined && inDomain(ref.domain) ? store.userByName(ref.name) : null;
}

async function projectOf(store: IdentityStore, ref: NamedRef): Promise<StoredProject | null> {
  if (ref.id !== undefined) return store.projectById(ref.id);
  return ref.name !== undefined && inDomain(ref.domain) ? store.projectByName(ref.name) : null;
}

async function scopeOf(store: IdentityStore, user: StoredUser, wanted: WantedScope): Promise<TokenScope> {
  switch (wanted.kind) {
    case 'project': {
      const project = await projectOf(store, wanted.project);
      if (project === null) throw new Unauthorized('no such project');
      return { kind: 'project', projectId: project.id };
    }
    case 'default':
      return defaultScope(store, user);
    case 'domain':
      throw new Unauthorized('nobody has a role on the domain');
    default:
      return wanted;
  }
}

/** As Keystone: a default project that cannot be used does not stand in the way of an unscoped token. */
async function defaultScope(store: IdentityStore, user: StoredUser): Promise<TokenScope> {
  const id = user.defaultProjectId;
  if (id === null) return { kind: 'unscoped' };
  const usable = (await store.projectsOf(user.id)).some((p) => p.id === id && p.enabled);
  return usable ? { kind: 'project', projectId: id } : { kind: 'unscoped' };
}

/** Our database is the identity service here: that it is away means that nobody can say who is asking. */
async function reachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unavailable && error.part === 'database') {
      throw new Unavailable('identity', 'The identity service cannot be reached.', { cause: error });
    }
    throw error;
  }
}
