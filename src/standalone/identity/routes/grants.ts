import { NotFound } from '#core/domain/errors.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import { DOMAIN } from '#core/identity/embedded/embedded-identity.js';
import { ROLES, type Role, roleById, roleByName } from '#core/identity/embedded/roles.js';
import { NoSuch } from '../dialect.js';
import type { IdentityParts } from '../parts.js';
import { list, roleView } from '../views.js';

type AnyCall = Call<unknown, unknown>;

const role = (id: string): Role => {
  const found = roleById(id);
  if (found === null) throw new NoSuch('role', id);
  return found;
};

/** The three ids in the path of a grant. */
const grantOf = ({ params }: AnyCall): { project: string; user: string; role: Role } => ({
  project: params['project'] ?? '',
  user: params['user'] ?? '',
  role: role(params['role'] ?? ''),
});

const GRANT = '/v3/projects/:project/users/:user/roles/:role';

/** Roles, and who has which where. The roles are fixed: `IMPLIED` in roles.ts says what they mean. */
export function grantRoutes(parts: IdentityParts): AnyRoute[] {
  const { store, identity } = parts;
  return [
    ...roleRoutes(),
    route({
      name: 'identity:list_grants',
      method: 'GET',
      path: '/v3/projects/:project/users/:user/roles',
      role: 'admin',
      handler: async ({ params, baseUrl }) => {
        const { project = '', user = '' } = params;
        if ((await store.projectById(project)) === null) throw new NotFound('project', project);
        if ((await store.userById(user)) === null) throw new NotFound('user', user);
        const assigned = await store.assignments({ userId: user, projectId: project });
        const roles = ROLES.filter((r) => assigned.some((a) => a.role === r.name)).map((r) => roleView(baseUrl, r));
        return { status: 200, body: list(baseUrl, 'roles', `/projects/${project}/users/${user}/roles`, roles) };
      },
    }),
    route({
      name: 'identity:check_grant',
      method: 'GET',
      path: GRANT,
      role: 'admin',
      handler: async (call) => {
        const grant = grantOf(call);
        const found = await store.assignments({ userId: grant.user, projectId: grant.project, role: grant.role.name });
        if (found.length === 0) throw new NoSuch('role assignment', grant.role.id);
        return { status: 204 };
      },
    }),
    route({
      name: 'identity:create_grant',
      method: 'PUT',
      path: GRANT,
      role: 'admin',
      handler: async (call) => {
        const grant = grantOf(call);
        if (!(await store.grant(grant.user, grant.project, grant.role.name))) {
          const project = await store.projectById(grant.project);
          throw project === null ? new NotFound('project', grant.project) : new NotFound('user', grant.user);
        }
        identity.forget();
        return { status: 204 };
      },
    }),
    route({
      name: 'identity:revoke_grant',
      method: 'DELETE',
      path: GRANT,
      role: 'admin',
      handler: async (call) => {
        const grant = grantOf(call);
        if (!(await store.ungrant(grant.user, grant.project, grant.role.name))) {
          throw new NoSuch('role assignment', grant.role.id);
        }
        identity.forget();
        return { status: 204 };
      },
    }),
    assignmentRoute(parts),
  ];
}

function roleRoutes(): AnyRoute[] {
  return [
    route({
      name: 'identity:list_roles',
      method: 'GET',
      path: '/v3/roles',
      role: 'admin',
      handler: ({ baseUrl, rawQuery }) => {
        const name = rawQuery.get('name');
        const found = ROLES.filter((r) => name === null || r.name === name);
        return {
          status: 200,
          body: list(
            baseUrl,
            'roles',
            '/roles',
            found.map((r) => roleView(baseUrl, r)),
          ),
        };
      },
    }),
    route({
      name: 'identity:get_role',
      method: 'GET',
      path: '/v3/roles/:id',
      role: 'admin',
      handler: ({ params, baseUrl }) => ({
        status: 200,
        body: { role: roleView(baseUrl, role(params['id'] ?? '')) },
      }),
    }),
  ];
}

/** `GET /v3/role_assignments` with `user.id`, `scope.project.id`, `role.id` and `include_names`. */
function assignmentRoute({ store }: IdentityParts): AnyRoute {
  return route({
    name: 'identity:list_role_assignments',
    method: 'GET',
    path: '/v3/role_assignments',
    role: 'admin',
    handler: async ({ rawQuery, baseUrl }) => {
      const user = rawQuery.get('user.id');
      const project = rawQuery.get('scope.project.id');
      const wanted = rawQuery.get('role.id');
      const name = wanted === null ? null : roleById(wanted)?.name;
      const names = rawQuery.has('include_names') && !/^(0|false)$/i.test(rawQuery.get('include_names') ?? '');
      const found =
        name === undefined
          ? []
          : await store.assignments({
              ...(user !== null && { userId: user }),
              ...(project !== null && { projectId: project }),
              ...(name !== null && { role: name }),
            });
      const views = found.map((a) => {
        const roleId = roleByName(a.role)?.id ?? '';
        const named = (id: string, label: string) => (names ? { id, name: label, domain: DOMAIN } : { id });
        return {
          role: names ? { id: roleId, name: a.role } : { id: roleId },
          user: named(a.userId, a.userName),
          scope: { project: named(a.projectId, a.projectName) },
          links: { assignment: `${baseUrl}/v3/projects/${a.projectId}/users/${a.userId}/roles/${roleId}` },
        };
      });
      return { status: 200, body: list(baseUrl, 'role_assignments', '/role_assignments', views) };
    },
  });
}
