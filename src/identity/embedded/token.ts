import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export type AuthMethod = 'password' | 'token';

/**
 * What a token says by itself. Names, roles and whether all that is still so are looked up when it is used (as with Keystone's Fernet
 * tokens): a role that is taken away ends in tokens that are out.
 */
export interface TokenClaims {
  readonly userId: string;
  readonly scope: TokenScope;
  readonly methods: readonly AuthMethod[];
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** Names this token in the list of revoked ones. */
  readonly auditId: string;
  /** Audit id of the first token of a chain of re-scoped ones. */
  readonly parentAuditId: string | null;
}

export type TokenScope =
  | { readonly kind: 'project'; readonly projectId: string }
  | { readonly kind: 'system' }
  | { readonly kind: 'unscoped' };

const VERSION = 1;
const METHODS: readonly AuthMethod[] = ['password', 'token'];

export const newAuditId = (): string => randomBytes(16).toString('base64url');

/** `<claims>.<HMAC-SHA256 of them>`, both base64url: opaque to clients, safe in a header and in a URL. */
export function signToken(claims: TokenClaims, secret: string): string {
  const { scope } = claims;
  const payload = [
    VERSION,
    claims.userId,
    scope.kind === 'project' ? scope.projectId : scope.kind === 'system' ? 1 : 0,
    claims.methods.map((m) => METHODS.indexOf(m)),
    claims.issuedAt.getTime(),
    claims.expiresAt.getTime(),
    claims.auditId,
    claims.parentAuditId ?? 0,
  ];
  const body = Buffer.from(JSON.stringify(payload)).toString('base64url');
  return `${body}.${mac(body, secret).toString('base64url')}`;
}

/** @returns null for anything that we did not sign with this secret, or whose time is over */
export function readToken(token: string, secret: string, now: Date): TokenClaims | null {
  const [body, signature, ...more] = token.split('.');
  if (body === undefined || signature === undefined || more.length > 0) return null;
  const have = Buffer.from(signature, 'base64url');
  const want = mac(body, secret);
  if (have.length !== want.length || !timingSafeEqual(have, want)) return null;
  const claims = parse(Buffer.from(body, 'base64url').toString('utf8'));
  return claims !== null && claims.expiresAt > now ? claims : null;
}

const mac = (body: string, secret: string): Buffer => createHmac('sha256', secret).update(body).digest();

/** The signature says that we wrote it, not which release of ours. */
function parse(text: string): TokenClaims | null {
  const payload: unknown = JSON.parse(text);
  if (!Array.isArray(payload)) return null;
  const fields: readonly unknown[] = payload;
  const [version, userId, scope, methods, issued, expires, auditId, parent] = fields;
  if (version !== VERSION || typeof userId !== 'string' || typeof auditId !== 'string') return null;
  if (typeof issued !== 'number' || typeof expires !== 'number' || !Array.isArray(methods)) return null;
  return {
    userId,
    scope:
      typeof scope === 'string'
        ? { kind: 'project', projectId: scope }
        : scope === 1
          ? { kind: 'system' }
          : { kind: 'unscoped' },
    methods: METHODS.filter((_m, i) => methods.includes(i)),
    issuedAt: new Date(issued),
    expiresAt: new Date(expires),
    auditId,
    parentAuditId: typeof parent === 'string' ? parent : null,
  };
}
