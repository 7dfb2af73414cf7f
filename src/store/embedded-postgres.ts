import type { ChildProcess } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { giveTo, type PostgresPrograms, postgresPrograms } from './postgres-programs.js';
import { isAlive, OWNER_SETTING, readPostmaster } from './postmaster.js';

/** A PostgreSQL server of our own: what `Database.open` takes, and how to stop it. */
export interface EmbeddedDatabase {
  readonly address: {
    /** Directory of the Unix socket. */
    readonly host: string;
    readonly port: number;
    readonly user: string;
    readonly database: string;
  };
  /** Fast shutdown: open sessions are cut, all that was committed is on disk. Does nothing for a server that another process owns. */
  stop(): Promise<void>;
}

/** Only names the socket file: no TCP port is opened. */
const PORT = 5432;
const USER = 'zunova';
const DATABASE = 'postgres';
/** Linux: `sun_path` with its final NUL. */
const SOCKET_PATH_MAX = 107;
/** Recovery after a crash can take a while. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 20;

const SETTINGS = [
  'listen_addresses=',
  'unix_socket_permissions=0700',
  'max_connections=100',
  'shared_buffers=64MB',
  'fsync=on',
];

/**
 * Starts the embedded PostgreSQL on `directory` (made when missing): the real server, on a Unix socket in a directory that only we
 * may enter, without TCP and without a password. It shuts down when this process ends, also by kill -9. When another living process
 * already runs the server of this directory, that one is used and `stop` leaves it alone.
 * @throws Error with the server's log when it does not start within a minute
 */
export async function startEmbedded(directory: string): Promise<EmbeddedDatabase> {
  const base = resolve(directory);
  const data = join(base, 'data');
  const host = join(base, 'run');
  const address = { host, port: PORT, user: USER, database: DATABASE };
  const socket = join(host, `.s.PGSQL.${PORT}`);
  if (Buffer.byteLength(socket) > SOCKET_PATH_MAX) {
    throw new Error(
      `${socket} is too long for a Unix socket (${SOCKET_PATH_MAX} bytes): choose a shorter data directory.`,
    );
  }
  mkdirSync(host, { recursive: true, mode: 0o700 });
  chmodSync(base, 0o700);
  const programs = postgresPrograms();
  giveTo(programs.owner, host);

  const end = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (await servedByAnother(data, end)) return { address, stop: () => Promise.resolve() };
    initialise(programs, data);
    const attempt = await launch(programs, base, end);
    if (attempt.started) return { address, stop: () => stop(attempt.child) };
    // The dead postmaster of a crash may not be reaped yet, or another of our processes won the start: look again.
    if (Date.now() > end || !/postmaster\.pid.* already exists|shared memory block/.test(attempt.log)) {
      throw new Error(`PostgreSQL did not start in ${base}: ${attempt.log}`);
    }
    await sleep(10 * POLL_MS);
  }
}

/**
 * True when a living process of ours runs the server and it accepts connections; waits while that one starts or stops. A server
 * whose owner died is on its way out (or stays for ever, where `setpriv` is missing): it is ended, for it would vanish under us.
 */
async function servedByAnother(data: string, end: number): Promise<boolean> {
  let told = false;
  for (let running = readPostmaster(data); running !== null && Date.now() < end; running = readPostmaster(data)) {
    if (running.owned && running.ready) return true;
    if (!running.owned && !told) {
      process.kill(running.pid, 'SIGINT');
      told = true;
    }
    await sleep(POLL_MS);
  }
  return false;
}

/** Makes the cluster beside its place and renames it, so that a half-made one is never taken for a whole one. */
function initialise(programs: PostgresPrograms, data: string): void {
  if (existsSync(join(data, 'PG_VERSION'))) {
    giveTo(programs.owner, data);
    return;
  }
  const base = join(data, '..');
  for (const name of readdirSync(base)) {
    const maker = /^new\.(\d+)$/.exec(name)?.[1];
    if (maker !== undefined && !isAlive(Number(maker))) rmSync(join(base, name), { recursive: true, force: true });
  }
  const fresh = join(base, `new.${process.pid}`);
  mkdirSync(fresh, { mode: 0o700 });
  giveTo(programs.owner, fresh);
  programs.run('initdb', ['-D', fresh, '-U', USER, '--auth=trust', '--no-locale', '-E', 'UTF8']);
  try {
    renameSync(fresh, data);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(join(data, 'PG_VERSION'))) throw error;
  }
}

interface Attempt {
  readonly child: ChildProcess;
  readonly started: boolean;
  /** What the server said, at most its last 8 KiB. */
  readonly log: string;
}

async function launch(programs: PostgresPrograms, base: string, end: number): Promise<Attempt> {
  const data = join(base, 'data');
  const logFile = join(base, 'postgres.log');
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, 'w', 0o600);
  const settings = [...SETTINGS, `${OWNER_SETTING}=${process.pid}`];
  const args = ['-D', data, '-p', String(PORT), '-k', join(base, 'run'), ...settings.flatMap((s) => ['-c', s])];
  const child = programs.start('postgres', args, log);
  closeSync(log);
  let failure = '';
  child.once('error', (error) => (failure = error.message));
  let started = false;
  while (!started && failure === '' && child.exitCode === null && child.signalCode === null && Date.now() < end) {
    const running = readPostmaster(data);
    started = running?.ready === true && running.pid === child.pid;
    if (!started) await sleep(POLL_MS);
  }
  if (started) {
    child.unref();
  } else {
    child.kill('SIGINT');
  }
  return { child, started, log: `${failure}${readFileSync(logFile, 'utf8').slice(-8192)}` };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  child.kill('SIGINT');
  const kill = setTimeout(() => child.kill('SIGQUIT'), STOP_TIMEOUT_MS);
  await gone;
  clearTimeout(kill);
}
