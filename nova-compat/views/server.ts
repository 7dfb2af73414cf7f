import type { Container } from '#core/domain/container.js';
import type { HostUsage } from '#core/domain/host.js';
import type { Flavor } from '#core/domain/records.js';
import type { FlavorSnapshot } from '#core/domain/spec.js';
import type { MicroVersion } from '#core/http/version.js';
import { type ServerState, stateOf } from '../status.js';
import { flavorOf } from '../synthetic-flavor.js';
import { faultOf } from './fault.js';
import { hostId } from './host-id.js';
import { bookmarkOf, type LinkRoots, linksOf } from './links.js';
import { addressesOf, type Detail, metadataOf, securityGroupsOf } from './server-parts.js';
import { microsOrNull, seconds } from './times.js';

/** All that the view of a server depends on beside the container itself. */
export interface ServerViewContext {
  readonly version: MicroVersion;
  readonly admin: boolean;
  readonly links: LinkRoots;
  /** For `host_status`, which only administrators see; empty for others. */
  readonly hosts: ReadonlyMap<string, HostUsage>;
  /** Public flavors, for containers that have none of their own; empty when there is no such container. */
  readonly flavors: readonly Flavor[];
}

/** Prefix of the engine's name of a container. */
export const INSTANCE_NAME_PREFIX = 'zunova-';

/** Statuses that come with `progress`. */
const IN_PROGRESS = new Set(['ACTIVE', 'BUILD', 'REBUILD', 'RESIZE', 'VERIFY_RESIZE', 'MIGRATING']);

/** `GET /servers`: exactly these members. */
export const briefServer = (c: Container, links: LinkRoots): Record<string, unknown> => ({
  id: c.uuid,
  name: c.name,
  links: linksOf(links, `/servers/${c.uuid}`),
});

/**
 * A server as `GET /servers/detail` shows it (nova-api.md 4.1). Pure and without waiting: the same container revision, version,
 * role and base give the same text, apart from `host_status`.
 */
export function serverDetail(c: Container, v: ServerViewContext): Record<string, unknown> {
  const state = stateOf(c);
  const view = baseMembers(c, v, state, 'full');
  const at = (minor: number): boolean => v.version.atLeast(minor);
  view['OS-EXT-AZ:availability_zone'] = c.availabilityZone ?? '';
  view['config_drive'] = c.server.configDrive ? 'True' : '';
  view['key_name'] = c.server.keyName;
  view['OS-SRV-USG:launched_at'] = state.vmState === 'building' ? null : microsOrNull(c.facts.launchedAt);
  view['OS-SRV-USG:terminated_at'] = microsOrNull(c.facts.deletedAt);
  const groups = securityGroupsOf(c, state);
  if (groups !== null) view['security_groups'] = groups;
  if (v.admin) adminMembers(c, v, view);
  else if (at(90)) view['OS-EXT-SRV-ATTR:hostname'] = c.hostname;
  view['OS-EXT-STS:task_state'] = state.taskState;
  view['OS-EXT-STS:vm_state'] = state.vmState;
  view['OS-EXT-STS:power_state'] = state.powerState;
  view['os-extended-volumes:volumes_attached'] = [];
  if (at(96)) view['pinned_availability_zone'] = c.server.pinnedZone;
  return view;
}

/** `GET /servers/{id}`: the detail, and the groups that lists leave out. */
export function serverShow(c: Container, v: ServerViewContext): Record<string, unknown> {
  const view = serverDetail(c, v);
  if (v.version.atLeast(71)) view['server_groups'] = groupsOf(c);
  return view;
}

/** The answer to an update: below 2.75 the base members only, from there on all that show has. */
export function serverUpdated(c: Container, v: ServerViewContext): Record<string, unknown> {
  if (v.version.atLeast(75)) return serverShow(c, v);
  const view = baseMembers(c, v, stateOf(c), 'plain');
  if (v.version.atLeast(71)) view['server_groups'] = groupsOf(c);
  return view;
}

const groupsOf = (c: Container): readonly string[] => (c.server.serverGroup === null ? [] : [c.server.serverGroup]);

/** What every answer with a server has. */
function baseMembers(c: Container, v: ServerViewContext, state: ServerState, detail: Detail): Record<string, unknown> {
  const { server } = c;
  const at = (minor: number): boolean => v.version.atLeast(minor);
  const view: Record<string, unknown> = {
    accessIPv4: server.accessIPv4,
    accessIPv6: server.accessIPv6,
    addresses: addressesOf(c, state, detail),
    created: seconds(c.createdAt),
    flavor: flavorView(flavorOf(c, v.flavors), v),
    hostId: hostId(c.projectId, c.host),
    id: c.uuid,
    image: { id: c.spec.image.id, links: [bookmarkOf(v.links, `/images/${c.spec.image.id}`)] },
    links: linksOf(v.links, `/servers/${c.uuid}`),
    metadata: metadataOf(c),
    name: c.name,
    status: state.status,
    tenant_id: c.projectId,
    user_id: c.userId,
    updated: seconds(c.updatedAt),
    'OS-DCF:diskConfig': server.diskConfig,
  };
  if (IN_PROGRESS.has(state.status)) view['progress'] = 0;
  if (state.status === 'ERROR' || state.status === 'DELETED') {
    const fault = faultOf(c, v.admin);
    if (fault !== null) view['fault'] = fault;
  }
  if (at(9)) view['locked'] = server.locked !== null;
  if (at(19)) view['description'] = server.description;
  if (at(26)) view['tags'] = server.tags;
  if (at(63)) view['trusted_image_certificates'] = null;
  if (at(73)) view['locked_reason'] = server.lockedReason;
  return view;
}

function adminMembers(c: Container, v: ServerViewContext, view: Record<string, unknown>): void {
  const at = (minor: number): boolean => v.version.atLeast(minor);
  view['OS-EXT-SRV-ATTR:host'] = c.host;
  view['OS-EXT-SRV-ATTR:instance_name'] = c.host === null ? '' : `${INSTANCE_NAME_PREFIX}${c.uuid}`;
  view['OS-EXT-SRV-ATTR:hypervisor_hostname'] = c.host;
  if (at(3)) {
    view['OS-EXT-SRV-ATTR:hostname'] = c.hostname;
    view['OS-EXT-SRV-ATTR:kernel_id'] = '';
    view['OS-EXT-SRV-ATTR:launch_index'] = c.server.launchIndex;
    view['OS-EXT-SRV-ATTR:ramdisk_id'] = '';
    view['OS-EXT-SRV-ATTR:reservation_id'] = c.server.reservationId;
    view['OS-EXT-SRV-ATTR:root_device_name'] = null;
    view['OS-EXT-SRV-ATTR:user_data'] = c.server.userData;
  }
  if (at(16)) view['host_status'] = c.host === null ? '' : hostStatus(v.hosts.get(c.host));
}

export function hostStatus(host: HostUsage | undefined): string {
  if (host?.forcedDown) return 'DOWN';
  if (host !== undefined && !host.enabled) return 'MAINTENANCE';
  return host?.up ? 'UP' : 'UNKNOWN';
}

function flavorView(f: FlavorSnapshot, v: ServerViewContext): Record<string, unknown> {
  if (!v.version.atLeast(47)) return { id: f.id, links: [bookmarkOf(v.links, `/flavors/${f.id}`)] };
  return {
    vcpus: f.vcpus,
    ram: f.ramMb,
    disk: f.diskGb,
    ephemeral: f.ephemeralGb,
    swap: f.swapMb,
    original_name: f.name,
    extra_specs: f.extraSpecs,
  };
}

/** The answer to a create: exactly these members. */
export const createdServer = (
  c: Container,
  links: LinkRoots,
  asked: { readonly securityGroups: readonly string[]; readonly adminPass: string },
): Record<string, unknown> => ({
  id: c.uuid,
  links: linksOf(links, `/servers/${c.uuid}`),
  'OS-DCF:diskConfig': c.server.diskConfig,
  security_groups: (asked.securityGroups.length > 0 ? asked.securityGroups : ['default']).map((name) => ({ name })),
  adminPass: asked.adminPass,
});
