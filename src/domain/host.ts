/** What a host's engine has, as its agent last reported it. */
export interface HostInfo {
  readonly engine: string;
  readonly version: string;
  /** Changes when the engine's storage is replaced. */
  readonly engineId: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  readonly architecture: string;
  readonly osType: string;
  readonly os: string;
  readonly kernel: string;
  readonly runtimes: readonly string[];
  readonly defaultRuntime: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The storage driver can bound a container's writable layer. */
  readonly diskQuota: boolean;
  /** When the host was booted, ISO 8601; absent where its agent does not say. */
  readonly bootedAt?: string;
}

export interface Host {
  /** Old integer ids of the Nova API: of the hypervisor and of the service. */
  readonly id: number;
  readonly serviceId: number;
  readonly uuid: string;
  readonly serviceUuid: string;
  readonly name: string;
  readonly availabilityZone: string;
  readonly address: string;
  readonly info: HostInfo;
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly forcedDown: boolean;
  readonly reportCount: number;
  readonly lastSeenAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A host with what is claimed of it. */
export interface HostUsage extends Host {
  /** Heard of within the time that is allowed, and not forced down. */
  readonly up: boolean;
  readonly cpusUsed: number;
  readonly memoryUsedMb: number;
  readonly diskUsedGb: number;
  readonly containers: number;
}
