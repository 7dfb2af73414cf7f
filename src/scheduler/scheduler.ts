import { NoValidHost } from '#core/domain/errors.js';
import { groupFilter, groupWeigher } from './group.js';
import { hints, labels, requestedHost, runtime, service, zone } from './host-filters.js';
import type { Candidate, Filter, Ratios, SchedulerRequest, Weigher } from './request.js';
import { cpu, disk, memory } from './resource-filters.js';

/** In the order in which they give the reason that is told. */
const FILTERS: readonly Filter[] = [
  requestedHost,
  service,
  zone,
  runtime,
  cpu,
  memory,
  disk,
  hints,
  labels,
  groupFilter,
];

const freeMemory: Weigher = (c) => c.host.info.memoryMb - c.load.memoryMb;

/** The first that tells two hosts apart decides. */
const WEIGHERS: readonly Weigher[] = [groupWeigher, freeMemory];

/**
 * Picks the best of the hosts that pass all filters. Pure: claims are the caller's, in its transaction.
 * @throws NoValidHost with the reason for each host
 */
export function schedule(candidates: readonly Candidate[], request: SchedulerRequest, ratios: Ratios): Candidate {
  const reasons: string[] = [];
  const passed = candidates.filter((c) => {
    const reason = FILTERS.map((f) => f(c, request, ratios)).find((x) => x !== null);
    if (reason != null) reasons.push(`${c.host.name}: ${reason}.`);
    return reason == null;
  });
  const better = (a: Candidate, b: Candidate): number =>
    WEIGHERS.map((w) => w(b, request) - w(a, request)).find((difference) => difference !== 0) ?? 0;
  const [best] = passed.sort(better);
  if (best === undefined) throw new NoValidHost(reasons);
  return best;
}
