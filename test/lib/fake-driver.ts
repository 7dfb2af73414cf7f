import { randomUUID } from 'node:crypto';
import { EngineRefused, Unavailable } from '#core/domain/errors.js';
import { DeadlinePassed, withDeadline } from '#core/lib/deadline.js';
import type {
  CallOptions,
  DriverIdentity,
  EngineContainer,
  EngineEvent,
  EngineImage,
  EngineInfo,
  ListedContainer,
  Observation,
  RuntimeCapabilities,
  RuntimeDriver,
} from '#core/runtime/driver.js';
import { BUSYBOX } from './busybox.js';
import { FakeContainer } from './fake-container.js';

/** What is in a fake engine; several drivers may share it. */
export class FakeEngineState {
  readonly containers = new Map<string, FakeContainer>();
  readonly watchers = new Set<(container: FakeContainer, action: string) => void>();
  engineId = randomUUID();
}

/** The methods that the fake has, and that can be made to fail. */
type Faulty =
  | 'ping'
  | 'info'
  | 'create'
  | 'start'
  | 'stop'
  | 'kill'
  | 'pause'
  | 'unpause'
  | 'remove'
  | 'inspect'
  | 'list';

/**
 * - `hangs`: never answers; the call ends with its deadline and nothing has happened
 * - `loses the reply`: it happens, and the caller hears that the connection broke
 * - `cannot be reached`: nothing has happened, and the caller hears so at once
 */
export type Fault = 'hangs' | 'loses the reply' | 'cannot be reached';

const image: EngineImage = {
  id: 'sha256:fake',
  tags: [BUSYBOX],
  sizeBytes: 2_000_000,
  createdAt: new Date(0),
  command: ['/bin/sh'],
  entrypoint: [],
  exposedPorts: [],
  environment: { PATH: '/bin' },
};

/** True to what the fake can do, so that nothing else is asked of it. */
const capabilities: RuntimeCapabilities = {
  pause: true,
  exec: false,
  attach: false,
  liveResize: false,
  hotplugNetwork: false,
  liveArchive: false,
  stats: false,
  top: false,
  commit: false,
  healthcheck: false,
  restartPolicy: false,
};

/**
 * A RuntimeDriver in memory, for what a real engine cannot be made to do: hang in one call, lose one reply, list a part. It passes
 * the life-cycle part of the contract; whatever else is asked of it throws. Anything that a real engine can show is tested with one.
 */
export class FakeDriver implements RuntimeDriver {
  readonly name = 'fake';
  readonly #faults = new Map<Faulty, { fault: Fault; times: number }>();
  #hidden: ReadonlySet<string> = new Set();

  constructor(
    readonly identity: DriverIdentity,
    readonly engine = new FakeEngineState(),
  ) {}

  /** From now on, for the next `times` calls. */
  fault(method: Faulty, fault: Fault, times = Number.POSITIVE_INFINITY): void {
    this.#faults.set(method, { fault, times });
  }

  /** Makes `list` give a part, as no driver should: what callers do then is to be seen. */
  hideFromList(uuids: readonly string[]): void {
    this.#hidden = new Set(uuids);
  }

  heal(): void {
    this.#faults.clear();
    this.#hidden = new Set();
  }

  async #call<T>(method: Faulty, options: CallOptions | undefined, work: () => T): Promise<T> {
    options?.signal?.throwIfAborted();
    const planned = this.#faults.get(method);
    if (planned === undefined || planned.times < 1) return work();
    planned.times -= 1;
    if (planned.fault === 'cannot be reached') throw new Unavailable('engine', `fake: ${method} cannot be reached`);
    if (planned.fault === 'loses the reply') {
      work();
      throw new Unavailable('engine', `fake: the reply of ${method} was lost`);
    }
    try {
      return await withDeadline(
        method,
        options?.timeoutMs ?? 30_000,
        options?.signal,
        () => new Promise<never>(() => undefined),
      );
    } catch (error) {
      throw error instanceof DeadlinePassed ? new Unavailable('engine', error.message, { cause: error }) : error;
    }
  }

  #emit(container: FakeContainer, action: string): void {
    for (const watcher of this.engine.watchers) watcher(container, action);
  }

  #find(uuid: string): FakeContainer {
    const found = this.engine.containers.get(uuid);
    if (found === undefined) throw new EngineRefused(`No such container: ${uuid}`, 'not-found');
    return found;
  }

  /** Runs `change` on a container, and tells the watchers the actions that it returns. */
  #change(
    method: Faulty,
    uuid: string,
    options: CallOptions | undefined,
    change: (c: FakeContainer) => readonly string[],
  ) {
    return this.#call(method, options, () => {
      const container = this.#find(uuid);
      for (const action of change(container)) this.#emit(container, action);
    });
  }

  async ping(options?: CallOptions): Promise<void> {
    await this.#call('ping', options, () => undefined);
  }

  info(options?: CallOptions): Promise<EngineInfo> {
    return this.#call('info', options, () => ({
      engine: 'fake',
      version: '0',
      apiVersion: '0',
      engineId: this.engine.engineId,
      cpus: 4,
      memoryMb: 8192,
      diskGb: 100,
      architecture: 'x86_64',
      osType: 'linux',
      os: 'fake',
      kernel: '0',
      runtimes: ['runc'],
      defaultRuntime: 'runc',
      labels: {},
      diskQuota: false,
    }));
  }

  capabilities(): RuntimeCapabilities {
    return capabilities;
  }

  create(want: EngineContainer, options?: CallOptions): Promise<string> {
    return this.#call('create', options, () => {
      if (want.image !== BUSYBOX && want.image !== image.id) {
        throw new EngineRefused(`No such image: ${want.image}`, 'not-found');
      }
      const found = this.engine.containers.get(want.uuid);
      if (found !== undefined && found.deployment !== this.identity.deployment) {
        throw new EngineRefused(`The name of ${want.uuid} is taken.`, 'conflict');
      }
      if (found?.want.generation === want.generation) return found.engineId;
      if (found !== undefined) this.#destroy(found);
      const made = new FakeContainer(want, this.identity.deployment);
      this.engine.containers.set(want.uuid, made);
      this.#emit(made, 'create');
      return made.engineId;
    });
  }

  start(uuid: string, options?: CallOptions): Promise<void> {
    return this.#change('start', uuid, options, (container) => container.start());
  }

  stop(uuid: string, _graceSeconds: number | null, options?: CallOptions): Promise<void> {
    return this.#change('stop', uuid, options, (container) => container.signal('SIGTERM'));
  }

  kill(uuid: string, signal: string, options?: CallOptions): Promise<void> {
    return this.#change('kill', uuid, options, (container) => {
      if (!container.running && signal !== 'SIGKILL') throw new EngineRefused(`${uuid} is not running`, 'not-running');
      return container.signal(signal);
    });
  }

  pause(uuid: string, options?: CallOptions): Promise<void> {
    return this.#change('pause', uuid, options, (container) => container.setPaused(true));
  }

  unpause(uuid: string, options?: CallOptions): Promise<void> {
    return this.#change('unpause', uuid, options, (container) => container.setPaused(false));
  }

  remove(uuid: string, options?: CallOptions): Promise<void> {
    return this.#call('remove', options, () => {
      const found = this.engine.containers.get(uuid);
      if (found === undefined) return;
      if (found.deployment !== this.identity.deployment) throw new EngineRefused(`${uuid} is not ours`, 'conflict');
      this.#destroy(found);
    });
  }

  #destroy(container: FakeContainer): void {
    for (const action of container.signal('SIGKILL')) this.#emit(container, action);
    this.engine.containers.delete(container.want.uuid);
    this.#emit(container, 'destroy');
  }

  inspect(uuid: string, options?: CallOptions): Promise<Observation | null> {
    return this.#call('inspect', options, () => {
      const found = this.engine.containers.get(uuid);
      return found === undefined || found.deployment !== this.identity.deployment ? null : found.observation();
    });
  }

  list(options?: CallOptions): Promise<readonly ListedContainer[]> {
    return this.#call('list', options, () =>
      [...this.engine.containers.values()]
        .filter(({ deployment, want }) => deployment === this.identity.deployment && !this.#hidden.has(want.uuid))
        .map((container) => container.listed()),
    );
  }

  async events(onEvent: (event: EngineEvent) => void, signal: AbortSignal, onOpen?: () => void): Promise<void> {
    if (signal.aborted) return;
    const watcher = (container: FakeContainer, action: string): void => {
      if (container.deployment === this.identity.deployment) {
        onEvent({ kind: 'container', action, uuid: container.want.uuid });
      }
    };
    this.engine.watchers.add(watcher);
    onOpen?.();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    this.engine.watchers.delete(watcher);
  }

  async inspectImage(reference: string): Promise<EngineImage | null> {
    return reference === BUSYBOX || reference === image.id ? image : null;
  }

  async listImages(): Promise<readonly EngineImage[]> {
    return [image];
  }

  readonly update = missing('update');
  readonly logs = missing('logs');
  readonly exec = missing('exec');
  readonly execCreate = missing('execCreate');
  readonly execAttach = missing('execAttach');
  readonly execResize = missing('execResize');
  readonly execExitCode = missing('execExitCode');
  readonly attach = missing('attach');
  readonly resize = missing('resize');
  readonly top = missing('top');
  readonly stats = missing('stats');
  readonly getArchive = missing('getArchive');
  readonly putArchive = missing('putArchive');
  readonly putFiles = missing('putFiles');
  readonly commit = missing('commit');
  readonly pullImage = missing('pullImage');
  readonly loadImage = missing('loadImage');
  readonly importImage = missing('importImage');
  readonly saveImage = missing('saveImage');
  readonly removeImage = missing('removeImage');
  readonly tagImage = missing('tagImage');
  readonly ensureNetwork = missing('ensureNetwork');
  readonly removeNetwork = missing('removeNetwork');
  readonly listNetworks = missing('listNetworks');
  readonly listSubnets = missing('listSubnets');
}

/** A test that needs it must use a real engine, or the fake must learn it: never a silent success. */
function missing(method: keyof RuntimeDriver): () => never {
  return () => {
    throw new Error(`Fake method not implemented: ${method}`);
  };
}
