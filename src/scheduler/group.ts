import type { Filter, Weigher } from './request.js';

/** Policies of server groups (nova-api.md 5.10): the hard ones are a filter, the soft ones a weigher. */

export const groupFilter: Filter = (c, { group }) => {
  if (group === undefined) return null;
  const here = group.members.get(c.host.name) ?? 0;
  if (group.policy === 'affinity' && group.members.size > 0 && here === 0) return 'the server group is on another host';
  return group.policy === 'anti-affinity' && here >= group.maxPerHost
    ? `it has ${here} of the server group already`
    : null;
};

export const groupWeigher: Weigher = (c, { group }) => {
  const here = group?.members.get(c.host.name) ?? 0;
  if (group?.policy === 'soft-affinity') return here;
  return group?.policy === 'soft-anti-affinity' ? -here : 0;
};
