import { NoValidHost } from '#core/domain/errors.js';
import type { Host } from '#core/domain/host.js';

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
}

/** Why a host is out; null: it may stay. */
type Filter = (c: Candidate, r: SchedulerRequest, ratios: Ratios) => string | null;

const requestedHost: Filter = (c, r) =>
  r.host !== null && r.host !== c.host.name ? 'another host was requested' : null;
const service: Filter = (c) => (!c.host.enabled ? 'its service is disabled' : !c.alive ? 'its service is down' : null);
const zone: Filter = (c, r) =>
  r.zone !== null && r.zone !== c.host.availabilityZone ? `it is in zone ${c.host.availabilityZone}` : null;
const runtime: Filter = (c, r) =>
  r.runtime !== null && !c.host.info.runtimes.includes(r.runtime) ? `it has no runtime ${r.runtime}` : null;
/** One container never gets more than the host really has, whatever the ratio: the engine would refuse it. */
const cpu: Filter = (c, r, x) => {
  if (r.cpus > c.host.info.cpus) return `it has ${c.host.info.cpus} CPUs`;
  return r.cpus + c.load.cpus > c.host.info.cpus * x.cpu
    ? `${round(c.host.info.cpus * x.cpu - c.load.cpus)} CPUs are left`
    : null;
};
const memory: Filter = (c, r, x) => {
  const free = (c.host.info.memoryMb - x.reservedMemoryMb) * x.ram - c.load.memoryMb;
  return r.memoryMb > free ? `${Math.max(0, Math.floor(free))} MiB of memory are left` : null;
};
const disk: Filter = (c, r, x) => {
  const free = c.host.info.diskGb * x.disk - c.load.diskGb;
  return r.diskGb > free ? `${Math.max(0, Math.floor(free))} GiB of disk are left` : null;
};
const hints: Filter = (c, r) => {
  if (r.sameHosts !== null && !r.sameHosts.includes(c.host.name)) return 'the hint same_host names another host';
  return r.differentHosts.includes(c.host.name) ? 'the hint different_host forbids it' : null;
};
const labels: Filter = (c, r) => {
  const missing = Object.entries(r.labels ?? {}).find(([name, value]) => c.host.info.labels[name] !== value);
  return missing === undefined ? null : `it has no label ${missing[0]}=${missing[1]}`;
};

const FILTERS: readonly Filter[] = [requestedHost, service, zone, runtime, cpu, memory, disk, hints, labels];
const round = (n: number): number => Math.max(0, Math.round(n * 100) / 100);

/**
 * Picks the host with the most free memory among those that pass all filters. Pure: claims are the caller's, in its transaction.
 * @throws NoValidHost with the reason for each host
 */
export function schedule(candidates: readonly Candidate[], request: SchedulerRequest, ratios: Ratios): Candidate {
  const reasons: string[] = [];
  const passed = candidates.filter((c) => {
    const reason = FILTERS.map((f) => f(c, request, ratios)).find((x) => x !== null);
    if (reason != null) reasons.push(`${c.host.name}: ${reason}.`);
    return reason == null;
  });
  const free = (c: Candidate): number => c.host.info.memoryMb - c.load.memoryMb;
  const best = passed.sort((a, b) => free(b) - free(a))[0];
  if (best === undefined) throw new NoValidHost(reasons);
  return best;
}
