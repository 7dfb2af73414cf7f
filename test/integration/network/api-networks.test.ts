import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { type NetworkService, networkService } from '#test/lib/network-service.js';
import type { Answer, Json } from '#test/lib/request.js';

describe('network API: networks and subnets', () => {
  let api: NetworkService;
  beforeEach(async () => {
    api = await networkService();
  });
  afterEach(() => api.close());

  const create = async (bearer: 'demo' | 'other' | 'admin', attributes: object): Promise<string> => {
    const answer = await api.call(bearer, 'POST', '/v2.0/networks', { network: attributes });
    expect(answer.status, answer.text).to.equal(201);
    return answer.json().text('network', 'id');
  };
  const addSubnet = (bearer: 'demo' | 'other' | 'admin' | 'reader', attributes: object) =>
    api.call(bearer, 'POST', '/v2.0/subnets', { subnet: { ip_version: 4, ...attributes } });
  const error = (answer: Answer): unknown[] => [
    answer.status,
    answer.json().text('NeutronError', 'type'),
    answer.json().text('NeutronError', 'message'),
  ];
  const names = async (bearer: 'demo' | 'other' | 'admin' | 'reader', query = '') => {
    const answer = await api.call(bearer, 'GET', `/v2.0/networks${query}`);
    expect(answer.status, answer.text).to.equal(200);
    return answer
      .json()
      .list('networks')
      .map((n) => n.text('name'));
  };

  it('shows what it is without a token', async () => {
    const root = await api.call(null, 'GET', '/');
    expect(root.json().value).to.deep.equal({
      versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${api.url}/v2.0/` }] }],
    });
    for (const path of ['/v2.0', '/v2.0/']) {
      const layout = await api.call(null, 'GET', path);
      expect(layout.status).to.equal(200);
      expect(
        layout
          .json()
          .list('resources')
          .map((r) => r.text('collection')),
      ).to.deep.equal(['networks', 'subnets', 'ports']);
    }
    expect((await api.call(null, 'GET', '/healthcheck')).status).to.equal(200);
  });

  it('asks for a token everywhere else', async () => {
    const answer = await api.call(null, 'GET', '/v2.0/networks');
    expect(answer.status).to.equal(401);
    expect(answer.json().at('error', 'code').value).to.equal(401);
    expect(answer.headers['www-authenticate']).to.contain('Keystone uri=');
    expect(answer.headers['x-openstack-request-id']).to.match(/^req-/);
  });

  it('creates, shows, changes and deletes a network', async () => {
    const id = await create('demo', { name: 'n1', admin_state_up: true });
    const shown = (await api.call('demo', 'GET', `/v2.0/networks/${id}`)).json().at('network');
    expect(shown.value).to.include({
      id,
      name: 'n1',
      tenant_id: 'demo-id',
      project_id: 'demo-id',
      status: 'ACTIVE',
      admin_state_up: true,
      shared: false,
      'router:external': false,
      mtu: 1500,
      port_security_enabled: true,
      description: '',
      revision_number: 0,
    });
    for (const key of ['subnets', 'availability_zones', 'availability_zone_hints', 'tags']) {
      expect(shown.at(key).value, key).to.deep.equal([]);
    }
    expect(shown.text('created_at')).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const changed = await api.call('demo', 'PUT', `/v2.0/networks/${id}`, {
      network: { name: 'n2', description: 'd' },
    });
    expect(changed.status).to.equal(200);
    expect(changed.json().at('network').value).to.include({ name: 'n2', description: 'd', revision_number: 1 });
    expect((await api.call('demo', 'DELETE', `/v2.0/networks/${id}`)).status).to.equal(204);
    const gone = await api.call('demo', 'GET', `/v2.0/networks/${id}`);
    expect(error(gone)).to.deep.equal([404, 'NetworkNotFound', `Network ${id} could not be found.`]);
  });

  it('answers 404 for a name, whatever is in it', async () => {
    for (const name of ['private', 'a%20b', 'n%C3%A4me', "x'y", randomUUID()]) {
      const answer = await api.call('demo', 'GET', `/v2.0/networks/${name}`);
      expect(answer.status, name).to.equal(404);
      expect(answer.json().text('NeutronError', 'type')).to.equal('NetworkNotFound');
    }
  });

  it('keeps projects apart: own and shared ones are seen, an administrator sees all', async () => {
    const own = await create('demo', { name: 'own' });
    const foreign = await create('other', { name: 'foreign' });
    const shared = await create('admin', { name: 'shared', shared: true });
    expect(await names('demo')).to.deep.equal(['own', 'shared']);
    expect(await names('reader')).to.deep.equal(['own', 'shared']);
    expect(await names('other')).to.deep.equal(['foreign', 'shared']);
    expect(await names('admin')).to.deep.equal(['own', 'foreign', 'shared']);
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { network: { name: 'x' } }],
      ['DELETE', undefined],
    ] as const) {
      expect((await api.call('demo', method, `/v2.0/networks/${foreign}`, body)).status, method).to.equal(404);
    }
    const denied = await api.call('demo', 'DELETE', `/v2.0/networks/${shared}`);
    expect(error(denied)).to.deep.equal([403, 'PolicyNotAuthorized', 'rule:delete_network is disallowed by policy']);
    expect((await addSubnet('demo', { network_id: foreign, cidr: '10.91.0.0/24' })).status).to.equal(404);
    expect((await addSubnet('demo', { network_id: shared, cidr: '10.91.0.0/24' })).status).to.equal(403);
    expect((await addSubnet('demo', { network_id: own, cidr: '10.91.0.0/24' })).status).to.equal(201);
    const list = async (bearer: 'demo' | 'other') =>
      (await api.call(bearer, 'GET', '/v2.0/subnets')).json().list('subnets').length;
    expect([await list('demo'), await list('other')]).to.deep.equal([1, 0]);
    expect(await names('admin', `?tenant_id=other-id`)).to.deep.equal(['foreign']);
  });

  it('lets only administrators share, and nobody but them act for others', async () => {
    const answer = await api.call('demo', 'POST', '/v2.0/networks', { network: { name: 'x', shared: true } });
    expect(error(answer)).to.deep.equal([
      403,
      'PolicyNotAuthorized',
      '(rule:create_network and rule:create_network:shared) is disallowed by policy',
    ]);
    const foreign = await api.call('demo', 'POST', '/v2.0/networks', { network: { tenant_id: 'other-id' } });
    expect(foreign.status).to.equal(400);
    const mixed = { network: { tenant_id: 'a', project_id: 'b' } };
    expect((await api.call('admin', 'POST', '/v2.0/networks', mixed)).status).to.equal(400);
    await create('admin', { name: 'given', project_id: 'other-id' });
    expect(await names('other')).to.deep.equal(['given']);
    const id = await create('demo', { name: 'mine' });
    expect((await api.call('demo', 'PUT', `/v2.0/networks/${id}`, { network: { shared: true } })).status).to.equal(403);
    const read = await api.call('reader', 'POST', '/v2.0/networks', { network: { name: 'x' } });
    expect(error(read)).to.deep.equal([403, 'PolicyNotAuthorized', 'rule:create_network is disallowed by policy']);
  });

  it('filters by any attribute, repeated ones as any of, and selects fields', async () => {
    const a = await create('demo', { name: 'a', description: 'x' });
    const b = await create('demo', { name: 'b', admin_state_up: false });
    await create('demo', { name: 'c' });
    expect(await names('demo', '?name=a')).to.deep.equal(['a']);
    expect(await names('demo', `?id=${b}&id=${a}`)).to.deep.equal(['a', 'b']);
    expect(await names('demo', '?name=a&name=c&name=zz')).to.deep.equal(['a', 'c']);
    expect(await names('demo', '?name=a&description=y')).to.deep.equal([]);
    expect(await names('demo', '?admin_state_up=False')).to.deep.equal(['b']);
    expect(await names('demo', '?router:external=True')).to.deep.equal([]);
    expect(await names('demo', '?router%3Aexternal=false&shared=0')).to.deep.equal(['a', 'b', 'c']);
    const fields = await api.call('demo', 'GET', '/v2.0/networks?fields=id&fields=name&name=a');
    expect(fields.json().value).to.deep.equal({ networks: [{ id: a, name: 'a' }] });
    const one = await api.call('demo', 'GET', `/v2.0/networks/${a}?fields=name`);
    expect(one.json().value).to.deep.equal({ network: { name: 'a' } });
    const unknown = await api.call('demo', 'GET', '/v2.0/networks?colour=red');
    expect(error(unknown)).to.deep.equal([400, 'HTTPBadRequest', "['colour'] is invalid attribute for filtering"]);
  });

  it('sorts and pages', async () => {
    for (const name of ['b', 'a', 'd', 'c']) await create('demo', { name });
    expect(await names('demo', '?sort_key=name&sort_dir=asc')).to.deep.equal(['a', 'b', 'c', 'd']);
    expect(await names('demo', '?sort_key=name&sort_dir=desc')).to.deep.equal(['d', 'c', 'b', 'a']);
    const seen: string[] = [];
    let next: string | null = '/v2.0/networks?limit=3&sort_key=name&sort_dir=asc';
    for (let pages = 0; next !== null && pages < 5; pages++) {
      const page: Json = (await api.call('demo', 'GET', next)).json();
      seen.push(...page.list('networks').map((n) => n.text('name')));
      const links = page.has('networks_links') ? page.list('networks_links') : [];
      next =
        links
          .find((l) => l.text('rel') === 'next')
          ?.text('href')
          .replace(api.url, '') ?? null;
    }
    expect(seen).to.deep.equal(['a', 'b', 'c', 'd']);
    const c = (await api.call('demo', 'GET', '/v2.0/networks?name=c')).json().text('networks', 0, 'id');
    const query = `?limit=2&sort_key=name&sort_dir=asc&page_reverse=True&marker=${c}`;
    expect(await names('demo', query)).to.deep.equal(['a', 'b']);
    expect((await api.call('demo', 'GET', '/v2.0/networks?limit=-1')).status).to.equal(400);
    expect((await api.call('demo', 'GET', `/v2.0/networks?marker=${randomUUID()}`)).status).to.equal(404);
  });

  it('refuses bad bodies in the words of Neutron, and makes nothing', async () => {
    const cases: readonly [unknown, string][] = [
      [{ network: { name: 'x', colour: 'red', size: 1 } }, "Unrecognized attribute(s) 'colour, size'"],
      [
        { network: { name: 'x'.repeat(256) } },
        `Invalid input for name. Reason: '${'x'.repeat(256)}' exceeds maximum length of 255.`,
      ],
      [{ network: { name: 5 } }, "Invalid input for name. Reason: '5' is not a valid string."],
      [
        { network: { admin_state_up: 'maybe' } },
        "Invalid input for admin_state_up. Reason: 'maybe' cannot be converted to boolean.",
      ],
      [{ network: { name: 'a\0b' } }, "Invalid input for name. Reason: 'a\0b' is not a valid input."],
      [{ network: { tenant_id: '' } }, "Invalid input for tenant_id. Reason: '' is not a valid input."],
      [{}, "Unable to find 'network' in request body"],
      [{ network: [] }, "Object 'network' contains invalid data"],
      [{ networks: [{ name: 'x' }] }, 'Bulk operation not supported'],
      [[], 'Body contains invalid data'],
      [Buffer.from('{"network"'), 'Body contains invalid data'],
      [undefined, 'Resource body required'],
    ];
    for (const [body, message] of cases) {
      const answer = await api.call('demo', 'POST', '/v2.0/networks', body);
      expect(error(answer), JSON.stringify(body)).to.deep.equal([400, 'HTTPBadRequest', message]);
    }
    const huge = await api.call('demo', 'POST', '/v2.0/networks', { network: { name: 'x'.repeat(200_000) } });
    expect(huge.status).to.equal(413);
    expect(await names('demo')).to.deep.equal([]);
    const id = await create('demo', { name: 'n' });
    const fixed = await api.call('demo', 'PUT', `/v2.0/networks/${id}`, { network: { tenant_id: 'demo-id' } });
    expect(error(fixed)).to.deep.equal([400, 'HTTPBadRequest', 'Cannot update read-only attribute tenant_id']);
    const external = await api.call('admin', 'POST', '/v2.0/networks', { network: { 'router:external': true } });
    expect(external.status).to.equal(400);
  });

  it('creates a subnet as clients ask for it, and shows it with its network', async () => {
    const network_id = await create('demo', { name: 'n' });
    const answer = await addSubnet('demo', { network_id, name: 's', cidr: '10.91.0.7/24', enable_dhcp: true });
    expect(answer.status, answer.text).to.equal(201);
    const subnet = answer.json().at('subnet');
    expect(subnet.value).to.deep.include({
      name: 's',
      network_id,
      cidr: '10.91.0.0/24',
      gateway_ip: '10.91.0.1',
      ip_version: 4,
      enable_dhcp: true,
      dns_nameservers: [],
      allocation_pools: [{ start: '10.91.0.2', end: '10.91.0.254' }],
      host_routes: [],
      tenant_id: 'demo-id',
      project_id: 'demo-id',
    });
    const id = subnet.text('id');
    const network = (await api.call('demo', 'GET', `/v2.0/networks/${network_id}`)).json();
    expect(network.at('network', 'subnets').value).to.deep.equal([id]);
    const changed = await api.call('demo', 'PUT', `/v2.0/subnets/${id}`, {
      subnet: {
        name: 's2',
        dns_nameservers: ['9.9.9.9'],
        allocation_pools: [{ start: '10.91.0.10', end: '10.91.0.20' }],
      },
    });
    expect(changed.json().at('subnet').value).to.deep.include({
      name: 's2',
      dns_nameservers: ['9.9.9.9'],
      allocation_pools: [{ start: '10.91.0.10', end: '10.91.0.20' }],
    });
    expect((await api.call('demo', 'DELETE', `/v2.0/subnets/${id}`)).status).to.equal(204);
    expect((await api.call('demo', 'GET', `/v2.0/subnets/${id}`)).json().text('NeutronError', 'type')).to.equal(
      'SubnetNotFound',
    );
  });

  it('refuses subnets that cannot be', async () => {
    const network_id = await create('demo', { name: 'n' });
    const cases: readonly [object, number, string][] = [
      [{ cidr: 'banana' }, 400, 'HTTPBadRequest'],
      [{ cidr: '10.91.0.0/24', ip_version: 5 }, 400, 'HTTPBadRequest'],
      [{}, 400, 'BadRequest'],
      [{ cidr: 'fd00::/64', ip_version: 6 }, 400, 'InvalidInput'],
      [{ cidr: 'fd00::/64' }, 400, 'InvalidInput'],
      [{ cidr: '0.0.0.0/0' }, 400, 'InvalidInput'],
      [{ cidr: '127.0.0.0/24' }, 400, 'InvalidInput'],
      [{ cidr: '224.0.0.0/24' }, 400, 'InvalidInput'],
      [{ cidr: '10.91.0.0/30' }, 400, 'InvalidInput'],
      [{ cidr: '10.91.0.0/24', gateway_ip: '10.92.0.1' }, 400, 'InvalidInput'],
      [{ cidr: '10.91.0.0/24', gateway_ip: '10.91.0.255' }, 400, 'InvalidInput'],
      [
        { cidr: '10.91.0.0/24', host_routes: [{ destination: '1.0.0.0/8', nexthop: '10.91.0.2' }] },
        400,
        'InvalidInput',
      ],
      [
        { cidr: '10.91.0.0/24', allocation_pools: [{ start: '10.91.0.9', end: '10.91.0.5' }] },
        400,
        'InvalidAllocationPool',
      ],
      [
        { cidr: '10.91.0.0/24', allocation_pools: [{ start: '10.91.0.9', end: '10.91.1.5' }] },
        400,
        'OutOfBoundsAllocationPool',
      ],
      [
        {
          cidr: '10.91.0.0/24',
          allocation_pools: [
            { start: '10.91.0.9', end: '10.91.0.20' },
            { start: '10.91.0.20', end: '10.91.0.30' },
          ],
        },
        409,
        'OverlappingAllocationPools',
      ],
      [
        { cidr: '10.91.0.0/24', allocation_pools: [{ start: '10.91.0.1', end: '10.91.0.5' }] },
        409,
        'GatewayConflictWithAllocationPools',
      ],
      [{ cidr: '10.91.0.0/24', network_id: randomUUID() }, 404, 'NetworkNotFound'],
      [{ cidr: '10.91.0.0/24', colour: 'red' }, 400, 'HTTPBadRequest'],
    ];
    for (const [attributes, status, type] of cases) {
      const answer = await addSubnet('demo', { network_id, ...attributes });
      expect(error(answer).slice(0, 2), JSON.stringify(attributes)).to.deep.equal([status, type]);
    }
    expect((await api.call('demo', 'GET', '/v2.0/subnets')).json().list('subnets')).to.deep.equal([]);
  });

  it('refuses a subnet that overlaps another of the deployment without saying whose', async () => {
    const theirs = await create('other', { name: 'theirs' });
    await addSubnet('other', { network_id: theirs, cidr: '10.91.0.0/16' });
    const network_id = await create('demo', { name: 'n' });
    const answer = await addSubnet('demo', { network_id, cidr: '10.91.7.0/24' });
    const [status, type, message] = error(answer);
    expect([status, type]).to.deep.equal([400, 'InvalidInput']);
    expect(message)
      .to.contain(`Requested subnet with cidr: 10.91.7.0/24 for network: ${network_id} overlaps with another subnet`)
      .and.not.contain(theirs);
    expect((await addSubnet('demo', { network_id, cidr: '10.92.0.0/24' })).status).to.equal(201);
    const second = await addSubnet('demo', { network_id, cidr: '10.93.0.0/24' });
    expect(error(second).slice(0, 2)).to.deep.equal([400, 'InvalidInput']);
  });

  it('does not delete a network or subnet with ports', async () => {
    const network_id = await create('demo', { name: 'n' });
    const subnet = (await addSubnet('demo', { network_id, cidr: '10.91.0.0/24' })).json().text('subnet', 'id');
    const port = (await api.call('demo', 'POST', '/v2.0/ports', { port: { network_id } })).json().text('port', 'id');
    expect(error(await api.call('demo', 'DELETE', `/v2.0/networks/${network_id}`))).to.deep.equal([
      409,
      'NetworkInUse',
      `Unable to complete operation on network ${network_id}. There are one or more ports still in use on the network, id for these ports is: ${port}.`,
    ]);
    expect(error(await api.call('demo', 'DELETE', `/v2.0/subnets/${subnet}`)).slice(0, 2)).to.deep.equal([
      409,
      'SubnetInUse',
    ]);
    await api.call('demo', 'DELETE', `/v2.0/ports/${port}`);
    expect((await api.call('demo', 'DELETE', `/v2.0/networks/${network_id}`)).status).to.equal(204);
    expect((await api.call('demo', 'GET', '/v2.0/subnets')).json().list('subnets')).to.deep.equal([]);
  });

  it('has empty lists of floating IPs and routers, and no way to make one', async () => {
    for (const [collection, body] of [
      ['floatingips', { floatingip: {} }],
      ['routers', { router: { name: 'r' } }],
    ] as const) {
      const list = await api.call('demo', 'GET', `/v2.0/${collection}?tenant_id=demo-id`);
      expect(list.json().value).to.deep.equal({ [collection]: [] });
      const made = await api.call('demo', 'POST', `/v2.0/${collection}`, body);
      expect(error(made)).to.deep.equal([404, 'HTTPNotFound', 'The resource could not be found.']);
      expect((await api.call('demo', 'GET', `/v2.0/${collection}/x`)).status).to.equal(404);
    }
    expect((await api.call('demo', 'GET', '/v2.0/trunks')).status).to.equal(404);
    expect((await api.call('demo', 'PUT', '/v2.0/networks', {})).status).to.equal(405);
  });

  it('lists the extensions that are there, and no others', async () => {
    const list = (await api.call('demo', 'GET', '/v2.0/extensions')).json().list('extensions');
    const aliases = list.map((e) => e.text('alias'));
    expect(aliases).to.include.members(['security-group', 'binding', 'quotas']);
    expect(aliases).to.not.include('router');
    for (const alias of aliases) {
      expect((await api.call('demo', 'GET', `/v2.0/extensions/${alias}`)).status, alias).to.equal(200);
    }
    for (const alias of ['Availability%20Zone', 'tag-ports-during-bulk-creation', 'router']) {
      expect((await api.call('demo', 'GET', `/v2.0/extensions/${alias}`)).status, alias).to.equal(404);
    }
  });

  it('shows the limits of a project to the project and to administrators', async () => {
    const own = await api.call('demo', 'GET', '/v2.0/quotas/demo-id');
    expect(own.json().at('quota').value).to.include({ network: -1, port: -1, floatingip: 0 });
    expect((await api.call('demo', 'GET', '/v2.0/quotas/other-id')).status).to.equal(403);
    expect((await api.call('admin', 'GET', '/v2.0/quotas/other-id')).status).to.equal(200);
  });
});
