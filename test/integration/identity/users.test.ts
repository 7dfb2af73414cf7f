import { expect } from 'chai';
import { type IdentityApi, identityApi, inProject, password } from '#test/lib/identity-api.js';
import type { Answer, Json } from '#test/lib/request.js';
import { failure } from '#test/lib/until.js';

const names = (items: Json[]): string[] => items.map((item) => item.text('name'));

describe('identity API: users, projects, catalog', () => {
  let api: IdentityApi;
  before(async () => {
    api = await identityApi();
  });
  after(() => api.close());

  describe('users and projects', () => {
    it('are listed for administrators', async () => {
      const token = await api.token('admin', 'demo');
      const projects = (await api.call('/v3/projects', { token })).json();
      expect(names(projects.list('projects'))).to.deep.equal(['alt', 'demo']);
      expect(projects.at('links').value).to.deep.equal({ self: `${api.root}/v3/projects`, previous: null, next: null });
      expect(names((await api.call('/v3/users', { token })).json().list('users'))).to.deep.equal([
        'admin',
        'alt',
        'demo',
        'reader',
      ]);
      expect((await api.call('/v3/users?name=demo&domain_id=default', { token })).json().list('users')).to.have.length(
        1,
      );
      expect((await api.call('/v3/users?domain_id=other', { token })).json().list('users')).to.have.length(0);
      const text = (await api.call('/v3/users', { token })).text;
      expect(text).to.not.contain('scrypt').and.not.contain('password_hash');
    });

    it('are closed to others, but for what is their own', async () => {
      const token = await api.token('demo', 'demo');
      const [demo, admin] = [await api.idOf('users', 'demo'), await api.idOf('users', 'admin')];
      const [own, alt] = [await api.idOf('projects', 'demo'), await api.idOf('projects', 'alt')];
      const status = async (path: string): Promise<number> => (await api.call(path, { token })).status;
      expect(await status('/v3/projects')).to.equal(403);
      expect(await status('/v3/users')).to.equal(403);
      expect(await status('/v3/roles')).to.equal(403);
      expect(await status(`/v3/users/${demo}`)).to.equal(200);
      expect(await status(`/v3/users/${admin}`)).to.equal(403);
      expect(await status(`/v3/users/${demo}/projects`)).to.equal(200);
      expect(await status(`/v3/projects/${own}`)).to.equal(200);
      expect(await status(`/v3/projects/${alt}`)).to.equal(403);
      expect(await status('/v3/domains/default')).to.equal(200);
      expect(await status('/v3/regions')).to.equal(200);
      const refused = await api.call('/v3/projects', { method: 'POST', token, body: { project: { name: 'mine' } } });
      expect(refused.json().text('error', 'message')).to.equal(
        'You are not authorized to perform the requested action: identity:create_project.',
      );
    });

    it('answer 404 in Keystone’s words', async () => {
      const token = await api.token('admin', 'demo');
      const answer = await api.call('/v3/users/none', { token });
      expect(answer.json().value).to.deep.equal({
        error: { code: 404, title: 'Not Found', message: 'Could not find user: none.' },
      });
      expect((await api.call('/v3/nothing', { token })).status).to.equal(404);
      expect((await api.call('/v3/users', { token, method: 'PUT', body: {} })).status).to.equal(405);
    });

    it('are made, used, changed and deleted by administrators', async () => {
      const token = await api.token('admin', 'demo');
      const write = (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer> =>
        api.call(path, { method, token, ...(body !== undefined && { body }) });
      const project = (await write('POST', '/v3/projects', { project: { name: 'p', domain_id: 'default' } })).json();
      const projectId = project.text('project', 'id');
      const made = await write('POST', '/v3/users', {
        user: { name: 'u', password: 'one', email: 'u@example.org', enabled: true, domain_id: 'default' },
      });
      expect(made.status, made.text).to.equal(201);
      expect(made.json().text('user', 'email')).to.equal('u@example.org');
      const userId = made.json().text('user', 'id');
      expect((await write('POST', '/v3/users', { user: { name: 'u' } })).status).to.equal(409);
      expect((await api.login(password('u', 'one', inProject('p')))).status).to.equal(401);

      const member = await api.idOf('roles', 'member');
      const grant = `/v3/projects/${projectId}/users/${userId}/roles/${member}`;
      expect((await api.call(grant, { token, method: 'HEAD' })).status).to.equal(404);
      expect((await write('PUT', grant)).status).to.equal(204);
      expect((await api.call(grant, { token, method: 'HEAD' })).status).to.equal(204);
      const bearer = await api.tokenOf(password('u', 'one', inProject('p')));
      expect((await api.identity.authenticate(bearer)).roles).to.deep.equal(['member', 'reader']);
      const query = `/v3/role_assignments?user.id=${userId}&include_names`;
      const assigned = (await api.call(query, { token })).json().at('role_assignments', 0);
      expect(assigned.text('role', 'name')).to.equal('member');
      expect(assigned.text('scope', 'project', 'name')).to.equal('p');

      expect((await write('DELETE', grant)).status).to.equal(204);
      expect((await failure(api.identity.authenticate(bearer))).name).to.equal('Unauthorized');
      await write('PUT', grant);
      expect((await api.identity.authenticate(bearer)).userName).to.equal('u');
      await write('PATCH', `/v3/users/${userId}`, { user: { enabled: false } });
      expect((await failure(api.identity.authenticate(bearer))).name).to.equal('Unauthorized');
      await write('PATCH', `/v3/users/${userId}`, { user: { enabled: true } });
      await write('PATCH', `/v3/projects/${projectId}`, { project: { enabled: false } });
      expect((await failure(api.identity.authenticate(bearer))).name).to.equal('Unauthorized');
      await write('PATCH', `/v3/projects/${projectId}`, { project: { enabled: true } });
      expect((await api.identity.authenticate(bearer)).userName).to.equal('u');

      const change = { user: { original_password: 'one', password: 'two' } };
      const asUser = (body: unknown): Promise<Answer> =>
        api.call(`/v3/users/${userId}/password`, { method: 'POST', token: bearer, body });
      expect((await asUser({ user: { original_password: 'no', password: 'two' } })).status).to.equal(401);
      expect((await asUser(change)).status).to.equal(204);
      expect((await failure(api.identity.authenticate(bearer))).name).to.equal('Unauthorized');
      expect((await api.login(password('u', 'one', inProject('p')))).status).to.equal(401);
      await api.tokenOf(password('u', 'two', inProject('p')));

      expect((await write('DELETE', `/v3/users/${userId}`)).status).to.equal(204);
      expect((await write('DELETE', `/v3/projects/${projectId}`)).status).to.equal(204);
      expect((await write('DELETE', `/v3/users/${userId}`)).status).to.equal(404);
      expect(await api.identity.projectExists(projectId)).to.equal(false);
    });

    it('are refused when they make no sense', async () => {
      const token = await api.token('admin', 'demo');
      const post = async (path: string, body: unknown): Promise<number> =>
        (await api.call(path, { method: 'POST', token, body })).status;
      expect(await post('/v3/users', { user: {} })).to.equal(400);
      expect(await post('/v3/users', { user: { name: 7 } })).to.equal(400);
      expect(await post('/v3/users', { user: { name: 'x', default_project_id: 'none' } })).to.equal(400);
      expect(await post('/v3/projects', { project: { name: 'x', is_domain: true } })).to.equal(400);
    });
  });

  it('lists domains, roles, services, endpoints and regions', async () => {
    const token = await api.token('admin', 'demo');
    const get = async (path: string, key: string): Promise<Json[]> =>
      (await api.call(path, { token })).json().list(key);
    expect(names(await get('/v3/domains', 'domains'))).to.deep.equal(['Default']);
    expect(await get('/v3/domains?name=Other', 'domains')).to.have.length(0);
    expect(names(await get('/v3/roles', 'roles'))).to.include.members(['admin', 'member', 'reader', 'manager']);
    expect(names(await get('/v3/services?type=compute', 'services'))).to.deep.equal(['nova']);
    expect(await get('/v3/endpoints?interface=public', 'endpoints')).to.have.length(5);
    expect((await get('/v3/regions', 'regions'))[0]?.text('id')).to.equal('RegionOne');
    expect(await get('/v3/auth/catalog', 'catalog')).to.have.length(5);
  });
});
