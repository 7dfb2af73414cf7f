import { randomUUID } from 'node:crypto';
import type { ResourceLimits } from '#core/domain/spec.js';
import type { EngineContainer } from '#core/runtime/driver.js';
import { BUSYBOX } from './busybox.js';

const noLimits: ResourceLimits = { cpus: 0, memoryMb: 0, swapMb: 0, diskGb: 0, pids: null, shmMb: null };

/** A container without network that sleeps, ends at once on SIGTERM, and has a uuid of its own. */
export function engineContainer(
  overrides: Partial<Omit<EngineContainer, 'limits'>> & { readonly limits?: Partial<ResourceLimits> } = {},
): EngineContainer {
  return {
    uuid: randomUUID(),
    projectId: 'project-1',
    generation: 1,
    hostname: 'box',
    image: BUSYBOX,
    command: ['sleep', '600'],
    entrypoint: null,
    environment: {},
    labels: {},
    workdir: null,
    user: null,
    tty: false,
    interactive: false,
    // As process 1 of its namespace sleep would ignore SIGTERM.
    init: true,
    runtime: null,
    privileged: false,
    restartPolicy: null,
    healthcheck: null,
    exposedPorts: [],
    autoRemove: false,
    stopSignal: null,
    stopTimeout: null,
    endpoints: [],
    ...overrides,
    limits: { ...noLimits, ...overrides.limits },
  };
}
