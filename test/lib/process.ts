import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Config } from '#core/config/config.js';
import { loadSecrets } from '#core/config/secrets.js';
import { type ApiClient, apiClient } from './api-client.js';

/** A Zunova process of its own, to be killed. */
export interface ZunovaProcess {
  readonly client: ApiClient;
  readonly ports: Config['ports'];
  readonly pid: number;
  /** What it said on stdout before it was ready. */
  readonly said: readonly string[];
  /** Settles with its exit code or signal. */
  readonly ended: Promise<string>;
  /** Ctrl-C, and what it ended with. */
  stop(): Promise<string>;
  kill(): Promise<string>;
}

export interface ProcessHome {
  readonly dataDir: string;
  remove(): void;
}

export function processHome(): ProcessHome {
  const dataDir = mkdtempSync(join(tmpdir(), 'zp-'));
  return { dataDir, remove: () => rmSync(dataDir, { recursive: true, force: true }) };
}

const READY_MS = 60_000;
/** The sources as they are; the benchmark runs what was built. */
export const FROM_SOURCE: readonly string[] = ['-C', 'development', '--import', 'tsx', 'bin/zunova.ts'];

/**
 * Starts `zunova serve` on free ports with these settings, and waits until it serves. `onLog` gets its log, a line at a time.
 * @throws Error with its output when it ends before that
 */
export async function startProcess(
  home: ProcessHome,
  settings: Record<string, string>,
  program: readonly string[] = FROM_SOURCE,
  onLog?: (line: string) => void,
): Promise<ZunovaProcess> {
  const quiet = process.env['ZUNOVA_TEST_LOG'] ? 'inherit' : 'ignore';
  const child = spawn(process.execPath, [...program, 'serve'], {
    stdio: ['ignore', 'pipe', onLog ? 'pipe' : quiet],
    env: {
      ...process.env,
      ZUNOVA_DATA_DIR: home.dataDir,
      ZUNOVA_LOG_LEVEL: process.env['ZUNOVA_TEST_LOG'] ?? 'fatal',
      ZUNOVA_PORTS_COMPUTE: '0',
      ZUNOVA_PORTS_CONTAINER: '0',
      ZUNOVA_PORTS_IDENTITY: '0',
      ZUNOVA_PORTS_IMAGE: '0',
      ZUNOVA_PORTS_NETWORK: '0',
      ZUNOVA_PORTS_WEBSOCKET: '0',
      ...settings,
    },
  });
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? String(code))));
  if (onLog && child.stderr) createInterface({ input: child.stderr }).on('line', onLog);
  const said: string[] = [];
  const ports = await readPorts(child, ended, said);
  const end = (signal: NodeJS.Signals): Promise<string> => {
    child.kill(signal);
    return ended;
  };
  return {
    client: apiClient(ports, loadSecrets(home.dataDir)),
    ports,
    pid: child.pid ?? 0,
    said,
    ended,
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
  };
}

const LINES: Readonly<Record<keyof Config['ports'], RegExp>> = {
  compute: /^ {2}Nova API.*:(\d+)\/v2\.1$/,
  container: /^ {2}Zun API.*:(\d+)\/v1$/,
  identity: /^ {2}identity.*:(\d+)\/v3$/,
  image: /^ {2}image.*:(\d+)$/,
  network: /^ {2}network.*:(\d+)$/,
  websocket: /^ {2}WebSockets.*:(\d+)\/$/,
};

/** The ports that the summary names. */
async function readPorts(child: ChildProcess, ended: Promise<string>, said: string[]): Promise<Config['ports']> {
  const { stdout } = child;
  if (stdout === null) throw new Error('the process has no stdout');
  const read = new Promise<Config['ports']>((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      said.push(line);
      if (!line.startsWith('Ctrl-C')) return;
      const port = (name: keyof Config['ports']): number =>
        Number(said.map((l) => LINES[name].exec(l)?.[1]).find((x) => x !== undefined));
      resolve({
        compute: port('compute'),
        container: port('container'),
        identity: port('identity'),
        image: port('image'),
        network: port('network'),
        websocket: port('websocket'),
      });
    });
  });
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`zunova did not serve within ${READY_MS} ms:\n${said.join('\n')}`));
    }, READY_MS);
  });
  const endedEarly = ended.then((how) => {
    throw new Error(`zunova ended (${how}) before it served:\n${said.join('\n')}`);
  });
  // Once it serves, it may take as long as it likes, and end as it is told to.
  return Promise.race([read, endedEarly, tooLate]).finally(() => clearTimeout(late));
}
