import Joi from 'joi';
import { Invalid } from '#core/domain/errors.js';
import { pythonRepr } from '#core/http/joi-text.js';
import { fail, isStorable, perVersion } from './common.js';

/** Extra specs of flavors (nova-api.md 4.14, 5.3). */

export interface ExtraSpecsBody {
  readonly extra_specs: Readonly<Record<string, string>>;
}

const KEY = /^[a-zA-Z0-9-_:. ]{1,255}$/;
const MAX_VALUE = 255;

/** A string or a number, which is kept as a string. */
const value = (): Joi.Schema =>
  Joi.any().custom((given: unknown, helpers) => {
    if (typeof given !== 'string' && typeof given !== 'number') {
      return fail(helpers, `${pythonRepr(given)} is not of type 'string', 'number'`);
    }
    const text = String(given);
    if (text.length > MAX_VALUE) return fail(helpers, `${pythonRepr(given)} is too long`);
    return isStorable(text) ? text : fail(helpers, `${pythonRepr(given)} is not a 'printable'`);
  });

const VALIDATED_FROM = 86;

const specs = (minor: number): Joi.ObjectSchema<Record<string, string>> =>
  Joi.object<Record<string, string>>()
    .pattern(KEY, value())
    .custom((all: Readonly<Record<string, string>>) => {
      if (minor >= VALIDATED_FROM) for (const [key, text] of Object.entries(all)) checkSpec(key, text);
      return all;
    });

export const extraSpecsBody = perVersion((minor) =>
  Joi.object<ExtraSpecsBody>({ extra_specs: specs(minor).required() }).required(),
);

/** One item, `{key: value}`. */
export const oneExtraSpecBody = perVersion((minor) => specs(minor).min(1).max(1).required());

type Rule = (text: string) => boolean;
const integer =
  (min: number): Rule =>
  (text) =>
    /^-?\d{1,18}$/.test(text) && Number(text) >= min;
const oneOf =
  (...words: string[]): Rule =>
  (text) =>
    words.includes(text);
const boolean: Rule = (text) => /^(1|t|true|on|y|yes|0|f|false|off|n|no)$/i.test(text);
const cpuSet: Rule = (text) => /^\^?\d+(-\d+)?(,\^?\d+(-\d+)?)*$/.test(text);

/** Names below `hw:` and what they take, as Nova's own registry has them. */
const HARDWARE: readonly (readonly [RegExp, Rule])[] = [
  [/^numa_nodes$/, integer(1)],
  [/^numa_cpus\.\d+$/, cpuSet],
  [/^numa_mem\.\d+$/, integer(1)],
  [/^(max_)?cpu_(sockets|cores|threads)$/, integer(1)],
  [/^cpu_policy$/, oneOf('dedicated', 'shared', 'mixed')],
  [/^cpu_thread_policy$/, oneOf('prefer', 'isolate', 'require')],
  [/^cpu_dedicated_mask$/, (text) => cpuSet(text.replace(/^\^/, ''))],
  [/^cpu_realtime$/, boolean],
  [/^cpu_realtime_mask$/, (text) => cpuSet(text.replace(/^\^/, ''))],
  [/^emulator_threads_policy$/, oneOf('isolate', 'share')],
  [/^mem_page_size$/, (text) => /^(large|small|any|\d+([kKMGT]i?)?(b|bit|B)?)$/.test(text)],
  [/^serial_port_count$/, integer(0)],
  [/^watchdog_action$/, oneOf('none', 'pause', 'poweroff', 'reset', 'disabled')],
  [/^pci_numa_affinity_policy$/, oneOf('required', 'preferred', 'legacy', 'socket')],
  [/^(boot_menu|hide_hypervisor_id|locked_memory|mem_encryption|pmu|vif_multiqueue_enabled)$/, boolean],
  [/^(virtio_packed_ring|tpm_secret_security|ephemeral_encryption)$/, boolean],
  [/^(tpm_version|tpm_model|viommu_model|input_bus|pmem|mem_encryption_model|maxphysaddr_mode)$/, () => true],
  [/^maxphysaddr_bits$/, integer(0)],
];

/** Names below `quota:`. */
const QUOTA: readonly (readonly [RegExp, Rule])[] = [
  [/^cpu_(shares|limit|reservation)$/, integer(0)],
  [/^cpu_period$/, (text) => integer(0)(text) && Number(text) <= 1_000_000],
  // A negative quota is none.
  [/^cpu_quota$/, integer(-1)],
  [/^cpu_shares_level$/, oneOf('custom', 'high', 'normal', 'low')],
  [/^disk_(read|write|total)_(bytes|iops)_sec(_max(_length)?)?$/, integer(0)],
  [/^(disk_io|memory|vif)_(limit|reservation|shares_share)$/, integer(0)],
  [/^(disk_io|memory|vif)_shares_level$/, oneOf('custom', 'high', 'normal', 'low')],
  [/^vif_(inbound|outbound)_(average|peak|burst)$/, integer(0)],
];

const REGISTRY: Readonly<Record<string, readonly (readonly [RegExp, Rule])[]>> = { hw: HARDWARE, quota: QUOTA };

/** Other namespaces than those of the registry are anybody's. @throws Invalid */
function checkSpec(key: string, text: string): void {
  const [, namespace = '', rest = ''] = /^([^:]+):(.*)$/.exec(key) ?? [];
  const known = Object.hasOwn(REGISTRY, namespace) ? REGISTRY[namespace] : undefined;
  if (known === undefined) return;
  const rule = known.find(([pattern]) => pattern.test(rest))?.[1];
  if (rule === undefined) {
    throw new Invalid(`Validation failed; extra spec '${key}' does not appear in the extra spec registry.`, key);
  }
  if (!rule(text)) {
    throw new Invalid(`Validation failed; '${text}' is not a valid value of the extra spec '${key}'.`, key);
  }
}
