import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { EmbeddedNetworkProvider } from '#core/network/embedded/provider.js';
import { type Bearer, type NetworkService, networkService } from '#test/lib/network-service.js';
import type { Answer } from '#test/lib/request.js';

describe('network API: ports and security groups', () => {
  let api: NetworkService;
  let networkId: string;
  let subnetId: string;

  beforeEach(async () => {
    api = await networkService();
    ({ networkId, subnetId } = await network('demo', '10.91.0.0/24'));
  });
  afterEach(() => api.close());

  async function network(bearer: Bearer, cidr: string, attributes: object = {}) {
    const made = await api.call(bearer, 'POST', '/v2.0/networks', { network: { name: 'n', ...attributes } });
    const id = made.json().text('network', 'id');
    const subnet = await api.call(bearer, 'POST', '/v2.0/subnets', { subnet: { network_id: id, ip_version: 4, cidr } });
    return { networkId: id, subnetId: subnet.json().text('subnet', 'id') };
  }

  const post = (bearer: Bearer, resource: string, attributes: object): Promise<Answer> =>
    api.call(bearer, 'POST', `/v2.0/${resource.replaceAll('_', '-')}s`, { [resource]: attributes });

  async function made(bearer: Bearer, resource: string, attributes: object): Promise<string> {
    const answer = await post(bearer, resource, attributes);
    expect(answer.status, answer.text).to.equal(201);
    return answer.json().text(resource, 'id');
  }

  const fault = (answer: Answer): unknown[] => [answer.status, answer.json().text('NeutronError', 'type')];

  describe('ports', () => {
    it('creates a port with the next address and the default group', async () => {
      const answer = await post('demo', 'port', { network_id: networkId, name: 'p', admin_state_up: true });
      expect(answer.status, answer.text).to.equal(201);
      const port = answer.json().at('port');
      expect(port.value).to.deep.include({
        name: 'p',
        network_id: networkId,
        fixed_ips: [{ subnet_id: subnetId, ip_address: '10.91.0.2' }],
        device_id: '',
        device_owner: '',
        status: 'DOWN',
        admin_state_up: true,
        tenant_id: 'demo-id',
        project_id: 'demo-id',
        'binding:vnic_type': 'normal',
        allowed_address_pairs: [],
      });
      expect(port.text('mac_address')).to.match(/^fa:16:3e/);
      expect(port.has('binding:host_id'), 'only administrators see the host').to.equal(false);
      const seen = await api.call('admin', 'GET', `/v2.0/ports/${port.text('id')}`);
      expect(seen.json().at('port').value).to.include({ 'binding:host_id': '', 'binding:vif_type': 'unbound' });
      const groups = (await api.call('demo', 'GET', '/v2.0/security-groups?name=default')).json();
      expect(port.at('security_groups').value).to.deep.equal([groups.text('security_groups', 0, 'id')]);
    });

    it('takes the address, MAC and groups that are asked for', async () => {
      const group = await made('demo', 'security_group', { name: 'web' });
      const wanted = {
        network_id: networkId,
        fixed_ips: [{ subnet_id: subnetId, ip_address: '10.91.0.50' }],
        mac_address: 'FA:16:3E:00:00:01',
        security_groups: [group],
      };
      const port = (await post('demo', 'port', wanted)).json().at('port');
      expect(port.value).to.deep.include({
        fixed_ips: [{ subnet_id: subnetId, ip_address: '10.91.0.50' }],
        mac_address: 'fa:16:3e:00:00:01',
        security_groups: [group],
      });
      expect(fault(await post('demo', 'port', { ...wanted, mac_address: 'fa:16:3e:00:00:02' }))).to.deep.equal([
        409,
        'IpAddressInUse',
      ]);
      expect(
        fault(await post('demo', 'port', { network_id: networkId, mac_address: wanted.mac_address })),
      ).to.deep.equal([409, 'MacAddressInUse']);
      const bare = await post('demo', 'port', { network_id: networkId, fixed_ips: [], security_groups: [] });
      expect(bare.json().at('port').value).to.deep.include({ fixed_ips: [], security_groups: [] });
    });

    it('refuses what cannot be, and makes nothing', async () => {
      const theirs = await made('other', 'security_group', { name: 'theirs' });
      const elsewhere = await network('demo', '10.92.0.0/24');
      const cases: readonly [object, number, string][] = [
        [{ fixed_ips: [{ ip_address: '10.92.0.5' }] }, 400, 'InvalidIpForNetwork'],
        [{ fixed_ips: [{ ip_address: '10.91.0.1' }] }, 400, 'InvalidIpForNetwork'],
        [{ fixed_ips: [{ ip_address: 'x' }] }, 400, 'HTTPBadRequest'],
        [{ fixed_ips: [{ subnet_id: randomUUID() }] }, 404, 'SubnetNotFound'],
        [{ fixed_ips: [{ subnet_id: elsewhere.subnetId }] }, 400, 'InvalidInput'],
        [{ fixed_ips: [{}] }, 400, 'InvalidInput'],
        [{ fixed_ips: [{ subnet_id: subnetId }, { subnet_id: subnetId }] }, 400, 'InvalidInput'],
        [{ mac_address: 'zz' }, 400, 'HTTPBadRequest'],
        [{ mac_address: '01:00:5e:00:00:01' }, 400, 'HTTPBadRequest'],
        [{ security_groups: [theirs] }, 404, 'SecurityGroupNotFound'],
        [{ security_groups: [randomUUID()] }, 404, 'SecurityGroupNotFound'],
        [{ security_groups: ['web'] }, 400, 'HTTPBadRequest'],
        [{ 'binding:vnic_type': 'direct' }, 400, 'HTTPBadRequest'],
        [{ 'binding:host_id': 'h' }, 403, 'PolicyNotAuthorized'],
        [{ network_id: randomUUID() }, 404, 'NetworkNotFound'],
        [{ network_id: 'n' }, 400, 'HTTPBadRequest'],
        [{ colour: 'red' }, 400, 'HTTPBadRequest'],
      ];
      for (const [attributes, status, type] of cases) {
        const answer = await post('demo', 'port', { network_id: networkId, ...attributes });
        expect(fault(answer), JSON.stringify(attributes)).to.deep.equal([status, type]);
      }
      const missing = await post('demo', 'port', { name: 'x' });
      expect(missing.json().text('NeutronError', 'message')).to.equal(
        "Failed to parse request. Required attribute 'network_id' not specified",
      );
      expect((await api.call('demo', 'GET', '/v2.0/ports')).json().list('ports')).to.deep.equal([]);
    });

    it('keeps projects apart, also on a shared network', async () => {
      const shared = await network('admin', '10.93.0.0/24', { shared: true });
      const port = await made('other', 'port', { network_id: shared.networkId });
      expect((await api.call('demo', 'GET', '/v2.0/ports')).json().list('ports')).to.deep.equal([]);
      expect((await api.call('admin', 'GET', '/v2.0/ports')).json().list('ports')).to.have.length(1);
      expect((await api.call('demo', 'GET', `/v2.0/ports/${port}`)).status).to.equal(404);
      expect((await api.call('demo', 'DELETE', `/v2.0/ports/${port}`)).status).to.equal(404);
      const body = { port: { name: 'x' } };
      expect((await api.call('demo', 'PUT', `/v2.0/ports/${port}`, body)).status).to.equal(404);
      expect(fault(await post('other', 'port', { network_id: networkId }))).to.deep.equal([404, 'NetworkNotFound']);
      for (const attributes of [
        { fixed_ips: [{ ip_address: '10.93.0.9' }] },
        { mac_address: 'fa:16:3e:00:00:09' },
        { device_owner: 'network:dhcp' },
      ]) {
        const answer = await post('demo', 'port', { network_id: shared.networkId, ...attributes });
        expect(fault(answer), JSON.stringify(attributes)).to.deep.equal([403, 'PolicyNotAuthorized']);
      }
    });

    it('lists the ports of a server as the client asks', async () => {
      const provider = new EmbeddedNetworkProvider(api.store);
      const uuid = randomUUID();
      const networks = [{ networkId, portId: null, fixedIp: null }];
      await provider.bind({ uuid, projectId: 'demo-id', hostname: 'c', networks, securityGroups: [] }, 'host-1');
      await made('demo', 'port', { network_id: networkId });
      const query = `device_id=${uuid}&fields=id&fields=name&fields=mac_address&fields=fixed_ips&fields=status`;
      const list = (await api.call('demo', 'GET', `/v2.0/ports?${query}`)).json().list('ports');
      expect(list).to.have.length(1);
      expect(list[0]?.value).to.have.all.keys('id', 'name', 'mac_address', 'fixed_ips', 'status');
      const byIp = await api.call('demo', 'GET', '/v2.0/ports?fixed_ips=ip_address%3D10.91.0.2');
      expect(byIp.json().text('ports', 0, 'device_id')).to.equal(uuid);
      const bySubnet = await api.call('demo', 'GET', `/v2.0/ports?fixed_ips=subnet_id%3D${subnetId}`);
      expect(bySubnet.json().list('ports')).to.have.length(2);
    });

    it('does not let go of a port, or change its wiring, while a container has it', async () => {
      const provider = new EmbeddedNetworkProvider(api.store);
      const id = await made('demo', 'port', { network_id: networkId });
      const uuid = randomUUID();
      const networks = [{ networkId: null, portId: id, fixedIp: null }];
      await provider.bind({ uuid, projectId: 'demo-id', hostname: 'c', networks, securityGroups: [] }, 'host-1');
      expect(fault(await api.call('demo', 'DELETE', `/v2.0/ports/${id}`))).to.deep.equal([409, 'PortInUse']);
      for (const attributes of [{ fixed_ips: [] }, { device_id: '' }, { mac_address: 'fa:16:3e:00:00:05' }]) {
        const answer = await api.call('demo', 'PUT', `/v2.0/ports/${id}`, { port: attributes });
        expect(fault(answer), JSON.stringify(attributes)).to.deep.equal([409, 'PortInUse']);
      }
      const group = await made('demo', 'security_group', { name: 'g' });
      const same = { name: 'p', security_groups: [group], fixed_ips: [{ ip_address: '10.91.0.2' }], device_id: uuid };
      const changed = await api.call('demo', 'PUT', `/v2.0/ports/${id}`, { port: same });
      expect(changed.status, changed.text).to.equal(200);
      expect(changed.json().at('port').value).to.deep.include({ name: 'p', security_groups: [group], device_id: uuid });
      await provider.release(uuid);
      expect((await api.call('demo', 'DELETE', `/v2.0/ports/${id}`)).status).to.equal(204);
    });

    it('changes the address of a free port', async () => {
      const id = await made('demo', 'port', { network_id: networkId });
      const port = { fixed_ips: [{ ip_address: '10.91.0.77' }], device_id: 'x', device_owner: 'mine' };
      const changed = await api.call('demo', 'PUT', `/v2.0/ports/${id}`, { port });
      expect(changed.json().at('port').value).to.deep.include({
        fixed_ips: [{ subnet_id: subnetId, ip_address: '10.91.0.77' }],
        device_id: 'x',
        device_owner: 'mine',
      });
      expect(await made('demo', 'port', { network_id: networkId, fixed_ips: [{ ip_address: '10.91.0.2' }] })).to.be.a(
        'string',
      );
      const fixed = await api.call('demo', 'PUT', `/v2.0/ports/${id}`, { port: { network_id: networkId } });
      expect(fixed.json().text('NeutronError', 'message')).to.equal('Cannot update read-only attribute network_id');
    });
  });

  describe('security groups', () => {
    it('shows the default group to whoever looks, one for each project', async () => {
      const list = async (bearer: Bearer) =>
        (await api.call(bearer, 'GET', '/v2.0/security-groups')).json().list('security_groups');
      const [own, ...more] = await list('demo');
      expect(more).to.deep.equal([]);
      expect(own?.value).to.include({ name: 'default', tenant_id: 'demo-id', description: 'Default security group' });
      expect(own?.list('security_group_rules')).to.have.length(4);
      const [theirs] = await list('other');
      expect(theirs?.text('id')).to.not.equal(own?.text('id'));
      const hidden = await api.call('demo', 'GET', `/v2.0/security-groups/${theirs?.text('id')}`);
      expect(fault(hidden)).to.deep.equal([404, 'SecurityGroupNotFound']);
      expect(await list('admin')).to.have.length(3);
    });

    it('creates, changes and deletes a group', async () => {
      const id = await made('demo', 'security_group', { name: 'web', description: 'd' });
      const shown = (await api.call('demo', 'GET', `/v2.0/security-groups/${id}`)).json().at('security_group');
      expect(shown.list('security_group_rules').map((r) => [r.text('direction'), r.text('ethertype')])).to.deep.equal([
        ['egress', 'IPv4'],
        ['egress', 'IPv6'],
      ]);
      const changed = await api.call('demo', 'PUT', `/v2.0/security-groups/${id}`, { security_group: { name: 'www' } });
      expect(changed.json().at('security_group').value).to.include({ name: 'www', description: 'd' });
      const port = await made('demo', 'port', { network_id: networkId, security_groups: [id] });
      expect(fault(await api.call('demo', 'DELETE', `/v2.0/security-groups/${id}`))).to.deep.equal([
        409,
        'SecurityGroupInUse',
      ]);
      await api.call('demo', 'DELETE', `/v2.0/ports/${port}`);
      expect((await api.call('demo', 'DELETE', `/v2.0/security-groups/${id}`)).status).to.equal(204);
      expect(fault(await api.call('demo', 'DELETE', `/v2.0/security-groups/${id}`))).to.deep.equal([
        404,
        'SecurityGroupNotFound',
      ]);
    });

    it('protects the default group', async () => {
      const list = await api.call('demo', 'GET', '/v2.0/security-groups?name=default');
      const id = list.json().text('security_groups', 0, 'id');
      expect(fault(await api.call('demo', 'DELETE', `/v2.0/security-groups/${id}`))).to.deep.equal([
        409,
        'SecurityGroupCannotRemoveDefault',
      ]);
      const renamed = await api.call('demo', 'PUT', `/v2.0/security-groups/${id}`, { security_group: { name: 'x' } });
      expect(fault(renamed)).to.deep.equal([409, 'SecurityGroupCannotUpdateDefault']);
      expect(fault(await post('demo', 'security_group', { name: 'Default' }))).to.deep.equal([
        409,
        'SecurityGroupDefaultAlreadyExists',
      ]);
    });

    it('adds and removes rules', async () => {
      const group = await made('demo', 'security_group', { name: 'web' });
      const wanted = {
        security_group_id: group,
        direction: 'ingress',
        protocol: 'TCP',
        port_range_min: '80',
        port_range_max: 81,
        remote_ip_prefix: '10.0.0.5/8',
        ethertype: 'ipv4',
        remote_group_id: null,
      };
      const answer = await post('demo', 'security_group_rule', wanted);
      expect(answer.status, answer.text).to.equal(201);
      expect(answer.json().at('security_group_rule').value).to.include({
        security_group_id: group,
        direction: 'ingress',
        ethertype: 'IPv4',
        protocol: 'tcp',
        port_range_min: 80,
        port_range_max: 81,
        remote_ip_prefix: '10.0.0.0/8',
        remote_group_id: null,
        tenant_id: 'demo-id',
      });
      const id = answer.json().text('security_group_rule', 'id');
      const again = await post('demo', 'security_group_rule', wanted);
      expect(again.json().text('NeutronError', 'message')).to.equal(
        `Security group rule already exists. Rule id is ${id}.`,
      );
      expect(again.status).to.equal(409);
      const query = `?security_group_id=${group}&direction=ingress`;
      const list = await api.call('demo', 'GET', `/v2.0/security-group-rules${query}`);
      expect(list.json().text('security_group_rules', 0, 'id')).to.equal(id);
      expect((await api.call('other', 'DELETE', `/v2.0/security-group-rules/${id}`)).status).to.equal(404);
      expect((await api.call('demo', 'DELETE', `/v2.0/security-group-rules/${id}`)).status).to.equal(204);
      expect(fault(await api.call('demo', 'GET', `/v2.0/security-group-rules/${id}`))).to.deep.equal([
        404,
        'SecurityGroupRuleNotFound',
      ]);
    });

    it('refuses rules that make no sense, or for groups of others', async () => {
      const group = await made('demo', 'security_group', { name: 'web' });
      const theirs = await made('other', 'security_group', { name: 'theirs' });
      const tcp = { protocol: 'tcp', port_range_min: 80, port_range_max: 80 };
      const cases: readonly [object, number, string][] = [
        [{ direction: 'sideways' }, 400, 'HTTPBadRequest'],
        [{ ethertype: 'IPv5' }, 400, 'SecurityGroupRuleInvalidEtherType'],
        [{ protocol: 'carrier-pigeon' }, 400, 'SecurityGroupRuleInvalidProtocol'],
        [{ protocol: 256 }, 400, 'SecurityGroupRuleInvalidProtocol'],
        [{ protocol: 'constructor' }, 400, 'SecurityGroupRuleInvalidProtocol'],
        [{ port_range_min: 80, port_range_max: 80 }, 400, 'SecurityGroupProtocolRequiredWithPorts'],
        [{ ...tcp, port_range_max: 79 }, 400, 'SecurityGroupInvalidPortRange'],
        [{ ...tcp, port_range_max: 70000 }, 400, 'SecurityGroupInvalidPortValue'],
        [{ ...tcp, port_range_min: 0 }, 400, 'SecurityGroupInvalidPortValue'],
        [{ ...tcp, protocol: 'gre' }, 400, 'SecurityGroupInvalidProtocolForPort'],
        [{ protocol: 'icmp', port_range_min: 300 }, 400, 'SecurityGroupInvalidIcmpValue'],
        [{ protocol: 'icmp', port_range_max: 0 }, 400, 'SecurityGroupMissingIcmpType'],
        [{ protocol: 'ipv6-icmp' }, 400, 'SecurityGroupEthertypeConflictWithProtocol'],
        [{ remote_ip_prefix: '10.0.0.0/33' }, 400, 'InvalidCIDR'],
        [{ remote_ip_prefix: 'fd00::/8' }, 400, 'SecurityGroupRuleParameterConflict'],
        [{ remote_ip_prefix: '10.0.0.0/8', remote_group_id: group }, 400, 'SecurityGroupMultipleRemoteEntites'],
        [{ remote_group_id: theirs }, 404, 'SecurityGroupNotFound'],
        [{ security_group_id: theirs }, 404, 'SecurityGroupNotFound'],
        [{ colour: 'red' }, 400, 'HTTPBadRequest'],
      ];
      for (const [attributes, status, type] of cases) {
        const rule = { security_group_id: group, direction: 'ingress', ...attributes };
        expect(fault(await post('demo', 'security_group_rule', rule)), JSON.stringify(attributes)).to.deep.equal([
          status,
          type,
        ]);
      }
      const shown = await api.call('demo', 'GET', `/v2.0/security-groups/${group}`);
      expect(shown.json().list('security_group', 'security_group_rules')).to.have.length(2);
    });
  });
});
