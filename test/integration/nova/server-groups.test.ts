import { expect } from 'chai';
import type { Answer, UserName } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { type Compute, compute, messageOf } from './fixture.js';

describe('Nova API: server groups', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  let nova: Compute;
  before(async () => {
    zunova = await deploy();
    nova = await compute(zunova.client);
  });
  after(() => zunova.close());

  const call = (method: string, path: string, user: UserName = 'demo', body?: unknown): Promise<Answer> =>
    nova.call(method, path, { version: '2.96', user, ...(body !== undefined && { body }) });
  const make = async (policy: string, rules = {}): Promise<string> => {
    const made = await call('POST', '/os-server-groups', 'demo', { server_group: { name: 'g', policy, rules } });
    expect(made.status, made.text).to.equal(200);
    return made.json.str('server_group', 'id');
  };
  const members = async (id: string): Promise<unknown> =>
    (await call('GET', `/os-server-groups/${id}`)).json.get('server_group', 'members').value;
  const hinted = (group: string): Promise<Answer> =>
    nova.call('POST', '/servers', {
      user: 'demo',
      body: {
        server: { name: 'in-group', imageRef: nova.image, flavorRef: 'c1' },
        'os:scheduler_hints': { group },
      },
    });
  const remove = async (...ids: string[]): Promise<void> => {
    for (const id of ids) await nova.call('DELETE', `/servers/${id}`);
    for (const id of ids) await nova.gone(id);
  };
  const refusal = (a: Answer): [number, string] => [a.status, messageOf(a)];

  it('are made, shown, listed and deleted by their project; administrators see all', async () => {
    const id = await make('affinity');
    const list = async (user: UserName, query = ''): Promise<string[]> =>
      (await call('GET', `/os-server-groups${query}`, user)).json.list('server_groups').map((g) => g.str('id'));
    expect(await list('demo')).to.deep.equal([id]);
    expect(await list('alt')).to.deep.equal([]);
    expect(await list('alt', '?all_projects=1')).to.deep.equal([]);
    expect(await list('admin', '?all_projects=1')).to.deep.equal([id]);
    const second = await make('soft-affinity');
    expect(await list('demo', '?limit=1')).to.deep.equal([id]);
    expect(await list('demo', '?limit=1&offset=1')).to.deep.equal([second]);
    const unknown = [404, `Instance group ${id} could not be found.`];
    expect(refusal(await call('GET', `/os-server-groups/${id}`, 'alt'))).to.deep.equal(unknown);
    expect(refusal(await call('DELETE', `/os-server-groups/${id}`, 'alt'))).to.deep.equal(unknown);
    expect((await call('DELETE', `/os-server-groups/${id}`, 'reader')).status).to.equal(403);
    for (const one of [id, second]) expect((await call('DELETE', `/os-server-groups/${one}`)).status).to.equal(204);
    expect(refusal(await call('DELETE', `/os-server-groups/${id}`))).to.deep.equal(unknown);
    expect((await call('GET', '/os-server-groups/no-uuid')).status).to.equal(404);
  });

  it('refuse rules of another policy', async () => {
    const server_group = { name: 'g', policy: 'affinity', rules: { max_server_per_host: 2 } };
    expect(refusal(await call('POST', '/os-server-groups', 'demo', { server_group }))).to.deep.equal([
      400,
      'Only anti-affinity policy supports rules.',
    ]);
  });

  it('keep servers apart: on one host anti-affinity has room for as many as its rule says', async () => {
    const id = await make('anti-affinity', { max_server_per_host: 2 });
    const [a, b, c] = [await hinted(id), await hinted(id), await hinted(id)].map((x) => x.json.str('server', 'id'));
    if (a === undefined || b === undefined || c === undefined) throw new Error('no server');
    const shown = await nova.reaches(a, 'ACTIVE');
    expect(shown.get('server_groups').value).to.equal(undefined);
    expect((await nova.show(a, { version: '2.71' })).get('server_groups').value).to.deep.equal([id]);
    await nova.reaches(b, 'ACTIVE');
    const failed = await nova.reaches(c, 'ERROR');
    expect(failed.str('fault', 'message')).to.include('There are not enough hosts available.');
    expect(await members(id)).to.deep.equal([a, b, c]);
    await remove(c);
    expect(await members(id)).to.deep.equal([a, b]);
    expect((await call('DELETE', `/os-server-groups/${id}`)).status).to.equal(204);
    expect((await nova.show(a, { version: '2.71' })).get('server_groups').value).to.deep.equal([]);
    await remove(a, b);
  });

  it('hold several servers of one request together, or apart', async () => {
    const id = await make('anti-affinity');
    const body = {
      server: { name: 'pair', imageRef: nova.image, flavorRef: 'c1', min_count: 2, max_count: 2 },
      'os:scheduler_hints': { group: id },
    };
    expect((await nova.call('POST', '/servers', { user: 'demo', body })).status).to.equal(202);
    const servers = (await nova.call('GET', '/servers/detail?name=pair', { user: 'demo' })).json.list('servers');
    expect(servers.map((s) => s.str('status')).sort()).to.include('ERROR');
    await remove(...servers.map((s) => s.str('id')));
  });

  it('that are not there, or of others, are the fault of the request', async () => {
    const none = '3cb9bc59-5699-4588-a4b1-b87f96708bc6';
    expect(refusal(await hinted(none))).to.deep.equal([400, `Instance group ${none} could not be found.`]);
    const made = await call('POST', '/os-server-groups', 'alt', { server_group: { name: 'g', policy: 'affinity' } });
    expect((await hinted(made.json.str('server_group', 'id'))).status).to.equal(400);
  });

  it('are limited in number and members', async () => {
    const limit = async (resource: string, value: number): Promise<void> => {
      await zunova.db.database.query(
        `insert into quotas (scope, scope_id, resource, hard_limit) values ('class', 'default', $1, $2)`,
        [resource, value],
      );
    };
    const id = await make('soft-anti-affinity');
    await limit('server_group_members', 0);
    expect(refusal(await hinted(id))).to.deep.equal([403, 'Quota exceeded, too many servers in group']);
    await limit('server_groups', 1);
    const more = await call('POST', '/os-server-groups', 'demo', { server_group: { name: 'g', policy: 'affinity' } });
    expect(refusal(more)).to.deep.equal([403, 'Quota exceeded, too many server groups.']);
  });
});
