/** What a user asked for: everything needed to create the container on an engine, and nothing that was observed there. */

export type ImageDriver = 'docker' | 'glance';
export type PullPolicy = 'always' | 'ifnotpresent' | 'never';

export interface ImageChoice {
  /** The reference or name exactly as the user gave it: what the native API shows. */
  readonly ref: string;
  /** Uuid of the image record: what the Nova API shows. */
  readonly id: string;
  readonly driver: ImageDriver;
  readonly pullPolicy: PullPolicy | null;
}

export type RestartPolicyName = 'no' | 'always' | 'on-failure' | 'unless-stopped';

export interface RestartPolicy {
  readonly name: RestartPolicyName;
  /** 0 = without limit. */
  readonly maximumRetryCount: number;
}

/** Times in seconds, as Zun has them. */
export interface Healthcheck {
  readonly test: string;
  readonly interval?: number;
  readonly timeout?: number;
  readonly retries?: number;
}

/** A file written into the container before its first start. */
export interface InjectedFile {
  /** Absolute path in the container. */
  readonly path: string;
  readonly contentBase64: string;
  /** Octal permission bits, for example 0o644. */
  readonly mode: number;
  /** A script that runs once at the first start, before the main process. */
  readonly runAtFirstStart?: boolean;
}

/** One network interface as asked for. Exactly one of `networkId` and `portId`. */
export interface NetworkRequest {
  readonly networkId: string | null;
  readonly portId: string | null;
  readonly fixedIp: string | null;
}

export interface ResourceLimits {
  /** CPUs as a quota, for example 0.5. 0 = no limit. */
  readonly cpus: number;
  /** MiB. 0 = no limit. */
  readonly memoryMb: number;
  /** MiB beyond memory. */
  readonly swapMb: number;
  /** GiB of the writable layer. 0 = no limit. */
  readonly diskGb: number;
  readonly pids: number | null;
  readonly shmMb: number | null;
}

export interface ContainerSpec {
  readonly image: ImageChoice;
  /** null = the image's own. */
  readonly command: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly workdir: string | null;
  readonly user: string | null;
  readonly tty: boolean;
  readonly interactive: boolean;
  /** A small init as process 1 that reaps zombies (Docker's `--init`). */
  readonly init: boolean;
  readonly limits: ResourceLimits;
  /** OCI runtime handler; null = the host's default. */
  readonly runtime: string | null;
  readonly privileged: boolean;
  readonly restartPolicy: RestartPolicy | null;
  readonly healthcheck: Healthcheck | null;
  /** `80/tcp`, `53/udp`. */
  readonly exposedPorts: readonly string[];
  readonly autoRemove: boolean;
  readonly autoHeal: boolean;
  readonly stopSignal: string | null;
  /** Seconds between the stop signal and SIGKILL when the request names none. */
  readonly stopTimeout: number | null;
  readonly networks: readonly NetworkRequest[];
  readonly securityGroups: readonly string[];
  readonly files: readonly InjectedFile[];
  /** Start the container once it is created. */
  readonly start: boolean;
}

/** A flavor as it was when the container was created or resized: deleting the flavor changes nothing here. */
export interface FlavorSnapshot {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ramMb: number;
  readonly diskGb: number;
  readonly ephemeralGb: number;
  readonly swapMb: number;
  readonly extraSpecs: Readonly<Record<string, string>>;
}

/** What only the Nova API knows about a container. Kept for every container, so that either front end can show it. */
export interface ServerAttributes {
  readonly flavor: FlavorSnapshot | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly keyName: string | null;
  /** Base64, as given. */
  readonly userData: string | null;
  readonly configDrive: boolean;
  readonly locked: 'owner' | 'admin' | null;
  readonly lockedReason: string | null;
  readonly reservationId: string;
  readonly launchIndex: number;
  readonly diskConfig: 'AUTO' | 'MANUAL';
  readonly accessIPv4: string;
  readonly accessIPv6: string;
  readonly pinnedZone: string | null;
  readonly serverGroup: string | null;
}
