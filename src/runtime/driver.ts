import type { Readable, Writable } from 'node:stream';
import type { HostInfo } from '#core/domain/host.js';
import type { ContainerSpec, InjectedFile, ResourceLimits } from '#core/domain/spec.js';

/**
 * What the agent and the operations need from a container engine: they own this interface, a driver implements it.
 *
 * Rules for every driver, checked by `test/contract/runtime-driver.ts`:
 * - A container is addressed by our uuid. The driver names its engine object after it and labels it, so that a second `create`
 *   with the same uuid and generation finds ("adopts") the first one, also when the reply of the first was lost.
 * - Each call ends within its deadline: `CallOptions.timeoutMs`, or the driver's default for that call. A call that does not
 *   rejects with `Unavailable('engine')`; the outcome is then unknown and found out by looking (`inspect`, `list`).
 * - "Already so" (start a running, stop a stopped, remove a missing container) is success.
 * - Refusals of the engine reject with `EngineRefused`, its reason in the engine's words.
 */
export interface RuntimeDriver {
  readonly name: string;
  /** @throws Unavailable */
  ping(options?: CallOptions): Promise<void>;
  info(options?: CallOptions): Promise<EngineInfo>;
  capabilities(runtime: string | null): RuntimeCapabilities;

  create(want: EngineContainer, options?: CallOptions): Promise<string>;
  start(uuid: string, options?: CallOptions): Promise<void>;
  /** Stop signal, then SIGKILL after `graceSeconds` (null: the container's or the engine's default, 10 s). */
  stop(uuid: string, graceSeconds: number | null, options?: CallOptions): Promise<void>;
  kill(uuid: string, signal: string, options?: CallOptions): Promise<void>;
  pause(uuid: string, options?: CallOptions): Promise<void>;
  unpause(uuid: string, options?: CallOptions): Promise<void>;
  update(
    uuid: string,
    limits: Partial<Pick<ResourceLimits, 'cpus' | 'memoryMb' | 'swapMb'>>,
    options?: CallOptions,
  ): Promise<void>;
  /** Removes the container and its anonymous volumes, running or not. */
  remove(uuid: string, options?: CallOptions): Promise<void>;
  /** null: the engine surely does not have it. */
  inspect(uuid: string, options?: CallOptions): Promise<Observation | null>;
  /** All containers of this deployment, complete or rejected: a partial list is never returned. */
  list(options?: CallOptions): Promise<readonly ListedContainer[]>;
  /**
   * Hints that something changed. Ends (resolves or rejects) when the stream breaks; the caller lists again and reconnects.
   */
  events(onEvent: (event: EngineEvent) => void, signal: AbortSignal, onOpen?: () => void): Promise<void>;

  logs(uuid: string, want: LogRequest, options?: CallOptions): Promise<Buffer>;
  /** Runs to its end and returns what it printed. @throws ExecTimeout after `timeoutMs`. */
  exec(uuid: string, want: ExecRequest, options?: CallOptions): Promise<ExecResult>;
  /** Prepares an interactive exec; it starts with `execAttach`. */
  execCreate(uuid: string, want: ExecRequest, options?: CallOptions): Promise<string>;
  execAttach(execId: string, tty: boolean, options?: CallOptions): Promise<Terminal>;
  execResize(execId: string, size: TerminalSize, options?: CallOptions): Promise<void>;
  /** null while it runs. */
  execExitCode(execId: string, options?: CallOptions): Promise<number | null>;
  attach(uuid: string, options?: CallOptions): Promise<Terminal>;
  resize(uuid: string, size: TerminalSize, options?: CallOptions): Promise<void>;
  top(uuid: string, psArgs: string | null, options?: CallOptions): Promise<{ titles: string[]; processes: string[][] }>;
  stats(uuid: string, options?: CallOptions): Promise<EngineStats>;
  getArchive(uuid: string, path: string, options?: CallOptions): Promise<{ stat: ArchiveStat; tar: Readable }>;
  putArchive(uuid: string, path: string, tar: Readable | Buffer, options?: CallOptions): Promise<void>;
  /** Writes files into a created container. */
  putFiles(uuid: string, files: readonly InjectedFile[], options?: CallOptions): Promise<void>;
  /** @returns the engine's image id */
  commit(uuid: string, reference: string, options?: CallOptions): Promise<string>;

  /** null: not on this engine. */
  inspectImage(reference: string, options?: CallOptions): Promise<EngineImage | null>;
  listImages(options?: CallOptions): Promise<readonly EngineImage[]>;
  pullImage(reference: string, credentials: RegistryCredentials | null, options?: CallOptions): Promise<EngineImage>;
  /** @returns references or ids of what the archive held */
  loadImage(archive: Readable, options?: CallOptions): Promise<readonly string[]>;
  /**
   * Makes an image of a root file system (a tar archive). `changes` are Dockerfile lines: `CMD ["/bin/sh"]`, `ENV PATH=/bin`.
   */
  importImage(
    rootfs: Readable,
    reference: string,
    changes: readonly string[],
    options?: CallOptions,
  ): Promise<EngineImage>;
  saveImage(reference: string, options?: CallOptions): Promise<Readable>;
  removeImage(reference: string, options?: CallOptions): Promise<void>;
  tagImage(reference: string, as: string, options?: CallOptions): Promise<void>;

  /** Makes the network unless it is there. */
  ensureNetwork(network: EngineNetwork, options?: CallOptions): Promise<void>;
  removeNetwork(name: string, options?: CallOptions): Promise<void>;
  /** Names of the networks of this deployment. */
  listNetworks(options?: CallOptions): Promise<readonly string[]>;
  /** Subnets (CIDR) of all networks of the engine, ours or not. */
  listSubnets(options?: CallOptions): Promise<readonly string[]>;
}

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** How the containers of one Zunova deployment on one host are told from all others on the same engine. */
export interface DriverIdentity {
  readonly deployment: string;
  readonly host: string;
}

/** What an engine says of itself and its machine. */
export interface EngineInfo extends Omit<HostInfo, 'bootedAt'> {
  readonly apiVersion: string;
}

export interface RuntimeCapabilities {
  readonly pause: boolean;
  readonly exec: boolean;
  readonly attach: boolean;
  readonly liveResize: boolean;
  readonly hotplugNetwork: boolean;
  readonly liveArchive: boolean;
  readonly stats: boolean;
  readonly top: boolean;
  readonly commit: boolean;
  readonly healthcheck: boolean;
  readonly restartPolicy: boolean;
}

export interface EngineEndpoint {
  /** Engine network name. */
  readonly network: string;
  readonly macAddress: string;
  readonly ipv4: string | null;
  readonly ipv6: string | null;
}

/** What a spec asks of the process and its limits goes to the engine as it is. */
type ProcessSpec = Pick<
  ContainerSpec,
  | 'command'
  | 'entrypoint'
  | 'environment'
  | 'labels'
  | 'workdir'
  | 'user'
  | 'tty'
  | 'interactive'
  | 'init'
  | 'limits'
  | 'runtime'
  | 'privileged'
  | 'restartPolicy'
  | 'healthcheck'
  | 'exposedPorts'
  | 'autoRemove'
  | 'stopSignal'
  | 'stopTimeout'
>;

export interface EngineContainer extends ProcessSpec {
  readonly uuid: string;
  readonly projectId: string;
  readonly generation: number;
  readonly hostname: string;
  /** Reference or engine id that `inspectImage` finds. */
  readonly image: string;
  /** First = default route where the engine lets us say so (Docker API 1.48; before, its network names decide). Empty: loopback only. */
  readonly endpoints: readonly EngineEndpoint[];
}

/** Facts seen in the engine at one moment. */
export interface Observation {
  readonly uuid: string;
  readonly engineId: string;
  readonly generation: number;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly running: boolean;
  readonly paused: boolean;
  readonly restarting: boolean;
  readonly dead: boolean;
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  /** The engine's own error text of the last start. */
  readonly error: string | null;
  readonly health: string | null;
  /** What the engine really runs: image defaults filled in. */
  readonly command: readonly string[];
  readonly entrypoint: readonly string[];
  readonly exposedPorts: readonly string[];
  readonly runtime: string | null;
}

export interface ListedContainer {
  readonly uuid: string;
  readonly engineId: string;
  readonly generation: number;
  readonly createdAt: Date;
  /** `created`, `running`, `paused`, `restarting`, `exited`, `removing`, `dead`. */
  readonly state: string;
}

export interface EngineEvent {
  readonly kind: 'container' | 'image';
  /** `start`, `die`, `pause`, `destroy` ...; for images `pull`, `tag`, `delete` ... */
  readonly action: string;
  /** Our uuid for containers of this deployment; null for images. */
  readonly uuid: string | null;
}

export interface LogRequest {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly timestamps: boolean;
  /** null = all lines. */
  readonly tail: number | null;
  /** Epoch seconds. */
  readonly since: number | null;
}

export interface ExecRequest {
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
}

export interface ExecResult {
  /** stdout and stderr in the order of arrival. */
  readonly output: Buffer;
  /** null: unknown, because the container was removed or the engine restarted meanwhile. */
  readonly exitCode: number | null;
}

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** A raw byte stream to a process. `output` carries no stream headers, with or without a terminal. */
export interface Terminal {
  readonly input: Writable;
  readonly output: Readable;
  close(): void;
}

export interface EngineStats {
  /** 100 = one CPU fully used. */
  readonly cpuPercent: number;
  readonly cpuTimeNs: number;
  readonly onlineCpus: number;
  readonly memoryUsedBytes: number;
  readonly memoryLimitBytes: number;
  readonly blockReadBytes: number;
  readonly blockWriteBytes: number;
  readonly networkReceivedBytes: number;
  readonly networkSentBytes: number;
  readonly pids: number;
}

export interface ArchiveStat {
  readonly name: string;
  readonly size: number;
  /** As Docker gives it: the bits of Go's `os.FileMode` (directory = 1 << 31), not those of POSIX. */
  readonly mode: number;
  readonly mtime: string;
  readonly linkTarget: string;
}

export interface EngineImage {
  readonly id: string;
  readonly tags: readonly string[];
  readonly sizeBytes: number;
  readonly createdAt: Date;
  readonly command: readonly string[];
  readonly entrypoint: readonly string[];
  readonly exposedPorts: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface RegistryCredentials {
  readonly domain: string;
  readonly username: string;
  readonly password: string;
}

export interface EngineNetwork {
  readonly name: string;
  readonly driver: string;
  readonly ipamDriver: string;
  readonly subnets: readonly { readonly cidr: string; readonly gateway: string | null }[];
  readonly internal: boolean;
  readonly mtu: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
}
