import { readFile, statfs } from 'node:fs/promises';
import type { CallOptions, EngineInfo } from '#core/runtime/driver.js';
import { type Fields, fields, items, needed, number, text, texts } from './answer.js';
import type { EngineConnection } from './connection.js';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Storage drivers that bound a writable layer on every file system that they run on. */
const quotaDrivers = new Set(['btrfs', 'zfs', 'devicemapper', 'windowsfilter']);

/** Less than an engine needs to come back with another storage driver and other runtimes. */
const RECENT_MS = 10_000;

/** What the engine has said of itself, so that each create need not ask again. */
export class KnownInfo {
  #last: { readonly info: EngineInfo; readonly at: number } | null = null;

  constructor(readonly connection: EngineConnection) {}

  /** Asks the engine. */
  async read(options?: CallOptions): Promise<EngineInfo> {
    const seen = await info(this.connection, options);
    this.#last = { info: seen, at: performance.now() };
    return seen;
  }

  /** Asks the engine unless it has answered a moment ago. */
  async recent(options?: CallOptions): Promise<EngineInfo> {
    const last = this.#last;
    return last !== null && performance.now() - last.at < RECENT_MS ? last.info : this.read(options);
  }

  /** Asks nobody. Before the first answer: what engines come with. */
  get defaultRuntime(): string {
    return this.#last?.info.defaultRuntime ?? 'runc';
  }
}

/** @throws Unavailable */
export async function ping(connection: EngineConnection, options?: CallOptions): Promise<void> {
  await connection.call({ what: 'ping', deadline: 'ping' }, { method: 'GET', path: '/_ping' }, options);
}

/** What the engine and its host have. `diskGb` is the size of the file system that holds the engine's data. */
async function info(connection: EngineConnection, options?: CallOptions): Promise<EngineInfo> {
  const [about, release] = await Promise.all([
    connection.call({ what: 'read engine information' }, { method: 'GET', path: '/info' }, options),
    connection.call({ what: 'read engine version' }, { method: 'GET', path: '/version' }, options),
  ]);
  const seen = fields(about);
  const version = fields(release);
  return {
    engine: 'docker',
    version: needed(text(version['Version']), 'Version'),
    apiVersion: needed(text(version['ApiVersion']), 'ApiVersion'),
    engineId: needed(text(seen['ID']), 'ID'),
    cpus: number(seen['NCPU']),
    memoryMb: Math.floor(number(seen['MemTotal']) / MIB),
    diskGb: await diskSizeGb(text(seen['DockerRootDir'])),
    architecture: text(seen['Architecture']) ?? 'unknown',
    osType: text(seen['OSType']) ?? 'unknown',
    os: text(seen['OperatingSystem']) ?? 'unknown',
    kernel: text(seen['KernelVersion']) ?? 'unknown',
    runtimes: Object.keys(fields(seen['Runtimes'])),
    defaultRuntime: text(seen['DefaultRuntime']) ?? 'runc',
    labels: daemonLabels(seen['Labels']),
    diskQuota: await hasDiskQuota(seen),
  };
}

const daemonLabels = (labels: unknown): Record<string, string> =>
  Object.fromEntries(
    texts(labels).map((label) => {
      const at = label.indexOf('=');
      return at < 0 ? [label, ''] : [label.slice(0, at), label.slice(at + 1)];
    }),
  );

/** 0 when the data of the engine cannot be seen from here (an engine in another mount namespace). */
async function diskSizeGb(root: string | null): Promise<number> {
  if (root === null) return 0;
  try {
    const { blocks, bsize } = await statfs(root);
    return Math.floor((blocks * bsize) / GIB);
  } catch {
    return 0;
  }
}

/** Docker does not say whether it can: overlay2 can on xfs that is mounted with project quotas. */
async function hasDiskQuota(seen: Fields): Promise<boolean> {
  const driver = text(seen['Driver']);
  if (driver === null) return false;
  if (quotaDrivers.has(driver)) return true;
  const onXfs = items(seen['DriverStatus']).some((pair) => texts(pair).join() === 'Backing Filesystem,xfs');
  const root = text(seen['DockerRootDir']);
  return driver === 'overlay2' && onXfs && root !== null && (await hasProjectQuota(root));
}

async function hasProjectQuota(root: string): Promise<boolean> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, point]) => point !== undefined && (point === '/' || root === point || root.startsWith(`${point}/`)))
    .sort(([, a], [, b]) => (b?.length ?? 0) - (a?.length ?? 0));
  const mountOptions = mounts[0]?.[3]?.split(',') ?? [];
  return mountOptions.includes('prjquota') || mountOptions.includes('pquota');
}
