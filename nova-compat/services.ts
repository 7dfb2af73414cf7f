import { hostname } from 'node:os';
import type { HostUsage } from '#core/domain/host.js';

/** A row of `/os-services`: what Nova's processes are here (nova-api.md 4.18). */
export interface ServiceRow {
  readonly id: number;
  readonly uuid: string;
  readonly binary: 'nova-compute' | 'nova-scheduler' | 'nova-conductor';
  readonly host: string;
  readonly zone: string;
  readonly enabled: boolean;
  readonly up: boolean;
  readonly updatedAt: Date;
  readonly disabledReason: string | null;
  readonly forcedDown: boolean;
}

/** Zone of the services that run no servers. */
export const INTERNAL_ZONE = 'internal';

/** Ids of rows that no table has; beyond those that hosts get. */
const CONTROL = [
  { binary: 'nova-scheduler', id: 2_000_000_001, uuid: '6f3b7c52-0c1e-5a4d-9f57-0d3a51b6a101' },
  { binary: 'nova-conductor', id: 2_000_000_002, uuid: '6f3b7c52-0c1e-5a4d-9f57-0d3a51b6a102' },
] as const;

const compute = (h: HostUsage): ServiceRow => ({
  id: h.serviceId,
  uuid: h.serviceUuid,
  binary: 'nova-compute',
  host: h.name,
  zone: h.availabilityZone,
  enabled: h.enabled,
  up: h.up,
  updatedAt: h.lastSeenAt,
  disabledReason: h.disabledReason,
  forcedDown: h.forcedDown,
});

/**
 * One `nova-compute` for each host. The work of scheduler and conductor is done by the process that answers, so it can say of itself
 * that they are up.
 */
export const servicesOf = (hosts: readonly HostUsage[], now: Date): ServiceRow[] => [
  ...CONTROL.map(({ binary, id, uuid }) => ({
    id,
    uuid,
    binary,
    host: hostname(),
    zone: INTERNAL_ZONE,
    enabled: true,
    up: true,
    updatedAt: now,
    disabledReason: null,
    forcedDown: false,
  })),
  ...hosts.map(compute),
];
