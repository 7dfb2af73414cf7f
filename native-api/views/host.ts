import type { HostUsage } from '#core/domain/host.js';
import { type Link, linksOf } from './links.js';
import { isoMicros } from './times.js';

/** A compute host (native-api.md 3.10). MiB and GiB. */
export interface HostView {
  readonly uuid: string;
  readonly links: readonly Link[];
  readonly hostname: string;
  readonly mem_total: number;
  readonly mem_used: number;
  readonly cpus: number;
  readonly cpu_used: number;
  readonly disk_total: number;
  readonly disk_used: number;
  readonly disk_quota_supported: boolean;
  readonly total_containers: number;
  readonly architecture: string;
  readonly os_type: string;
  readonly os: string;
  readonly kernel_version: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly runtimes: readonly string[];
  readonly enable_cpu_pinning: boolean;
}

export const hostView = (h: HostUsage, baseUrl: string): HostView => ({
  uuid: h.uuid,
  links: linksOf(baseUrl, 'hosts', h.uuid),
  hostname: h.name,
  mem_total: h.info.memoryMb,
  mem_used: h.memoryUsedMb,
  cpus: h.info.cpus,
  cpu_used: h.cpusUsed,
  disk_total: h.info.diskGb,
  disk_used: h.diskUsedGb,
  disk_quota_supported: h.info.diskQuota,
  total_containers: h.containers,
  architecture: h.info.architecture,
  os_type: h.info.osType,
  os: h.info.os,
  kernel_version: h.info.kernel,
  labels: h.info.labels,
  runtimes: h.info.runtimes,
  enable_cpu_pinning: false,
});

/** Name of every agent's service. */
export const BINARY = 'zun-compute';

/** The agent of a host, under the name that operators know (native-api.md 3.11). */
export interface ServiceView {
  readonly id: number;
  readonly host: string;
  readonly binary: typeof BINARY;
  readonly state: 'up' | 'down';
  readonly disabled: boolean;
  readonly disabled_reason: string | null;
  readonly last_seen_up: string;
  readonly forced_down: boolean;
  readonly report_count: number;
  readonly availability_zone: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export const serviceView = (h: HostUsage): ServiceView => ({
  id: h.serviceId,
  host: h.name,
  binary: BINARY,
  state: h.up ? 'up' : 'down',
  disabled: !h.enabled,
  disabled_reason: h.disabledReason,
  last_seen_up: isoMicros(h.lastSeenAt),
  forced_down: h.forcedDown,
  report_count: h.reportCount,
  availability_zone: h.availabilityZone,
  created_at: isoMicros(h.createdAt),
  updated_at: isoMicros(h.updatedAt),
});
