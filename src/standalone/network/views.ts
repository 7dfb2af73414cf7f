import type { Network } from '#core/store/networks.js';
import type { Port } from '#core/store/port-record.js';
import type { Rule } from '#core/store/security-group-rules.js';
import type { SecurityGroup } from '#core/store/security-groups.js';
import type { Subnet } from '#core/store/subnets.js';

/** An item as Neutron shows it (nova-api 6.5). */
export type Item = Readonly<Record<string, unknown>>;

/** Neutron has whole seconds. */
const time = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

const standard = (o: {
  projectId: string;
  description: string;
  createdAt: Date;
  updatedAt: Date;
  revisionNumber: number;
}): Item => ({
  tenant_id: o.projectId,
  project_id: o.projectId,
  description: o.description,
  tags: [],
  created_at: time(o.createdAt),
  updated_at: time(o.updatedAt),
  revision_number: o.revisionNumber,
});

/** MTU of the engine's bridges. */
const MTU = 1500;

export const networkView = (n: Network): Item => ({
  id: n.id,
  name: n.name,
  status: 'ACTIVE',
  admin_state_up: n.adminStateUp,
  shared: n.shared,
  'router:external': false,
  subnets: n.subnets,
  mtu: MTU,
  availability_zones: [],
  availability_zone_hints: [],
  port_security_enabled: true,
  ipv4_address_scope: null,
  ipv6_address_scope: null,
  ...standard(n),
});

export const subnetView = (s: Subnet): Item => ({
  id: s.id,
  name: s.name,
  network_id: s.networkId,
  cidr: s.cidr,
  gateway_ip: s.gatewayIp,
  ip_version: 4,
  enable_dhcp: s.enableDhcp,
  dns_nameservers: s.dnsNameservers,
  allocation_pools: s.allocationPools,
  host_routes: [],
  ipv6_ra_mode: null,
  ipv6_address_mode: null,
  subnetpool_id: null,
  service_types: [],
  ...standard(s),
});

/** Where a port is bound is for administrators (Neutron's policy `get_port:binding:*`). */
export const portView = (p: Port, isAdmin: boolean): Item => ({
  id: p.id,
  name: p.name,
  network_id: p.networkId,
  mac_address: p.macAddress,
  fixed_ips: p.fixedIps.map((f) => ({ subnet_id: f.subnetId, ip_address: f.address })),
  device_id: p.deviceId,
  device_owner: p.deviceOwner,
  status: p.status,
  admin_state_up: p.adminStateUp,
  security_groups: p.securityGroups.map((g) => g.id),
  'binding:vnic_type': 'normal',
  ...(isAdmin && {
    'binding:host_id': p.host,
    'binding:profile': {},
    'binding:vif_type': p.host === '' ? 'unbound' : 'bridge',
    'binding:vif_details': {},
  }),
  allowed_address_pairs: [],
  port_security_enabled: true,
  extra_dhcp_opts: [],
  ...standard(p),
});

export const ruleView = (r: Rule): Item => ({
  id: r.id,
  security_group_id: r.groupId,
  direction: r.direction,
  ethertype: r.ethertype,
  protocol: r.protocol,
  port_range_min: r.portRangeMin,
  port_range_max: r.portRangeMax,
  remote_ip_prefix: r.remoteIpPrefix,
  normalized_cidr: r.remoteIpPrefix,
  remote_group_id: r.remoteGroupId,
  remote_address_group_id: null,
  // A rule is never changed.
  ...standard({ ...r, updatedAt: r.createdAt, revisionNumber: 0 }),
});

export const securityGroupView = (g: SecurityGroup): Item => ({
  id: g.id,
  name: g.name,
  stateful: true,
  security_group_rules: g.rules.map(ruleView),
  ...standard(g),
});
