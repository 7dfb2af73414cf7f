import type { IncomingHttpHeaders } from 'node:http';
import { Forbidden, Unauthorized } from '#core/domain/errors.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import { catalogOf } from '#core/identity/embedded/catalog.js';
import type { ValidToken } from '#core/identity/embedded/embedded-identity.js';
import { NoSuch } from '../dialect.js';
import type { IdentityParts } from '../parts.js';
import { type AuthBody, authBody, tokenRequest } from '../schemas.js';
import { list, projectView, tokenView } from '../views.js';

const header = (headers: IncomingHttpHeaders, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

/** Issue, show and void tokens; what the bearer of one may ask about itself. */
export function tokenRoutes(parts: IdentityParts): AnyRoute[] {
  const { identity, store } = parts;
  const catalog = catalogOf(parts.catalog);
  const catalogFor = (call: Call<unknown, unknown>) => (call.rawQuery.has('nocatalog') ? null : catalog);

  /** The token in `X-Subject-Token`: one's own, or anybody's for an administrator. */
  const subject = async (call: Call<unknown, unknown>, rule: string): Promise<ValidToken> => {
    const valid = await identity.validate(header(call.headers, 'x-subject-token'));
    if (valid === null) throw new NoSuch('token', '');
    if (valid.user.id !== call.context.userId && !call.context.isAdmin) throw new Forbidden(rule);
    return valid;
  };

  return [
    route<AuthBody>({
      name: 'identity:authenticate',
      method: 'POST',
      path: '/v3/auth/tokens',
      public: true,
      body: authBody,
      handler: async (call) => {
        const { token, valid } = await identity.issue(tokenRequest(call.body));
        return { status: 201, body: tokenView(valid, catalogFor(call)), headers: { 'X-Subject-Token': token } };
      },
    }),
    route({
      name: 'identity:validate_token',
      method: 'GET',
      path: '/v3/auth/tokens',
      role: 'reader',
      handler: async (call) => {
        const valid = await subject(call, 'identity:validate_token');
        const headers = { 'X-Subject-Token': header(call.headers, 'x-subject-token') };
        return { status: 200, body: tokenView(valid, catalogFor(call)), headers };
      },
    }),
    route({
      name: 'identity:revoke_token',
      method: 'DELETE',
      path: '/v3/auth/tokens',
      role: 'reader',
      handler: async (call) => {
        await identity.revoke(await subject(call, 'identity:revoke_token'));
        return { status: 204 };
      },
    }),
    route({
      name: 'identity:get_auth_catalog',
      method: 'GET',
      path: '/v3/auth/catalog',
      role: 'reader',
      handler: async ({ headers, baseUrl }) => {
        const valid = await identity.validate(header(headers, 'x-auth-token'));
        if (valid === null) throw new Unauthorized('the token ended');
        if (valid.claims.scope.kind === 'unscoped') throw new Forbidden('identity:get_auth_catalog');
        return { status: 200, body: { catalog, links: { self: `${baseUrl}/v3/auth/catalog` } } };
      },
    }),
    route({
      name: 'identity:get_auth_projects',
      method: 'GET',
      path: '/v3/auth/projects',
      role: 'reader',
      handler: async ({ context, baseUrl }) => {
        const projects = (await store.projectsOf(context.userId)).filter((p) => p.enabled);
        const views = projects.map((p) => projectView(baseUrl, p));
        return { status: 200, body: list(baseUrl, 'projects', '/auth/projects', views) };
      },
    }),
    route({
      name: 'identity:get_auth_domains',
      method: 'GET',
      path: '/v3/auth/domains',
      role: 'reader',
      // roles are on projects only
      handler: ({ baseUrl }) => ({ status: 200, body: list(baseUrl, 'domains', '/auth/domains', []) }),
    }),
  ];
}
