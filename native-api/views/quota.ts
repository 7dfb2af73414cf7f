import type { ProjectUsage, QuotaLimits } from '#core/domain/records.js';

/** Limits of a project (native-api.md 3.14). MiB, GiB, -1 = unlimited. */
export const quotaView = ({ containers, memory, cpu, disk }: QuotaLimits): Readonly<Record<string, number>> => ({
  containers,
  memory,
  cpu,
  disk,
});

interface LimitAndUse {
  readonly limit: number;
  readonly in_use: number;
}

export const quotaUsageView = (limits: QuotaLimits, usage: ProjectUsage): Readonly<Record<string, LimitAndUse>> => ({
  containers: { limit: limits.containers, in_use: usage.containers },
  memory: { limit: limits.memory, in_use: usage.memoryMb },
  cpu: { limit: limits.cpu, in_use: usage.cpus },
  disk: { limit: limits.disk, in_use: usage.diskGb },
});
