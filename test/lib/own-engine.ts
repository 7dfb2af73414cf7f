import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Docker from 'dockerode';
import { withDeadline } from '#core/lib/deadline.js';
import { silent } from '#core/logging/logger.js';
import { createDockerDriver } from '#core/runtime/docker/docker-driver.js';
import { isAlive } from '#core/store/postmaster.js';
import { ensureBusybox } from './busybox.js';
import { controlGroups, kill, membersOf, processesNaming, thaw } from './leftovers.js';
import { until } from './until.js';

/** A Docker Engine that a test may kill, in namespaces of its own. Needs root. */
export interface OwnEngine {
  readonly socketPath: string;
  readonly docker: Docker;
  /** Starts it unless it runs, and lets it go on when it is frozen. Resolves when it answers. */
  start(): Promise<void>;
  /** SIGTERM, as an init system stops it. Without live-restore it stops its containers first. */
  stop(): Promise<void>;
  kill9(): Promise<void>;
  /** It neither answers nor closes connections. */
  freeze(): void;
  thaw(): void;
  /** Whether any process on this machine works for this container: its shim, or what the shim has started. */
  hasProcesses(engineId: string): boolean;
  /** Ends it, whatever state it is in, with its containers, and removes all that it has left on this machine. */
  down(): Promise<void>;
}

const UP_MS = 60_000;
const STOP_MS = 60_000;

/**
 * Starts a dockerd with busybox in it. Its network namespace keeps its bridges and packet filters from those of the machine's
 * engine; its mount namespace keeps plug-ins and sockets apart. Both are bound to files and survive its restarts: a restored
 * container cannot be entered from another mount namespace (facts-runtime 0 and App. A).
 */
export async function ownEngine(options: { readonly liveRestore: boolean }): Promise<OwnEngine> {
  await sweep();
  const home = mkdtempSync(join(RUN, `zt-${process.pid}-`));
  const data = dataOf(home);
  mkdirSync(data);
  makeNamespaces(home);
  writeFileSync(join(home, 'daemon.json'), '{}');
  const socketPath = join(home, 'd.sock');
  const docker = new Docker({ socketPath });
  let daemon: Daemon | null = null;

  const running = (): Daemon => {
    if (daemon === null) throw new Error('the engine does not run');
    return daemon;
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const { child, ended } = running();
    child.kill(signal);
    await withDeadline(`dockerd with ${signal}`, STOP_MS, undefined, () => ended);
    daemon = null;
  };
  const engine: OwnEngine = {
    socketPath,
    docker,
    start: async () => {
      if (daemon !== null) {
        daemon.child.kill('SIGCONT');
        return;
      }
      daemon = spawnDaemon(home, data, socketPath, options.liveRestore);
      await answers(docker, daemon.child, join(data, 'dockerd.log'));
    },
    stop: () => end('SIGTERM'),
    kill9: () => end('SIGKILL'),
    freeze: () => void running().child.kill('SIGSTOP'),
    thaw: () => void running().child.kill('SIGCONT'),
    hasProcesses: (engineId) => processesNaming(engineId).length > 0,
    down: async () => {
      if (daemon !== null) {
        daemon.child.kill('SIGCONT');
        await end('SIGKILL');
      }
      await cleanUp(home);
    },
  };
  await engine.start();
  const identity = { deployment: 'none', host: 'none' };
  await ensureBusybox(createDockerDriver({ socketPath, identity, log: silent() }));
  return engine;
}

/** Short: socket paths end at 107 bytes, and those below have ids of 64 digits in them. */
const RUN = '/run';
const HOME = /^zt-(\d+)-/;
const dataOf = (home: string): string => join(tmpdir(), basename(home));

/** Removes what runs that were killed left behind. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(RUN)) {
    const pid = HOME.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await cleanUp(join(RUN, name));
  }
}

/** Ends what is left of an engine, and removes its namespaces, control groups and files. */
async function cleanUp(home: string): Promise<void> {
  // The shims and what they run survive their engine, and some of the latter their shim.
  await until('no process of the engine is left', () => {
    for (const group of controlGroups(basename(home))) thaw(group);
    const left = [...processesNaming(home), ...controlGroups(basename(home)).flatMap(membersOf)];
    for (const pid of left) kill(pid);
    return left.length === 0;
  });
  // The innermost first.
  for (const group of controlGroups(basename(home)).toReversed()) rmdirSync(group);
  for (const mount of [join(home, 'mnt'), join(home, 'net'), home]) {
    if (readFileSync('/proc/self/mounts', 'utf8').includes(` ${mount} `)) execFileSync('umount', [mount]);
  }
  for (const directory of [home, dataOf(home)]) rmSync(directory, { recursive: true, force: true, maxRetries: 20 });
}

/** Two namespaces that live as long as the files they are bound to. */
function makeNamespaces(home: string): void {
  const own = { plugins: '/run/docker/plugins', containerd: '/run/containerd' };
  for (const [name, shared] of Object.entries(own)) {
    mkdirSync(join(home, name));
    mkdirSync(shared, { recursive: true });
  }
  // A mount namespace can only be bound to a file on a mount that is not shared.
  execFileSync('mount', ['--bind', home, home]);
  execFileSync('mount', ['--make-private', home]);
  for (const name of ['mnt', 'net']) writeFileSync(join(home, name), '');
  const inside = Object.entries(own).map(([name, shared]) => `mount --bind ${join(home, name)} ${shared}`);
  execFileSync('unshare', [
    `--mount=${join(home, 'mnt')}`,
    `--net=${join(home, 'net')}`,
    '--propagation=slave',
    'sh',
    '-ec',
    ['ip link set lo up', ...inside].join('\n'),
  ]);
}

interface Daemon {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

function spawnDaemon(home: string, data: string, socketPath: string, liveRestore: boolean): Daemon {
  const exec = join(home, 'x');
  // Those of a killed engine name processes that are gone, or gone soon.
  for (const stale of [join(home, 'd.pid'), join(exec, 'containerd', 'containerd.pid')]) rmSync(stale, { force: true });
  const log = openSync(join(data, 'dockerd.log'), 'a');
  const child = spawn(
    'nsenter',
    [
      `--net=${join(home, 'net')}`,
      `--mount=${join(home, 'mnt')}`,
      'dockerd',
      '--config-file',
      join(home, 'daemon.json'),
      '--data-root',
      join(data, 'root'),
      '--exec-root',
      exec,
      '--pidfile',
      join(home, 'd.pid'),
      '--host',
      `unix://${socketPath}`,
      '--bip',
      '10.253.0.1/24',
      // Ours to remove: a container whose engine was killed leaves its group behind.
      '--exec-opt',
      'native.cgroupdriver=cgroupfs',
      '--cgroup-parent',
      `/${basename(home)}`,
      '--userland-proxy=false',
      ...(liveRestore ? ['--live-restore'] : []),
    ],
    // In a session of its own: Ctrl-C is for the tests, which take it down in order.
    { stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return { child, ended };
}

async function answers(docker: Docker, child: ChildProcess, log: string): Promise<void> {
  await until(
    'dockerd answers',
    async () => {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`dockerd ended:\n${readFileSync(log, 'utf8').split('\n').slice(-20).join('\n')}`);
      }
      return docker.ping().then(
        () => true,
        () => false,
      );
    },
    UP_MS,
  );
}
