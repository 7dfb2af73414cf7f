import type { Container } from '#core/domain/container.js';
import type { Flavor } from '#core/domain/records.js';
import type { FlavorSnapshot } from '#core/domain/spec.js';

/** Flavors of containers that were made without one, through the native API (nova-api.md 5.13): `c-<milli-CPUs>-<MiB>-<GiB>`. */
const ID = /^c-(0|[1-9]\d{0,8})-(0|[1-9]\d{0,8})-(0|[1-9]\d{0,8})$/;

export interface Sizes {
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

export function syntheticFlavor({ cpus, memoryMb, diskGb }: Sizes): FlavorSnapshot {
  const id = `c-${Math.round(cpus * 1000)}-${memoryMb}-${diskGb}`;
  return {
    id,
    name: id,
    vcpus: Math.max(1, Math.ceil(cpus)),
    ramMb: memoryMb,
    diskGb,
    ephemeralGb: 0,
    swapMb: 0,
    extraSpecs: {},
  };
}

/** The flavor that such an id means, as a record that nobody lists; null when the id has another form. */
export function syntheticFlavorById(id: string): Flavor | null {
  const [, milli, memory, disk] = ID.exec(id) ?? [];
  if (milli === undefined || memory === undefined || disk === undefined) return null;
  const made = syntheticFlavor({ cpus: Number(milli) / 1000, memoryMb: Number(memory), diskGb: Number(disk) });
  return {
    flavorId: made.id,
    name: made.name,
    vcpus: made.vcpus,
    ramMb: made.ramMb,
    diskGb: made.diskGb,
    ephemeralGb: 0,
    swapMb: 0,
    rxtxFactor: 1,
    isPublic: false,
    disabled: false,
    description: null,
    extraSpecs: {},
    createdAt: new Date(0),
  };
}

export const snapshotOf = (f: Flavor): FlavorSnapshot => ({
  id: f.flavorId,
  name: f.name,
  vcpus: f.vcpus,
  ramMb: f.ramMb,
  diskGb: f.diskGb,
  ephemeralGb: f.ephemeralGb,
  swapMb: f.swapMb,
  extraSpecs: f.extraSpecs,
});

/** The flavor of a container: its own, else one of `flavors` with exactly its sizes, else a made-up one. */
export function flavorOf(c: Container, flavors: readonly Flavor[]): FlavorSnapshot {
  if (c.server.flavor !== null) return c.server.flavor;
  const { cpus, memoryMb, diskGb } = c.spec.limits;
  const same = flavors.find(
    (f) => f.vcpus === cpus && f.ramMb === memoryMb && f.diskGb === diskGb && f.ephemeralGb === 0 && f.swapMb === 0,
  );
  return same === undefined ? syntheticFlavor({ cpus, memoryMb, diskGb }) : snapshotOf(same);
}
