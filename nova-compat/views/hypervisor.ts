import type { HostUsage } from '#core/domain/host.js';
import type { MicroVersion } from '#core/http/version.js';

/** Ids are numbers until 2.52, uuids from 2.53. */
export const hypervisorId = (h: HostUsage, version: MicroVersion): number | string =>
  version.atLeast(53) ? h.uuid : h.id;

export interface HostedServer {
  readonly name: string;
  readonly uuid: string;
}

export const briefHypervisor = (
  h: HostUsage,
  version: MicroVersion,
  servers: readonly HostedServer[] | null,
): Record<string, unknown> => ({
  id: hypervisorId(h, version),
  hypervisor_hostname: h.name,
  state: h.up ? 'up' : 'down',
  status: h.enabled ? 'enabled' : 'disabled',
  // Absent when there are none, until 2.75.
  ...(servers !== null && (servers.length > 0 || version.atLeast(75)) && { servers }),
});

/** All members (nova-api.md 4.18). From 2.88 the figures of its load are gone. */
export function hypervisorView(
  h: HostUsage,
  version: MicroVersion,
  servers: readonly HostedServer[] | null,
  now: Date,
): Record<string, unknown> {
  return {
    ...briefHypervisor(h, version, servers),
    hypervisor_type: 'docker',
    hypervisor_version: versionNumber(h.info.version),
    host_ip: h.address,
    service: {
      id: version.atLeast(53) ? h.serviceUuid : h.serviceId,
      host: h.name,
      disabled_reason: h.disabledReason,
    },
    ...(version.atLeast(88) ? { uptime: uptimeText(h, now) } : { ...totalLoad([h]), cpu_info: cpuInfo(h, version) }),
  };
}

/** `20.10.24` as 20010024: an integer is required, whatever the engine calls itself. */
export function versionNumber(text: string): number {
  const [, major = 0, minor = 0, patch = 0] = (/^(\d+)\.(\d+)(?:\.(\d+))?/.exec(text) ?? []).map(Number);
  return major * 1_000_000 + minor * 1000 + (Number.isNaN(patch) ? 0 : patch);
}

const LOAD = {
  vcpus: (h) => h.info.cpus,
  memory_mb: (h) => h.info.memoryMb,
  local_gb: (h) => h.info.diskGb,
  vcpus_used: (h) => Math.ceil(h.cpusUsed),
  memory_mb_used: (h) => h.memoryUsedMb,
  local_gb_used: (h) => h.diskUsedGb,
  free_ram_mb: (h) => h.info.memoryMb - h.memoryUsedMb,
  free_disk_gb: (h) => h.info.diskGb - h.diskUsedGb,
  current_workload: () => 0,
  running_vms: (h) => h.containers,
  disk_available_least: (h) => h.info.diskGb - h.diskUsedGb,
} as const satisfies Record<string, (h: HostUsage) => number>;

/** Sums over hosts of the figures of their load. */
export const totalLoad = (hosts: readonly HostUsage[]): Record<string, number> =>
  Object.fromEntries(Object.entries(LOAD).map(([key, of]) => [key, hosts.reduce((sum, h) => sum + of(h), 0)]));

/** Must be JSON, also where it is a string: gophercloud parses it. */
function cpuInfo(h: HostUsage, version: MicroVersion): unknown {
  const info = {
    arch: h.info.architecture,
    model: '',
    vendor: '',
    features: [],
    topology: { cores: h.info.cpus, threads: 1, sockets: 1 },
  };
  return version.atLeast(28) ? info : JSON.stringify(info);
}

const two = (n: number): string => String(n).padStart(2, '0');

/** In the manner of the command `uptime`: ` 08:32:11 up 93 days, 18:25`. null: the host's agent does not say. */
export function uptimeText(h: HostUsage, now: Date): string | null {
  if (h.info.bootedAt === undefined) return null;
  const minutes = Math.max(0, Math.floor((now.getTime() - new Date(h.info.bootedAt).getTime()) / 60_000));
  const days = Math.floor(minutes / 1440);
  const shown = days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `;
  const clock = now.toISOString().slice(11, 19);
  return ` ${clock} up ${shown}${Math.floor((minutes % 1440) / 60)}:${two(minutes % 60)}`;
}
