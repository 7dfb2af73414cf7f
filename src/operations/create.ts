import type { Container, PortBinding } from '#core/domain/container.js';
import { EngineRefused } from '#core/domain/errors.js';
import type { EngineContainer, EngineEndpoint, EngineImage } from '#core/runtime/driver.js';
import { FIRST_START, withFirstStart } from './first-start.js';
import { portNumbers } from './observation.js';
import type { Plan, Prepared, Step, StepContext } from './step.js';

const network: Step<'create'> = {
  name: 'network',
  relaxed: true,
  run: async ({ parts, container }) => {
    const { uuid, projectId, hostname, host, spec } = container;
    const ports = await parts.networks.bind(
      { uuid, projectId, hostname, networks: spec.networks, securityGroups: spec.securityGroups },
      host ?? '',
    );
    return { ports };
  },
  undo: async ({ parts, container }) => {
    await parts.networks.release(container.uuid);
    return { ports: [] };
  },
};

const image: Step<'create'> = {
  name: 'image',
  relaxed: true,
  run: async (context) => ({ prepared: await prepare(context) }),
};

/** Makes the networks that the container needs on the engine, while its image is looked for or fetched. */
async function prepare({ parts, container, signal }: StepContext): Promise<Prepared> {
  const wire = async (port: PortBinding): Promise<EngineEndpoint> => {
    const { network: wanted, endpoint } = await parts.networks.wiring(port);
    await parts.driver.ensureNetwork(wanted, { signal });
    return endpoint;
  };
  const [found, ...endpoints] = await Promise.all([
    parts.images.ensure(parts.driver, container.spec.image, signal),
    ...container.ports.map(wire),
  ]);
  return { image: found, endpoints };
}

const engineContainer: Step<'create'> = {
  name: 'container',
  keeps: true,
  run: (context) => makeEngineContainer(context),
  undo: async ({ parts, container, signal }) => {
    await parts.driver.remove(container.uuid, { signal });
    return { facts: { engineId: null, engineCreatedAt: null } };
  },
};

/** Starts what is created. The state turns to running here, before any exit of the process is looked at (nova-api.md 4.2). */
const start: Step<'create'> = {
  name: 'start',
  relaxed: true,
  run: async (context) => {
    if (!context.operation.args.start) return undefined;
    try {
      return await startEngineContainer(context);
    } catch (error) {
      const interrupted = context.operation.attempt > 1;
      if (!interrupted || !(error instanceof EngineRefused) || error.kind !== 'failed') throw error;
      // An engine that died in the middle of the first start can leave half of it behind, which makes every other one fail. A
      // container that never ran has nothing to lose: made anew it has no past.
      context.log.warn({ err: error }, 'the start was refused after an interrupted one; the container is made anew');
      await context.parts.driver.remove(context.container.uuid, { signal: context.signal });
      const anew = await makeEngineContainer(context);
      const started = await startEngineContainer(context);
      return { facts: { ...anew.facts, ...started.facts } };
    }
  },
};

export const createPlan: Plan<'create'> = { steps: [network, image, engineContainer, start], failure: 'error' };

/** Steps that bring back a container which the engine has lost. */
export async function recreate(context: StepContext): Promise<ReturnType<typeof makeEngineContainer>> {
  return makeEngineContainer({ ...context, prepared: await prepare(context) });
}

async function makeEngineContainer({ parts, container, prepared, signal }: StepContext): Promise<{
  facts: {
    engineId: string;
    engineCreatedAt: Date;
    missingSince: null;
    startedAt: null;
    running: false;
    effective: Container['facts']['effective'];
  };
}> {
  if (prepared === null) throw new Error('no step has looked for the image');
  const { image: source, endpoints } = prepared;
  const { spec } = container;
  // The user's entrypoint resets the image's command, as in Docker.
  const command = spec.command ?? (spec.entrypoint === null ? source.command : []);
  const entrypoint = spec.entrypoint ?? source.entrypoint;
  const want = engineSpec(container, source, endpoints, parts.engine().diskQuota);
  const scripted = spec.files.some((f) => f.runAtFirstStart === true);
  const engineId = await parts.driver.create(
    scripted ? { ...want, entrypoint: [FIRST_START], command: [...entrypoint, ...command] } : want,
    { signal },
  );
  const files = withFirstStart(spec.files);
  if (files.length > 0) await parts.driver.putFiles(container.uuid, files, { signal });
  return {
    facts: {
      engineId,
      engineCreatedAt: container.facts.engineCreatedAt ?? new Date(),
      missingSince: null,
      startedAt: null,
      running: false,
      effective: {
        command,
        entrypoint,
        ports: portNumbers([...source.exposedPorts, ...spec.exposedPorts]),
        runtime: spec.runtime ?? parts.engine().defaultRuntime,
      },
    },
  };
}

/** @returns facts of a container that has just been started */
export async function startEngineContainer({
  parts,
  container,
  signal,
}: StepContext): Promise<{ facts: Partial<Container['facts']> }> {
  // Ports are active once they are wired, which the engine does before the process runs: nobody has to wait for the note of it.
  const noted = parts.networks.setActive(container.uuid, true).then(
    () => null,
    (error: unknown) => ({ error }),
  );
  try {
    await parts.starts.run(() => parts.driver.start(container.uuid, { signal }));
  } catch (error) {
    await noted;
    await parts.networks.setActive(container.uuid, false);
    throw error;
  }
  const failed = await noted;
  if (failed !== null) throw failed.error;
  const now = new Date();
  return {
    facts: {
      running: true,
      paused: false,
      restarting: false,
      dead: false,
      startedAt: now,
      launchedAt: container.facts.launchedAt ?? now,
      finishedAt: null,
      exitCode: null,
      oomKilled: false,
      stopRequested: false,
      missingSince: null,
      failure: null,
    },
  };
}

function engineSpec(
  c: Container,
  source: EngineImage,
  endpoints: readonly EngineEndpoint[],
  diskQuota: boolean,
): EngineContainer {
  const { spec } = c;
  // A flavor always has a disk size; where the engine cannot bound it, Nova users still expect their server.
  const diskGb = c.frontEnd === 'nova' && !diskQuota ? 0 : spec.limits.diskGb;
  // The driver would leave it out: somebody who asks for a limit is not given a container without.
  if (diskGb > 0 && !diskQuota) throw new EngineRefused('Your host does not support disk quota feature.', 'invalid');
  return {
    uuid: c.uuid,
    projectId: c.projectId,
    generation: c.generation,
    hostname: c.hostname,
    image: source.id,
    command: spec.command,
    entrypoint: spec.entrypoint,
    environment: spec.environment,
    labels: spec.labels,
    workdir: spec.workdir,
    user: spec.user,
    tty: spec.tty,
    interactive: spec.interactive,
    init: spec.init,
    limits: { ...spec.limits, diskGb },
    runtime: spec.runtime,
    privileged: spec.privileged,
    restartPolicy: spec.restartPolicy,
    healthcheck: spec.healthcheck,
    exposedPorts: spec.exposedPorts,
    autoRemove: spec.autoRemove,
    stopSignal: spec.stopSignal,
    stopTimeout: spec.stopTimeout,
    endpoints,
  };
}
