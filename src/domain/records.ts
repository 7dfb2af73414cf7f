/** Small records that both front ends read. */

export interface Flavor {
  readonly flavorId: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ramMb: number;
  readonly diskGb: number;
  readonly ephemeralGb: number;
  readonly swapMb: number;
  readonly rxtxFactor: number;
  readonly isPublic: boolean;
  readonly disabled: boolean;
  readonly description: string | null;
  readonly extraSpecs: Readonly<Record<string, string>>;
  readonly createdAt: Date;
}

export interface Keypair {
  readonly id: number;
  readonly userId: string;
  readonly name: string;
  readonly type: 'ssh' | 'x509';
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly createdAt: Date;
}

/** -1 = unlimited. The first three are Nova's, `containers` to `disk` are Zun's names for what the same containers use. */
export const QUOTA_DEFAULTS = {
  instances: 10,
  cores: 20,
  ram: 51200,
  key_pairs: 100,
  metadata_items: 128,
  server_groups: 10,
  server_group_members: 10,
  containers: 40,
  cpu: 20,
  memory: 51200,
  disk: 100,
} as const;
export type QuotaResource = keyof typeof QUOTA_DEFAULTS;
export type QuotaLimits = Readonly<Record<QuotaResource, number>>;

/** What a project uses of what is counted. */
export interface ProjectUsage {
  readonly containers: number;
  readonly cpus: number;
  /** Whole CPUs as Nova counts them: flavors, or the CPUs of native containers rounded up. */
  readonly cores: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  readonly serverGroups: number;
}
