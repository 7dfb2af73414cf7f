import { Ambiguous, AmbiguousNetwork, NotFound, type ResourceKind } from '#core/domain/errors.js';
import { NoNetworkAvailable } from '#core/domain/network-errors.js';
import type { Network } from '#core/store/networks.js';

/**
 * The one object that an id or a name means; an id wins over a name.
 * @throws NotFound, Ambiguous
 */
export function byIdOrName<T extends { readonly id: string; readonly name: string }>(
  kind: ResourceKind,
  candidates: readonly T[],
  wanted: string,
): T {
  const byId = candidates.find((c) => c.id === wanted.toLowerCase());
  if (byId !== undefined) return byId;
  const [first, ...more] = candidates.filter((c) => c.name === wanted);
  if (first === undefined) throw new NotFound(kind, wanted);
  if (more.length > 0) throw new Ambiguous(kind, wanted);
  return first;
}

/** A container can have an address there. */
const usable = (n: Network): boolean => n.adminStateUp && n.subnets.length > 0;

/**
 * Nova's `auto`: the only usable network, null when there is none.
 * @throws AmbiguousNetwork when there are several
 */
export function onlyNetwork(visible: readonly Network[]): Network | null {
  const [first, ...more] = visible.filter(usable);
  if (more.length > 0) {
    throw new AmbiguousNetwork('Multiple possible networks found, use a Network ID to be more specific.');
  }
  return first ?? null;
}

/**
 * Zun's choice when a request names no network: the oldest of the project's own, else the oldest shared one.
 * `visible` is in the order of creation.
 * @throws NoNetworkAvailable
 */
export function defaultNetwork(visible: readonly Network[], projectId: string): Network {
  const candidates = visible.filter(usable);
  const network = candidates.find((n) => n.projectId === projectId && !n.shared) ?? candidates.find((n) => n.shared);
  if (network === undefined) throw new NoNetworkAvailable();
  return network;
}
