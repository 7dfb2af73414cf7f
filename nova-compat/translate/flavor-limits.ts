import type { Flavor } from '#core/domain/records.js';
import type { ResourceLimits } from '#core/domain/spec.js';
import { badRequest } from '../refusal.js';
import { booleanWord } from './words.js';

/** What a flavor sets on a container (nova-api.md 5.3). */
export interface FlavorSettings {
  readonly limits: ResourceLimits;
  readonly runtime: string | null;
  readonly privileged: boolean;
  readonly init: boolean | null;
  readonly tty: boolean | null;
}

/** Extra specs that a container cannot be given: a server that looks limited and is not would be a lie. */
const UNSUPPORTED = /^(quota:(cpu_shares|disk_(read|write)_(bytes|iops)_sec)|container:(ulimit\..+|cap_add|cap_drop))$/;

/** @throws Refusal 400 for extra specs with bad values, or that no container can have */
export function flavorSettings(f: Flavor): FlavorSettings {
  const specs = f.extraSpecs;
  const unsupported = Object.keys(specs).find((key) => UNSUPPORTED.test(key));
  if (unsupported !== undefined) throw badRequest(`The extra spec ${unsupported} is not supported for containers.`);
  if (specs['hw:cpu_policy'] === 'dedicated') {
    throw badRequest('The extra spec hw:cpu_policy=dedicated is not supported for containers.');
  }
  return {
    limits: {
      cpus: cpus(f),
      memoryMb: f.ramMb,
      swapMb: f.swapMb,
      diskGb: f.diskGb,
      pids: integer(f, 'container:pids_limit'),
      shmMb: integer(f, 'container:shm_size'),
    },
    runtime: specs['container:runtime'] ?? null,
    privileged: boolean(f, 'container:privileged') ?? false,
    init: boolean(f, 'container:init'),
    tty: boolean(f, 'container:tty'),
  };
}

const DEFAULT_PERIOD = 100_000;

/** A quota and its period in microseconds override the number of CPUs. */
function cpus(f: Flavor): number {
  const quota = integer(f, 'quota:cpu_quota');
  const period = integer(f, 'quota:cpu_period') ?? DEFAULT_PERIOD;
  return quota === null ? f.vcpus : Math.round((quota / period) * 1000) / 1000;
}

function integer(f: Flavor, key: string): number | null {
  const text = f.extraSpecs[key];
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw badRequest(`Invalid value ${text} of the extra spec ${key}.`);
  return Number(text);
}

function boolean(f: Flavor, key: string): boolean | null {
  const text = f.extraSpecs[key];
  if (text === undefined) return null;
  const value = booleanWord(text);
  if (value === null) throw badRequest(`Invalid value ${text} of the extra spec ${key}.`);
  return value;
}
