import type { Healthcheck, ResourceLimits } from '#core/domain/spec.js';
import type { DriverIdentity, EngineContainer, EngineEndpoint } from '#core/runtime/driver.js';
import { containerLabels } from './names.js';

const MIB = 1024 ** 2;
const NANO = 1e9;

/** What the engine gets for processor and memory. A limit of 0 leaves the member out: no limit. */
export function limitMembers(limits: Pick<ResourceLimits, 'cpus' | 'memoryMb' | 'swapMb'>): Record<string, number> {
  return {
    // Not cut to what the host has: the engine refuses more, and that is what the user must hear.
    ...(limits.cpus > 0
      ? { NanoCpus: Math.round(limits.cpus * NANO), CpuShares: Math.max(2, Math.round(1024 * limits.cpus)) }
      : {}),
    ...(limits.memoryMb > 0
      ? { Memory: limits.memoryMb * MIB, MemorySwap: (limits.memoryMb + limits.swapMb) * MIB }
      : {}),
  };
}

const healthMember = (check: Healthcheck): Record<string, unknown> => ({
  Test: ['CMD-SHELL', check.test],
  ...(check.interval === undefined ? {} : { Interval: Math.round(check.interval * NANO) }),
  ...(check.timeout === undefined ? {} : { Timeout: Math.round(check.timeout * NANO) }),
  ...(check.retries === undefined ? {} : { Retries: check.retries }),
});

/**
 * Docker's EndpointSettings. `priority`: the highest becomes the default route. Below API 1.44 the engine ignores `MacAddress`
 * here, and below 1.48 `GwPriority`.
 */
export function endpointMember(endpoint: EngineEndpoint, priority: number): Record<string, unknown> {
  return {
    IPAMConfig: {
      ...(endpoint.ipv4 === null ? {} : { IPv4Address: endpoint.ipv4 }),
      ...(endpoint.ipv6 === null ? {} : { IPv6Address: endpoint.ipv6 }),
    },
    MacAddress: endpoint.macAddress,
    GwPriority: priority,
  };
}

const unless = (value: unknown, name: string): Record<string, unknown> => (value === null ? {} : { [name]: value });

/**
 * The body of Docker's "create container". Only the first endpoint is in it: engines below API 1.44 take one at most.
 * @param diskQuota the engine can bound the writable layer; where it cannot, `diskGb` is left out
 */
export function createBody(want: EngineContainer, identity: DriverIdentity, diskQuota: boolean): object {
  const [first] = want.endpoints;
  const { limits } = want;
  return {
    Image: want.image,
    Hostname: want.hostname,
    ...unless(want.command, 'Cmd'),
    ...unless(want.entrypoint, 'Entrypoint'),
    Env: Object.entries(want.environment).map(([name, value]) => `${name}=${value}`),
    Labels: containerLabels(identity, want),
    ...unless(want.workdir, 'WorkingDir'),
    ...unless(want.user, 'User'),
    Tty: want.tty,
    OpenStdin: want.interactive,
    // With StdinOnce the process would lose its input for good when the first client leaves.
    StdinOnce: false,
    ...unless(want.healthcheck && healthMember(want.healthcheck), 'Healthcheck'),
    ExposedPorts: Object.fromEntries(want.exposedPorts.map((port) => [port, {}])),
    ...unless(want.stopSignal, 'StopSignal'),
    ...unless(want.stopTimeout, 'StopTimeout'),
    // Below API 1.44 the only place for a MAC address; later it must equal that of the first endpoint.
    ...(first ? { MacAddress: first.macAddress } : {}),
    HostConfig: {
      ...limitMembers(limits),
      ...unless(limits.pids, 'PidsLimit'),
      ...(limits.shmMb === null ? {} : { ShmSize: limits.shmMb * MIB }),
      ...(diskQuota && limits.diskGb > 0 ? { StorageOpt: { size: `${limits.diskGb}G` } } : {}),
      ...unless(want.runtime, 'Runtime'),
      NetworkMode: first?.network ?? 'none',
      Privileged: want.privileged,
      // A privileged container may do as it likes anyway; the option would only break its su and sudo.
      SecurityOpt: want.privileged ? [] : ['no-new-privileges'],
      Init: want.init,
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      RestartPolicy: {
        Name: want.restartPolicy?.name ?? 'no',
        MaximumRetryCount: want.restartPolicy?.name === 'on-failure' ? want.restartPolicy.maximumRetryCount : 0,
      },
      AutoRemove: want.autoRemove,
    },
    ...(first
      ? { NetworkingConfig: { EndpointsConfig: { [first.network]: endpointMember(first, want.endpoints.length) } } }
      : {}),
  };
}
