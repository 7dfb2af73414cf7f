import { expect } from 'chai';
import { createEmbeddedIdentity } from '#core/identity/embedded/embedded-identity.js';
import { PASSWORDS, SECRET } from '#test/lib/identity.js';
import { type IdentityApi, identityApi, inProject, password } from '#test/lib/identity-api.js';
import type { Answer, Json } from '#test/lib/request.js';
import { failure, until } from '#test/lib/until.js';

const DOMAIN = { id: 'default', name: 'Default' };
const names = (items: Json[]): string[] => items.map((item) => item.text('name'));

describe('identity API: tokens', () => {
  let api: IdentityApi;
  before(async () => {
    api = await identityApi();
  });
  after(() => api.close());

  describe('discovery', () => {
    it('shows the version, without a token', async () => {
      const list = await api.call('/');
      expect(list.status).to.equal(300);
      expect(list.json().text('versions', 'values', 0, 'links', 0, 'href')).to.equal(`${api.root}/v3/`);
      for (const path of ['/v3', '/v3/']) {
        const one = await api.call(path);
        expect(one.status).to.equal(200);
        expect(one.json().at('version').value).to.deep.equal({
          id: 'v3.14',
          status: 'stable',
          updated: '2020-04-07T00:00:00Z',
          links: [{ rel: 'self', href: `${api.root}/v3/` }],
          'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
        });
      }
    });
  });

  describe('POST /v3/auth/tokens', () => {
    it('issues a token of a project with roles and catalog', async () => {
      const answer = await api.login(password('admin', PASSWORDS.adminPassword, inProject('demo')));
      expect(answer.status).to.equal(201);
      expect(answer.headers['x-subject-token']).to.be.a('string').and.not.equal('');
      const token = answer.json().at('token');
      expect(token.at('methods').value).to.deep.equal(['password']);
      expect(token.at('user', 'domain').value).to.deep.equal(DOMAIN);
      expect(token.text('user', 'name')).to.equal('admin');
      expect(token.text('project', 'name')).to.equal('demo');
      expect(token.text('project', 'id')).to.match(/^[0-9a-f]{32}$/);
      expect(names(token.list('roles'))).to.deep.equal(['admin', 'member', 'reader']);
      expect(token.at('is_domain').value).to.equal(false);
      const life = Date.parse(token.text('expires_at')) - Date.parse(token.text('issued_at'));
      expect(life).to.equal(8 * 3_600_000);
      expect(token.text('expires_at')).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      const urls = token.list('catalog').map((s) => [s.text('type'), s.text('name'), s.text('endpoints', 0, 'url')]);
      expect(urls).to.deep.equal([
        ['compute', 'nova', 'http://controller:8774/v2.1'],
        ['image', 'glance', 'http://controller:9292'],
        ['network', 'neutron', 'http://controller:9696'],
        ['container', 'zun', 'http://controller:9517/v1'],
        ['identity', 'keystone', 'http://controller:5000/v3'],
      ]);
      const faces = token.list('catalog', 0, 'endpoints').map((e) => [e.text('interface'), e.text('region_id')]);
      expect(faces).to.deep.equal(['public', 'internal', 'admin'].map((face) => [face, 'RegionOne']));
    });

    it('takes users, domains and projects by id', async () => {
      const user = { id: await api.idOf('users', 'demo'), password: PASSWORDS.demoPassword };
      const project = { id: await api.idOf('projects', 'demo') };
      const identity = { methods: ['password'], password: { user } };
      const answer = await api.login({ auth: { identity, scope: { project } } });
      expect(answer.status, answer.text).to.equal(201);
      const byDomainId = { name: 'demo', password: PASSWORDS.demoPassword, domain: { id: 'default' } };
      const auth = { identity: { methods: ['password'], password: { user: byDomainId } } };
      expect((await api.login({ auth })).status).to.equal(201);
    });

    it('leaves the catalog out on ?nocatalog', async () => {
      const answer = await api.login(password('demo', PASSWORDS.demoPassword, inProject('demo')), '?nocatalog');
      expect(answer.json().at('token').has('catalog')).to.equal(false);
    });

    it('without a scope issues one that is good for finding projects, and scopes it again', async () => {
      const unscoped = await api.login(password('admin', PASSWORDS.adminPassword));
      const shown = unscoped.json().at('token');
      for (const key of ['project', 'roles', 'catalog']) expect(shown.has(key), key).to.equal(false);
      const token = unscoped.headers['x-subject-token'] ?? '';
      const projects = (await api.call('/v3/auth/projects', { token })).json().list('projects');
      expect(names(projects)).to.deep.equal(['alt', 'demo']);
      const identity = { methods: ['token'], token: { id: token } };
      const scoped = await api.login({ auth: { identity, scope: { project: { id: projects[0]?.text('id') } } } });
      expect(scoped.status, scoped.text).to.equal(201);
      const again = scoped.json().at('token');
      expect(again.text('project', 'name')).to.equal('alt');
      expect(again.at('methods').value).to.deep.equal(['password', 'token']);
      expect(again.text('expires_at')).to.equal(shown.text('expires_at'));
      expect(again.text('audit_ids', 1)).to.equal(shown.text('audit_ids', 0));
    });

    it('issues one of the whole system to administrators only', async () => {
      const scope = { system: { all: true } };
      const answer = await api.login(password('admin', PASSWORDS.adminPassword, scope));
      expect(answer.json().at('token', 'system').value).to.deep.equal({ all: true });
      expect((await api.login(password('demo', PASSWORDS.demoPassword, scope))).status).to.equal(401);
    });

    it('refuses all that is wrong with the same words', async () => {
      const otherDomain = { name: 'demo', password: PASSWORDS.demoPassword, domain: { name: 'Other' } };
      const refused = [
        password('demo', 'wrong', inProject('demo')),
        password('nobody', 'wrong', inProject('demo')),
        password('demo', PASSWORDS.demoPassword, inProject('alt')),
        password('demo', PASSWORDS.demoPassword, inProject('none')),
        password('demo', PASSWORDS.demoPassword, { domain: { id: 'default' } }),
        { auth: { identity: { methods: ['password'], password: { user: otherDomain } } } },
        { auth: { identity: { methods: ['token'], token: { id: 'none' } } } },
      ];
      for (const body of refused) {
        const answer = await api.login(body);
        expect(answer.status, JSON.stringify(body)).to.equal(401);
        expect(answer.json().value).to.deep.equal({
          error: {
            code: 401,
            title: 'Unauthorized',
            message: 'The request you have made requires authentication.',
          },
        });
        expect(answer.headers['www-authenticate']).to.equal('Keystone uri="http://127.0.0.1:5000/v3"');
      }
    });

    it('refuses methods that it does not have', async () => {
      const credential = { methods: ['application_credential'], application_credential: { id: 'x', secret: 'y' } };
      const answer = await api.login({ auth: { identity: credential } });
      expect(answer.status).to.equal(401);
      expect(answer.json().text('error', 'message')).to.equal('Attempted to authenticate with an unsupported method.');
    });

    it('answers 400 to what is no request for a token', async () => {
      for (const body of [
        {},
        { auth: {} },
        { auth: { identity: { methods: [] } } },
        [],
        { auth: { identity: { methods: ['password'] } } },
      ]) {
        const answer = await api.login(body);
        expect(answer.status, JSON.stringify(body)).to.equal(400);
        expect(answer.json().at('error', 'code').value).to.equal(400);
      }
      const noJson = await api.call('/v3/auth/tokens', {
        method: 'POST',
        body: Buffer.from('{'),
        headers: { 'content-type': 'application/json' },
      });
      expect(noJson.status).to.equal(400);
    });
  });

  describe('tokens', () => {
    it('are shown to their bearer and to administrators, and to nobody else', async () => {
      const demo = await api.token('demo', 'demo');
      const admin = await api.token('admin', 'alt');
      const show = (token: string, subject: string, method: 'GET' | 'HEAD' = 'GET'): Promise<Answer> =>
        api.call('/v3/auth/tokens', { method, token, headers: { 'x-subject-token': subject } });
      const own = await show(demo, demo);
      expect(own.status).to.equal(200);
      expect(own.headers['x-subject-token']).to.equal(demo);
      expect(own.json().text('token', 'user', 'name')).to.equal('demo');
      const head = await show(admin, demo, 'HEAD');
      expect([head.status, head.text]).to.deep.equal([200, '']);
      expect((await show(demo, admin)).status).to.equal(403);
      expect((await show(demo, 'none')).status).to.equal(404);
      expect((await show('none', demo)).status).to.equal(401);
      expect((await api.call('/v3/auth/tokens')).status).to.equal(401);
    });

    it('end when they are revoked, here at once and elsewhere soon', async () => {
      const token = await api.token('demo', 'demo');
      const elsewhere = createEmbeddedIdentity({
        store: api.store,
        secret: SECRET,
        tokenHours: 8,
        publicUrl: 'http://x',
      });
      expect((await elsewhere.authenticate(token)).userName).to.equal('demo');
      const revoked = await api.call('/v3/auth/tokens', {
        method: 'DELETE',
        token,
        headers: { 'x-subject-token': token },
      });
      expect(revoked.status).to.equal(204);
      expect((await api.call('/v3/auth/projects', { token })).status).to.equal(401);
      await until('the other process notices', async () => (await elsewhere.validate(token)) === null, 6_000);
    });

    it('without a project are not good for other services', async () => {
      const token = await api.tokenOf(password('admin', PASSWORDS.adminPassword));
      expect((await failure(api.identity.authenticate(token))).name).to.equal('Unauthorized');
      expect((await api.identity.validate(token))?.user.name).to.equal('admin');
    });
  });
});
