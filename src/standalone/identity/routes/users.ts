import { Forbidden, Invalid, NotFound, Unauthorized } from '#core/domain/errors.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { hashPassword, verifyPassword } from '#core/identity/embedded/password.js';
import { newId } from '#core/identity/embedded/seed.js';
import type { StoredUser } from '#core/store/identity-store.js';
import type { IdentityParts } from '../parts.js';
import { inOurDomain, type ListQuery, listQuery } from '../query.js';
import { changedUserBody, newUserBody, type PasswordBody, passwordBody, type UserMembers } from '../schemas.js';
import { list, projectView, userView } from '../views.js';

type Body = { user: UserMembers };

/** Members that are columns of their own, or say what is so anyway: the rest is the user's `extra`. */
const OWN = new Set(['id', 'name', 'password', 'enabled', 'default_project_id', 'domain_id', 'options', 'links']);

const extraOf = (user: UserMembers): Record<string, unknown> =>
  Object.fromEntries(Object.entries(user).filter(([key]) => !OWN.has(key)));

export function userRoutes(parts: IdentityParts): AnyRoute[] {
  return [...readRoutes(parts), ...writeRoutes(parts)];
}

function readRoutes({ store }: IdentityParts): AnyRoute[] {
  return [
    route<undefined, ListQuery>({
      name: 'identity:list_users',
      method: 'GET',
      path: '/v3/users',
      role: 'admin',
      query: listQuery,
      handler: async ({ query, baseUrl }) => {
        const users = inOurDomain(query) ? await store.users(query) : [];
        return {
          status: 200,
          body: list(
            baseUrl,
            'users',
            '/users',
            users.map((u) => userView(baseUrl, u)),
          ),
        };
      },
    }),
    route({
      name: 'identity:get_user',
      method: 'GET',
      path: '/v3/users/:id',
      role: 'reader',
      handler: async ({ params, context, baseUrl }) => {
        const id = params['id'] ?? '';
        if (id !== context.userId && !context.isAdmin) throw new Forbidden('identity:get_user');
        const user = await store.userById(id);
        if (user === null) throw new NotFound('user', id);
        return { status: 200, body: { user: userView(baseUrl, user) } };
      },
    }),
    route({
      name: 'identity:list_user_projects',
      method: 'GET',
      path: '/v3/users/:id/projects',
      role: 'reader',
      handler: async ({ params, context, baseUrl }) => {
        const id = params['id'] ?? '';
        if (id !== context.userId && !context.isAdmin) throw new Forbidden('identity:list_user_projects');
        if ((await store.userById(id)) === null) throw new NotFound('user', id);
        const projects = (await store.projectsOf(id)).map((p) => projectView(baseUrl, p));
        return { status: 200, body: list(baseUrl, 'projects', `/users/${id}/projects`, projects) };
      },
    }),
  ];
}

function writeRoutes({ store, identity }: IdentityParts): AnyRoute[] {
  const knownProject = async (id: string | null | undefined): Promise<void> => {
    if (typeof id === 'string' && (await store.projectById(id)) === null) {
      throw new Invalid(`Could not find project: ${id}.`, 'default_project_id');
    }
  };
  return [
    route<Body>({
      name: 'identity:create_user',
      method: 'POST',
      path: '/v3/users',
      role: 'admin',
      body: newUserBody,
      handler: async ({ body: { user }, baseUrl }) => {
        await knownProject(user.default_project_id);
        const made: StoredUser = {
          id: newId(),
          name: user.name ?? '',
          // without a password nobody can log in as the user, until one is set
          passwordHash: user.password === undefined ? '' : await hashPassword(user.password),
          defaultProjectId: user.default_project_id ?? null,
          enabled: user.enabled ?? true,
          extra: extraOf(user),
        };
        await store.createUser(made);
        return { status: 201, body: { user: userView(baseUrl, made) } };
      },
    }),
    route<Body>({
      name: 'identity:update_user',
      method: 'PATCH',
      path: '/v3/users/:id',
      role: 'admin',
      body: changedUserBody,
      handler: async ({ params, body: { user }, baseUrl }) => {
        await knownProject(user.default_project_id);
        const changed = await store.updateUser(params['id'] ?? '', {
          name: user.name,
          enabled: user.enabled,
          defaultProjectId: user.default_project_id,
          passwordHash: user.password === undefined ? undefined : await hashPassword(user.password),
          extra: extraOf(user),
        });
        if (changed === null) throw new NotFound('user', params['id'] ?? '');
        identity.forget();
        return { status: 200, body: { user: userView(baseUrl, changed) } };
      },
    }),
    route({
      name: 'identity:delete_user',
      method: 'DELETE',
      path: '/v3/users/:id',
      role: 'admin',
      handler: async ({ params }) => {
        if (!(await store.deleteUser(params['id'] ?? ''))) throw new NotFound('user', params['id'] ?? '');
        identity.forget();
        return { status: 204 };
      },
    }),
    route<PasswordBody>({
      name: 'identity:change_password',
      method: 'POST',
      path: '/v3/users/:id/password',
      role: 'reader',
      body: passwordBody,
      handler: async ({ params, body: { user }, context }) => {
        const id = params['id'] ?? '';
        // Keystone asks for the old password and no right: whoever knows it is the user
        const stored = id === context.userId ? await store.userById(id) : null;
        const right = await verifyPassword(user.original_password, stored?.passwordHash ?? null);
        if (!right) throw new Unauthorized('the original password is wrong');
        await store.updateUser(id, { passwordHash: await hashPassword(user.password) });
        identity.forget();
        return { status: 204 };
      },
    }),
  ];
}
