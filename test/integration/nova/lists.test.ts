import { expect } from 'chai';
import type { Answer, RequestOptions } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { type Compute, compute, messageOf } from './fixture.js';

/** Obeys a stop, and ends badly on its own when it is asked to. */
const LOOP = 'sh -c "trap exit TERM; while :; do sleep 0.1; done"';

describe('Nova API: lists of servers', function () {
  this.timeout(90_000);
  let zunova: Deployment;
  let nova: Compute;
  const ids: Record<string, string> = {};
  before(async () => {
    zunova = await deploy();
    nova = await compute(zunova.client);
    const metadata = { 'container:command': LOOP, 'container:tty': 'no' };
    for (const name of ['web1', 'web2', 'db1']) {
      ids[name] = await nova.boot(name, { metadata, ...(name === 'db1' && { flavorRef: 'c2' }) });
      await nova.reaches(ids[name] ?? '', 'ACTIVE');
    }
    ids['crash'] = await nova.boot('crash', {
      metadata: { ...metadata, 'container:command': 'sh -c "sleep 1; exit 3"' },
    });
    await nova.act(ids['web2'] ?? '', { 'os-stop': null });
    await nova.reaches(ids['web2'] ?? '', 'SHUTOFF');
    await nova.act(ids['db1'] ?? '', { pause: null });
    await nova.reaches(ids['db1'] ?? '', 'PAUSED');
    await nova.reaches(ids['crash'] ?? '', 'SHUTOFF');
    await nova.call('PUT', `/servers/${ids['web1']}/tags`, { version: '2.26', body: { tags: ['red', 'blue'] } });
    await nova.call('PUT', `/servers/${ids['web2']}/tags`, { version: '2.26', body: { tags: ['red'] } });
    await nova.boot('foreign', {}, { user: 'alt' });
  });
  after(() => zunova.close());

  type Options = RequestOptions & { version?: string };
  const list = (query: string, options: Options = {}): Promise<Answer> =>
    nova.call('GET', `/servers/detail?${query}`, { version: '2.96', ...options });
  const names = async (query: string, options: Options = {}): Promise<string[]> => {
    const answer = await list(query, options);
    expect(answer.status, answer.text).to.equal(200);
    return answer.json.list('servers').map((s) => s.str('name'));
  };
  const ALL = ['crash', 'db1', 'web2', 'web1'];

  it('have the newest first, of the project alone', async () => {
    expect(await names('')).to.deep.equal(ALL);
    expect(await names('', { user: 'demo' })).to.deep.equal(ALL);
    expect(await names('', { user: 'reader' })).to.deep.equal(ALL);
    expect(await names('', { user: 'alt' })).to.deep.equal(['foreign']);
    expect(await names('all_tenants=1')).to.have.members([...ALL, 'foreign']);
    expect((await list('all_tenants=1', { user: 'demo' })).status).to.equal(403);
  });

  const filters: readonly (readonly [string, readonly string[]])[] = [
    ['name=web', ['web2', 'web1']],
    ['name=^web1$', ['web1']],
    ['name=WEB', []],
    ['status=active', ['web1']],
    ['status=ACTIVE&status=paused', ['db1', 'web1']],
    ['status=SHUTOFF', ['crash', 'web2']],
    ['status=BUILD', []],
    ['status=RESIZE', []],
    ['vm_state=stopped', ['crash', 'web2']],
    ['vm_state=stopped&power_state=6', ['crash']],
    ['power_state=4', ['web2']],
    ['task_state=deleting', []],
    ['flavor=c2', ['db1']],
    ['flavor=nope', []],
    ['tags=red', ['web2', 'web1']],
    ['tags=red,blue', ['web1']],
    ['tags-any=blue,green', ['web1']],
    ['not-tags=red,blue', ['crash', 'db1', 'web2']],
    ['not-tags-any=red', ['crash', 'db1']],
    ['tags=red&not-tags-any=blue', ['web2']],
    ['locked=false', ALL],
    ['host=testhost&hostname=^db', ['db1']],
    ['host=elsewhere', []],
    ['availability_zone=nov', ALL],
    ['config_drive=true', []],
    ['key_name=k1', []],
    ['ip=^10\\.', ALL],
    ['ip6=fd', []],
    ['launched_at=^20', ALL],
    ['created_at=^19', []],
    ['progress=^0$', ALL],
    ['description=x', []],
    ['changes-since=2999-01-01T00:00:00Z', []],
    ['changes-since=2020-01-01T00:00:00Z&changes-before=2999-01-01', ALL],
    ['launch_index=0', ALL],
  ];
  for (const [query, expected] of filters) {
    it(`with ${query}`, async () => {
      expect(await names(query.replaceAll('\\', '%5C').replaceAll('^', '%5E'))).to.deep.equal(expected);
    });
  }

  it('drop the filters that are not the caller’s', async () => {
    const demo = { user: 'demo', version: '2.1' } as const;
    expect(await names('host=elsewhere&vm_state=paused', demo)).to.deep.equal(ALL);
    expect(await names('vm_state=paused', { user: 'demo', version: '2.83' })).to.deep.equal(['db1']);
  });

  const refusals: readonly (readonly [string, number, RegExp])[] = [
    ['limit=-1', 400, /'-1' does not match/],
    ['limit=x', 400, /'x' does not match/],
    ['name=%5B', 400, /Invalid regular expression/],
    ['name=', 400, /name/],
    ['status=bogus', 400, /^Invalid status value$/],
    ['marker=zz', 400, /^marker \[zz\] not found$/],
    ['marker=5e1c7c0d-3f0a-5a55-9d0e-8b8d3f0a1c2b', 400, /^marker \[5e1c7c0d/],
    ['sort_key=bogus', 400, /'bogus' is not one of/],
    ['foo=1', 400, /'foo' was unexpected/],
    ['locked=maybe', 400, /Unrecognized value 'maybe'/],
    ['changes-since=soon', 400, /^Invalid changes-since value/],
    ['changes-since=2030-01-01&changes-before=2020-01-01', 400, /must be less than or equal/],
  ];
  for (const [query, status, message] of refusals) {
    it(`refuse ${query}`, async () => {
      const answer = await list(query);
      expect(answer.status).to.equal(status);
      expect(messageOf(answer)).to.match(message);
    });
  }

  it('ignore unknown parameters below 2.75, and find nothing for an unknown status below 2.38', async () => {
    expect(await names('foo=1', { version: '2.74' })).to.deep.equal(ALL);
    expect(await names('status=bogus', { version: '2.37' })).to.deep.equal([]);
    const metadata = await list('metadata=x', { version: '2.1' });
    expect([metadata.status, messageOf(metadata)]).to.deep.equal([400, 'Invalid filter field: metadata.']);
  });

  it('are sorted by any key, both ways', async () => {
    const up = [...ALL].sort();
    expect(await names('sort_key=display_name&sort_dir=asc')).to.deep.equal(up);
    expect(await names('sort_key=display_name&sort_dir=desc')).to.deep.equal([...up].reverse());
    expect(await names('sort_key=vm_state&sort_key=display_name&sort_dir=asc&sort_dir=desc')).to.have.members(ALL);
    expect((await list('sort_key=host', { user: 'demo' })).status).to.equal(403);
  });

  it('come in pages that end with an empty one', async () => {
    const seen: string[] = [];
    let path = '/servers?limit=1&sort_key=display_name&sort_dir=asc';
    for (let page = 0; page < 10; page++) {
      const answer = await nova.call('GET', path);
      const servers = answer.json.list('servers');
      seen.push(...servers.map((s) => s.str('name')));
      const next = answer.json.get('servers_links', 0, 'href').value;
      if (typeof next !== 'string') {
        expect(servers).to.deep.equal([]);
        break;
      }
      path = next.slice(next.indexOf('/v2.1') + '/v2.1'.length);
    }
    expect(seen).to.deep.equal([...ALL].sort());
    expect((await nova.call('GET', '/servers?limit=0')).json.value).to.deep.equal({ servers: [] });
    expect((await nova.call('GET', '/servers?limit=5')).json.value).to.not.have.property('servers_links');
  });

  it('show the native API’s containers too, under a flavor of their sizes', async () => {
    const made = await zunova.client.native('POST', '/containers', {
      body: { image: 'busybox', name: 'native1', cpu: 0.5, memory: '100' },
    });
    const uuid = made.json.str('uuid');
    const shown = await nova.reaches(uuid, 'SHUTOFF');
    const flavor = shown.str('flavor', 'id');
    expect(flavor).to.match(/^c-500-100-\d+$/);
    expect((await nova.call('GET', `/flavors/${flavor}`)).json.get('flavor').value).to.deep.include({
      ram: 100,
      vcpus: 1,
    });
    expect(await names('name=native1')).to.deep.equal(['native1']);
    expect((await nova.act(uuid, { 'os-start': null })).status).to.equal(202);
    await nova.reaches(uuid, 'ACTIVE');
    expect((await zunova.client.native('GET', `/containers/${uuid}`)).json.str('status')).to.equal('Running');
  });
});
