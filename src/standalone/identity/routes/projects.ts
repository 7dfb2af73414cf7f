import { Forbidden, NotFound } from '#core/domain/errors.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { newId } from '#core/identity/embedded/seed.js';
import type { StoredProject } from '#core/store/identity-store.js';
import type { IdentityParts } from '../parts.js';
import { inOurDomain, type ListQuery, listQuery } from '../query.js';
import { changedProjectBody, newProjectBody, type ProjectMembers } from '../schemas.js';
import { list, projectView } from '../views.js';

type Body = { project: ProjectMembers };

export function projectRoutes({ store, identity }: IdentityParts): AnyRoute[] {
  return [
    route<undefined, ListQuery>({
      name: 'identity:list_projects',
      method: 'GET',
      path: '/v3/projects',
      role: 'admin',
      query: listQuery,
      handler: async ({ query, baseUrl }) => {
        const projects = inOurDomain(query) ? await store.projects(query) : [];
        return {
          status: 200,
          body: list(
            baseUrl,
            'projects',
            '/projects',
            projects.map((p) => projectView(baseUrl, p)),
          ),
        };
      },
    }),
    route<Body>({
      name: 'identity:create_project',
      method: 'POST',
      path: '/v3/projects',
      role: 'admin',
      body: newProjectBody,
      handler: async ({ body: { project }, baseUrl }) => {
        const made: StoredProject = {
          id: newId(),
          name: project.name ?? '',
          description: project.description ?? '',
          enabled: project.enabled ?? true,
        };
        await store.createProject(made);
        return { status: 201, body: { project: projectView(baseUrl, made) } };
      },
    }),
    route({
      name: 'identity:get_project',
      method: 'GET',
      path: '/v3/projects/:id',
      role: 'reader',
      handler: async ({ params, context, baseUrl }) => {
        const id = params['id'] ?? '';
        const project = await store.projectById(id);
        if (!context.isAdmin) {
          // the same answer for a project that is not there and one that is none of theirs
          const theirs = id === context.projectId || (await store.projectsOf(context.userId)).some((p) => p.id === id);
          if (!theirs) throw new Forbidden('identity:get_project');
        }
        if (project === null) throw new NotFound('project', id);
        return { status: 200, body: { project: projectView(baseUrl, project) } };
      },
    }),
    route<Body>({
      name: 'identity:update_project',
      method: 'PATCH',
      path: '/v3/projects/:id',
      role: 'admin',
      body: changedProjectBody,
      handler: async ({ params, body: { project }, baseUrl }) => {
        const { name, enabled } = project;
        const change = { name, enabled, description: project.description ?? undefined };
        const changed = await store.updateProject(params['id'] ?? '', change);
        if (changed === null) throw new NotFound('project', params['id'] ?? '');
        identity.forget();
        return { status: 200, body: { project: projectView(baseUrl, changed) } };
      },
    }),
    route({
      name: 'identity:delete_project',
      method: 'DELETE',
      path: '/v3/projects/:id',
      role: 'admin',
      handler: async ({ params }) => {
        if (!(await store.deleteProject(params['id'] ?? ''))) throw new NotFound('project', params['id'] ?? '');
        identity.forget();
        return { status: 204 };
      },
    }),
  ];
}
