import type { Host } from '#core/domain/host.js';
import type { GroupPolicy } from '#core/domain/server-group.js';

/** How far the resources of a host may be promised beyond what it has. */
export interface Ratios {
  readonly cpu: number;
  readonly ram: number;
  readonly disk: number;
  readonly reservedMemoryMb: number;
}

export interface HostLoad {
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  readonly containers: number;
}

export interface Candidate {
  readonly host: Host;
  readonly load: HostLoad;
  readonly alive: boolean;
}

/** The server group that the container is to be in. */
export interface GroupRequest {
  readonly policy: GroupPolicy;
  /** Members that anti-affinity allows on one host. */
  readonly maxPerHost: number;
  /** Members that each host has; hosts without any are not in it. */
  readonly members: ReadonlyMap<string, number>;
}

export interface SchedulerRequest {
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  readonly runtime: string | null;
  readonly zone: string | null;
  readonly host: string | null;
  /** Hosts that the hints ask for, or forbid. */
  readonly sameHosts: readonly string[] | null;
  readonly differentHosts: readonly string[];
  /** Labels that the host's engine must have. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly group?: GroupRequest;
}

/** Why a host is out; null: it may stay. */
export type Filter = (c: Candidate, r: SchedulerRequest, ratios: Ratios) => string | null;

/** How good a host is: the more, the better. Only the order counts. */
export type Weigher = (c: Candidate, r: SchedulerRequest) => number;
