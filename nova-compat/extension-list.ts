/** Extensions that are published (nova-api.md 4.23): alias, and the name where it is not the alias in CamelCase. */
const ALIASES: readonly (readonly [string, string?])[] = [
  ['NMN', 'Multinic'],
  ['OS-DCF', 'DiskConfig'],
  ['OS-EXT-AZ', 'ExtendedAvailabilityZone'],
  ['OS-EXT-IMG-SIZE', 'ImageSize'],
  ['OS-EXT-IPS', 'ExtendedIps'],
  ['OS-EXT-IPS-MAC', 'ExtendedIpsMac'],
  ['OS-EXT-SRV-ATTR', 'ExtendedServerAttributes'],
  ['OS-EXT-STS', 'ExtendedStatus'],
  ['OS-FLV-DISABLED', 'FlavorDisabled'],
  ['OS-FLV-EXT-DATA', 'FlavorExtraData'],
  ['OS-SCH-HNT', 'SchedulerHints'],
  ['OS-SRV-USG', 'ServerUsage'],
  ['os-access-ips', 'AccessIPs'],
  ['os-admin-actions'],
  ['os-admin-password'],
  ['os-aggregates'],
  ['os-attach-interfaces'],
  ['os-availability-zone'],
  ['os-block-device-mapping'],
  ['os-block-device-mapping-v2-boot'],
  ['os-config-drive'],
  ['os-console-auth-tokens'],
  ['os-console-output'],
  ['os-consoles', 'Consoles'],
  ['os-create-backup'],
  ['os-deferred-delete'],
  ['os-extended-quotas'],
  ['os-extended-services'],
  ['os-extended-status'],
  ['os-extended-volumes'],
  ['os-flavor-access'],
  ['os-flavor-extra-specs'],
  ['os-flavor-manage'],
  ['os-flavor-rxtx'],
  ['os-flavor-swap'],
  ['os-floating-ips'],
  ['os-floating-ip-pools'],
  ['os-hosts', 'Hosts'],
  ['os-hypervisor-status'],
  ['os-hypervisors'],
  ['os-instance-actions'],
  ['os-instance_usage_audit_log', 'OSInstanceUsageAuditLog'],
  ['os-keypairs', 'Keypairs'],
  ['os-lock-server'],
  ['os-migrate-server'],
  ['os-migrations'],
  ['os-multiple-create'],
  ['os-networks'],
  ['os-pause-server'],
  ['os-personality'],
  ['os-preserve-ephemeral-rebuild'],
  ['os-quota-class-sets', 'QuotaClasses'],
  ['os-quota-sets', 'Quotas'],
  ['os-rescue'],
  ['os-security-groups'],
  ['os-server-diagnostics'],
  ['os-server-external-events'],
  ['os-server-group-quotas'],
  ['os-server-groups'],
  ['os-server-list-multi-status'],
  ['os-server-password'],
  ['os-server-sort-keys'],
  ['os-server-start-stop'],
  ['os-services'],
  ['os-shelve'],
  ['os-simple-tenant-usage'],
  ['os-suspend-server'],
  ['os-tenant-networks', 'OSTenantNetworks'],
  ['os-used-limits'],
  ['os-used-limits-for-admin'],
  ['os-user-data'],
  ['os-user-quotas'],
  ['os-volume-attachment-update'],
  ['os-volumes'],
];

const camelCase = (alias: string): string =>
  alias
    .replace(/^os-/, '')
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

export interface Extension {
  readonly alias: string;
  readonly name: string;
  readonly description: string;
  readonly links: readonly never[];
  readonly namespace: string;
  readonly updated: string;
}

/** Fixed: since microversions, the list says nothing about what is there. Old clients look for single aliases in it. */
export const EXTENSIONS: readonly Extension[] = ALIASES.map(([alias, name]) => ({
  alias,
  name: name ?? camelCase(alias),
  description: '',
  links: [],
  namespace: 'http://docs.openstack.org/compute/ext/fake_xml',
  updated: '2014-12-03T00:00:00Z',
}));
