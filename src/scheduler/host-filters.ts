import type { Filter } from './request.js';

/** What a host is, and what the request says about it. */

export const requestedHost: Filter = (c, r) =>
  r.host !== null && r.host !== c.host.name ? 'another host was requested' : null;

export const service: Filter = (c) =>
  !c.host.enabled ? 'its service is disabled' : !c.alive ? 'its service is down' : null;

export const zone: Filter = (c, r) =>
  r.zone !== null && r.zone !== c.host.availabilityZone ? `it is in zone ${c.host.availabilityZone}` : null;

export const runtime: Filter = (c, r) =>
  r.runtime !== null && !c.host.info.runtimes.includes(r.runtime) ? `it has no runtime ${r.runtime}` : null;

export const hints: Filter = (c, r) => {
  if (r.sameHosts !== null && !r.sameHosts.includes(c.host.name)) return 'the hint same_host names another host';
  return r.differentHosts.includes(c.host.name) ? 'the hint different_host forbids it' : null;
};

export const labels: Filter = (c, r) => {
  const missing = Object.entries(r.labels ?? {}).find(([name, value]) => c.host.info.labels[name] !== value);
  return missing === undefined ? null : `it has no label ${missing[0]}=${missing[1]}`;
};
