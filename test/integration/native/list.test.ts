import { expect } from 'chai';
import type { Answer, Json, UserName } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

describe('native API: lists and tenants', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  const uuids: string[] = [];
  let foreign = '';
  before(async () => {
    zunova = await deploy();
    for (const [name, memory] of [
      ['one', 16],
      ['two', 32],
      ['three', 32],
      ['two', 48],
    ] as const) {
      uuids.push(await create('demo', { name, memory, auto_remove: name === 'three' }));
    }
    foreign = await create('alt', { name: 'theirs', memory: 16 });
  });
  after(() => zunova.close());

  async function create(user: UserName, more: object): Promise<string> {
    const made = await zunova.client.native('POST', '/containers', {
      user,
      body: { image: 'busybox', cpu: 0.1, ...more },
    });
    const uuid = made.json.str('uuid');
    await until('Created', async () => (await get(`/${uuid}`, user)).json.str('status') === 'Created');
    return uuid;
  }

  const get = (path = '', user: UserName = 'demo'): Promise<Answer> =>
    zunova.client.native('GET', `/containers${path}`, { user });
  const names = ({ json }: Answer): string[] => json.list('containers').map((c) => c.str('name'));
  const errorOf = ({ json }: Answer): Json => json.get('errors', 0);

  it('is in order of creation, without links, and ends', async () => {
    const all = await get();
    expect(all.status).to.equal(200);
    expect(names(all)).to.deep.equal(['one', 'two', 'three', 'two']);
    expect(all.json.get('containers', 0, 'links').value).to.equal(undefined);
    expect(all.json.get('next').value).to.equal(null);
  });

  it('walks all pages, with the conditions of the first', async () => {
    const seen: string[] = [];
    let path: string | null = '/v1/containers?limit=1&name=two&all_projects=False';
    while (path !== null) {
      const page: Answer = await zunova.client.request('container', 'GET', path, { user: 'demo' });
      seen.push(...page.json.list('containers').map((c) => c.str('uuid')));
      const next: unknown = page.json.get('next').value;
      path = typeof next === 'string' ? next.replace(/^http:\/\/[^/]+/, '') : null;
      if (path !== null)
        expect(path).to.match(/^\/v1\/containers\?sort_key=id&sort_dir=asc&limit=1&marker=[0-9a-f-]+&name=two/);
    }
    expect(seen).to.deep.equal([uuids[1], uuids[3]]);
  });

  describe('sorts and filters', () => {
    const rows = [
      ['?sort_key=name&sort_dir=desc', ['two', 'two', 'three', 'one']],
      ['?sort_key=memory', ['one', 'two', 'three', 'two']],
      ['?name=two', ['two', 'two']],
      ['?name=two&memory=48', ['two']],
      ['?memory=32', ['two', 'three']],
      ['?memory=lots', []],
      ['?image=busybox', ['one', 'two', 'three', 'two']],
      ['?image=nginx', []],
      ['?status=Created', ['one', 'two', 'three', 'two']],
      ['?status=Running', []],
      ['?status=Rebuilding', []],
      ['?task_state=container_creating', []],
      ['?auto_remove=true', ['three']],
      ['?auto_remove=0', ['one', 'two', 'two']],
      ['?user_id=nobody', []],
      ['?project_id=other', []],
      ['?resource_url=x&expand=y', ['one', 'two', 'three', 'two']],
    ] as const;
    for (const [query, expected] of rows) {
      it(query, async () => expect(names(await get(query))).to.deep.equal(expected));
    }
  });

  describe('refuses', () => {
    const rows = [
      ['?foo=1&bar=2', 'invalid-value', 'Unknown parameters: foo, bar'],
      ['?limit=0', 'invalid-value', 'Limit must be positive integer'],
      ['?limit=-1', 'invalid-value', 'Limit must be positive integer'],
      ['?limit=x', 'invalid-value', 'Limit must be positive integer'],
      ['?sort_dir=up', 'invalid-value', "Invalid sort direction: up. Acceptable values are 'asc' or 'desc'"],
      ['?sort_key=foo', 'invalid-parameter-value', 'The sort_key value "foo" is an invalid field for sorting'],
      [
        '?all_projects=maybe',
        'invalid-value',
        'Valid all_projects values are: 1, t, true, on, y, yes, 0, f, false, off, n, no',
      ],
      [
        '?auto_remove=maybe',
        'invalid-value',
        'Valid auto_remove values are: 1, t, true, on, y, yes, 0, f, false, off, n, no',
      ],
    ] as const;
    for (const [query, code, title] of rows) {
      it(query, async () => {
        const refused = await get(query);
        expect(refused.status).to.equal(400);
        expect(errorOf(refused).str('code')).to.equal(`container.${code}`);
        expect(errorOf(refused).str('title')).to.equal(title);
      });
    }

    it('keys that are repeated', async () => {
      const refused = await get('?name=a&name=b');
      expect(refused.status).to.equal(400);
      expect(errorOf(refused).str('title')).to.match(/^Invalid input for query parameters 'name'/);
    });

    it('unknown markers, and those of others', async () => {
      for (const marker of ['nope', 'ab640e60-8dfb-4d0a-b815-9496dd8b1870', foreign]) {
        const refused = await get(`?marker=${marker}`);
        expect(refused.status).to.equal(404);
        expect(errorOf(refused).str('title')).to.equal(`Container ${marker} could not be found.`);
      }
    });

    it('members the whole cloud, and hosts', async () => {
      for (const [query, rule] of [
        ['?all_projects=1', 'container:get_all_all_projects'],
        ['?host=testhost', 'container:get_one:host'],
        [`/${uuids[0]}?all_projects=True`, 'container:get_one_all_projects'],
      ] as const) {
        const refused = await get(query);
        expect(refused.status).to.equal(403);
        expect(errorOf(refused).str('title')).to.equal(`Policy doesn't allow ${rule} to be performed.`);
      }
    });
  });

  it('shows administrators all projects when they ask, and theirs when not', async () => {
    expect(names(await get('', 'admin'))).to.have.length(4);
    expect(names(await get('?all_projects=1', 'admin')))
      .to.include('theirs')
      .and.to.have.length(5);
    expect(names(await get('?all_projects=1&host=testhost', 'admin'))).to.have.length(5);
    expect(names(await get('?all_projects=1&host=elsewhere', 'admin'))).to.have.length(0);
    const project = (await get(`/${foreign}`, 'alt')).json.str('project_id');
    expect(names(await get(`?all_projects=1&project_id=${project}`, 'admin'))).to.deep.equal(['theirs']);
    expect((await get(`/${foreign}`, 'admin')).status).to.equal(200);
  });

  it('finds by name, and says when there are several', async () => {
    expect((await get('/one')).json.str('uuid')).to.equal(uuids[0]);
    expect((await get(`/${uuids[0]}?all_projects=False`)).status).to.equal(200);
    expect((await get(`/${uuids[0]?.toUpperCase()}`)).json.str('name')).to.equal('one');
    const several = await get('/two');
    expect(several.status).to.equal(409);
    expect(errorOf(several).str('title')).to.equal(
      'Multiple containers exist with same name. Please use the container uuid instead.',
    );
    const none = await get('/zzz');
    expect(none.status).to.equal(404);
    expect(errorOf(none).value).to.deep.equal({
      request_id: none.headers.get('x-openstack-request-id'),
      code: 'container.container-not-found',
      status: 404,
      title: 'Container zzz could not be found.',
      detail: 'Container zzz could not be found.',
      links: [],
    });
  });

  it("lets no project see or touch what is another one's", async () => {
    const { client } = zunova;
    expect(names(await get('', 'alt'))).to.deep.equal(['theirs']);
    const paths = [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['DELETE', '?stop=True'],
      ['POST', '/start'],
      ['POST', '/stop'],
      ['POST', '/reboot'],
      ['POST', '/pause'],
      ['POST', '/unpause'],
      ['POST', '/kill'],
      ['POST', '/execute?command=ls'],
      ['POST', '/put_archive?path=/'],
      ['POST', '/resize_container'],
      ['GET', '/logs'],
      ['GET', '/top'],
      ['GET', '/stats'],
      ['GET', '/get_archive?path=/'],
      ['GET', '/network_list'],
      ['GET', '/container_actions'],
      ['GET', '/container_actions/req-x'],
    ] as const;
    for (const container of [uuids[0], 'one']) {
      for (const [method, path] of paths) {
        const body = path.startsWith('/put') ? { data: '' } : { name: 'taken' };
        const hasBody = method === 'PATCH' || path === '/resize_container' || path.startsWith('/put');
        const refused = await client.native(method, `/containers/${container}${path}`, {
          user: 'alt',
          ...(hasBody && { body }),
        });
        expect(refused.status, `${method} ${path}`).to.equal(404);
        expect(errorOf(refused).str('code')).to.equal('container.container-not-found');
      }
    }
    expect((await get(`/${uuids[0]}`)).json.value).to.deep.include({ name: 'one', status: 'Created' });
  });

  it('lets readers look and not touch', async () => {
    const { client } = zunova;
    expect(names(await get('', 'reader'))).to.have.length(4);
    expect((await get('/one', 'reader')).status).to.equal(200);
    for (const [method, path] of [
      ['DELETE', '/containers/one'],
      ['PATCH', '/containers/one'],
      ['POST', '/containers/one/start'],
      ['POST', '/containers/one/execute?command=ls'],
    ] as const) {
      expect((await client.native(method, path, { user: 'reader' })).status, path).to.equal(403);
    }
  });
});
