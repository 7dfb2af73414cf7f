import type { Filter } from './request.js';

/** What of a host is free. */

const round = (n: number): number => Math.max(0, Math.round(n * 100) / 100);

/** One container never gets more than the host really has, whatever the ratio: the engine would refuse it. */
export const cpu: Filter = (c, r, x) => {
  if (r.cpus > c.host.info.cpus) return `it has ${c.host.info.cpus} CPUs`;
  return r.cpus + c.load.cpus > c.host.info.cpus * x.cpu
    ? `${round(c.host.info.cpus * x.cpu - c.load.cpus)} CPUs are left`
    : null;
};

export const memory: Filter = (c, r, x) => {
  const free = (c.host.info.memoryMb - x.reservedMemoryMb) * x.ram - c.load.memoryMb;
  return r.memoryMb > free ? `${Math.max(0, Math.floor(free))} MiB of memory are left` : null;
};

export const disk: Filter = (c, r, x) => {
  const free = c.host.info.diskGb * x.disk - c.load.diskGb;
  return r.diskGb > free ? `${Math.max(0, Math.floor(free))} GiB of disk are left` : null;
};
