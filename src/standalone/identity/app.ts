import type Koa from 'koa';
import { Unauthorized } from '#core/domain/errors.js';
import { createApp } from '#core/http/app.js';
import type { IdentityProvider } from '#core/identity/provider.js';
import { identityDialect } from './dialect.js';
import type { IdentityParts } from './parts.js';
import { catalogRoutes } from './routes/catalog.js';
import { grantRoutes } from './routes/grants.js';
import { projectRoutes } from './routes/projects.js';
import { tokenRoutes } from './routes/tokens.js';
import { userRoutes } from './routes/users.js';
import { versionRoutes } from './routes/versions.js';

/**
 * The Identity API v3 as far as OpenStack's clients need it when there is no Keystone (nova-api 6.5). Returns the Koa application
 * without listening.
 */
export function createIdentityApp(parts: IdentityParts): Koa {
  return createApp({
    dialect: identityDialect,
    identity: anyScope(parts),
    log: parts.log,
    publicUrl: parts.publicUrl,
    ready: parts.ready,
    routes: [
      ...versionRoutes(),
      ...tokenRoutes(parts),
      ...projectRoutes(parts),
      ...userRoutes(parts),
      ...grantRoutes(parts),
      ...catalogRoutes(parts),
    ],
  });
}

/** Here, and only here, tokens without a project are good too: their bearers ask which projects they have. */
function anyScope({ identity }: IdentityParts): IdentityProvider {
  return {
    publicUrl: identity.publicUrl,
    projectExists: (id) => identity.projectExists(id),
    authenticate: async (token) => {
      const valid = await identity.validate(token);
      if (valid === null) throw new Unauthorized('the token is not valid');
      const roles = valid.roles.map((r) => r.name);
      return {
        userId: valid.user.id,
        userName: valid.user.name,
        projectId: valid.project?.id ?? '',
        projectName: valid.project?.name ?? '',
        roles,
        isAdmin: roles.includes('admin'),
        expiresAt: valid.claims.expiresAt,
      };
    },
  };
}
