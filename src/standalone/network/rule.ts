import { isIP } from 'node:net';
import type { NewRule } from '#core/store/security-group-rules.js';
import type { CreateSecurityGroupRule } from '#schemas/network/security-group.js';
import { NeutronRefusal } from './errors.js';

/** neutron_lib.constants.IP_PROTOCOL_MAP */
const PROTOCOLS: Readonly<Record<string, number>> = {
  ah: 51,
  dccp: 33,
  egp: 8,
  esp: 50,
  gre: 47,
  hopopt: 0,
  icmp: 1,
  icmpv6: 58,
  igmp: 2,
  ip: 0,
  ipip: 4,
  'ipv6-encap': 41,
  'ipv6-frag': 44,
  'ipv6-icmp': 58,
  'ipv6-nonxt': 59,
  'ipv6-opts': 60,
  'ipv6-route': 43,
  ospf: 89,
  pgm: 113,
  rsvp: 46,
  sctp: 132,
  tcp: 6,
  udp: 17,
  udplite: 136,
  vrrp: 112,
};
const WITH_PORTS = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite'].map((name) => PROTOCOLS[name]));
const ICMP = new Set([1, 58]);
const ONLY_IPV6 = new Set([41, 43, 44, 58, 59, 60]);
const LARGEST_PORT = 65_535;
const LARGEST_ICMP = 255;

const refuse = (type: string, message: string): NeutronRefusal => new NeutronRefusal(400, type, message);

/**
 * Checks a rule as Neutron does (neutron/extensions/securitygroup.py, neutron/db/securitygroups_db.py) and puts it into the
 * form that is stored.
 * @throws NeutronRefusal
 */
export function checkRule(wanted: CreateSecurityGroupRule, projectId: string): NewRule {
  const ethertype = ethertypeOf(wanted.ethertype);
  const protocol = protocolOf(wanted.protocol, ethertype);
  const ports = rangeOf(wanted, protocol);
  if (wanted.remote_ip_prefix !== null) checkPrefix(wanted.remote_ip_prefix, ethertype);
  if (protocol !== null && ethertype === 'IPv4' && ONLY_IPV6.has(numberOf(protocol))) {
    const message = `Invalid ethertype ${ethertype} for protocol ${protocol}.`;
    throw refuse('SecurityGroupEthertypeConflictWithProtocol', message);
  }
  if (wanted.remote_ip_prefix !== null && wanted.remote_group_id !== null) {
    const message = 'Only one of remote_ip_prefix or remote_group_id or remote_address_group_id may be provided.';
    throw refuse('SecurityGroupMultipleRemoteEntites', message);
  }
  return {
    groupId: wanted.security_group_id,
    projectId,
    direction: wanted.direction,
    ethertype,
    protocol,
    portRangeMin: ports.min,
    portRangeMax: ports.max,
    remoteIpPrefix: wanted.remote_ip_prefix,
    remoteGroupId: wanted.remote_group_id,
    description: wanted.description,
  };
}

function ethertypeOf(text: string): 'IPv4' | 'IPv6' {
  const lower = text.toLowerCase();
  if (lower === 'ipv4') return 'IPv4';
  if (lower === 'ipv6') return 'IPv6';
  const message = `Security group rule for ethertype '${text}' not supported. Allowed values are ['IPv4', 'IPv6'].`;
  throw refuse('SecurityGroupRuleInvalidEtherType', message);
}

const numberOf = (protocol: string): number => PROTOCOLS[protocol] ?? Number(protocol);

/** Names in lower case, numbers as text; ICMP means the one of the ethertype. */
function protocolOf(value: string | number | null, ethertype: 'IPv4' | 'IPv6'): string | null {
  if (value === null || value === '') return null;
  const text = String(value).toLowerCase();
  const valid = /^\d{1,3}$/.test(text) ? Number(text) <= 255 : Object.hasOwn(PROTOCOLS, text);
  if (!valid) {
    const names = ['None', ...Object.keys(PROTOCOLS).map((n) => `'${n}'`)].join(', ');
    const message = `Security group rule protocol ${text} not supported. Only protocol values [${names}] and integer representations [0 to 255] are supported.`;
    throw refuse('SecurityGroupRuleInvalidProtocol', message);
  }
  if (ethertype === 'IPv6' && (text === 'icmp' || text === 'icmpv6')) return 'ipv6-icmp';
  return ethertype === 'IPv6' && text === '1' ? '58' : text;
}

function portOf(value: string | number | null): number | null {
  if (value === null || value === '') return null;
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= LARGEST_PORT) return port;
  throw refuse('SecurityGroupInvalidPortValue', `Invalid value for port ${String(value)}`);
}

function rangeOf(wanted: CreateSecurityGroupRule, protocol: string | null): { min: number | null; max: number | null } {
  const [min, max] = [portOf(wanted.port_range_min), portOf(wanted.port_range_max)];
  if (min === null && max === null) return { min, max };
  if (protocol === null) {
    throw refuse('SecurityGroupProtocolRequiredWithPorts', 'Must also specify protocol if port range is given.');
  }
  const number = numberOf(protocol);
  if (ICMP.has(number)) return icmpRange(min, max);
  if (!WITH_PORTS.has(number)) {
    const message = `Ports cannot be specified for protocol ${number}. Ports are only supported for TCP, UDP, UDPLITE, SCTP, DCCP.`;
    throw refuse('SecurityGroupInvalidProtocolForPort', message);
  }
  if (min === 0 || max === 0) throw refuse('SecurityGroupInvalidPortValue', 'Invalid value for port 0');
  if (min === null || max === null || min > max) {
    throw refuse('SecurityGroupInvalidPortRange', 'For TCP/UDP protocols, port_range_min must be <= port_range_max');
  }
  // All ports: the same as not to name any.
  return min === 1 && max === LARGEST_PORT ? { min: null, max: null } : { min, max };
}

function icmpRange(type: number | null, code: number | null): { min: number | null; max: number | null } {
  const parts = [
    { field: 'type', attr: 'port_range_min', value: type },
    { field: 'code', attr: 'port_range_max', value: code },
  ];
  for (const { field, attr, value } of parts) {
    if (value === null || value <= LARGEST_ICMP) continue;
    const message = `Invalid value for ICMP ${field} (${attr}) ${value}. It must be 0 to 255.`;
    throw refuse('SecurityGroupInvalidIcmpValue', message);
  }
  if (type === null && code !== null) {
    const message = `ICMP code (port-range-max) ${code} is provided but ICMP type (port-range-min) is missing.`;
    throw refuse('SecurityGroupMissingIcmpType', message);
  }
  return { min: type, max: code };
}

function checkPrefix(prefix: string, ethertype: 'IPv4' | 'IPv6'): void {
  const [address = '', length, ...more] = prefix.split('/');
  const version = isIP(address);
  const bits = version === 4 ? 32 : 128;
  const valid = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits);
  if (version === 0 || more.length > 0 || !valid) {
    throw refuse('InvalidCIDR', `Invalid CIDR ${prefix} given as IP prefix.`);
  }
  if (ethertype === `IPv${version}`) return;
  const message = `Conflicting value ethertype ${ethertype} for CIDR ${prefix}`;
  throw refuse('SecurityGroupRuleParameterConflict', message);
}
