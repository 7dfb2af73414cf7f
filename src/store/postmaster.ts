import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Setting of the server that says which process (pid) started it. PostgreSQL itself gives it no meaning. */
export const OWNER_SETTING = 'zunova.owner';

/** The server process of a data directory. */
export interface Postmaster {
  readonly pid: number;
  /** The process that started it still lives: it is the parent. An orphan has another one. */
  readonly owned: boolean;
  /** It accepts connections. False while it starts, recovers or shuts down. */
  readonly ready: boolean;
}

/** What `postmaster.pid` says, if that process lives; null otherwise. A zombie is dead: PID 1 may reap slowly (facts-runtime, trap 5). */
export function readPostmaster(dataDirectory: string): Postmaster | null {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  const status = processStatus(pid);
  if (status === null || status.zombie || status.name !== 'postgres') return null;
  return { pid, owned: status.parent === startedBy(pid), ready: lines[7]?.trim() === 'ready' };
}

export function isAlive(pid: number): boolean {
  const status = processStatus(pid);
  return status !== null && !status.zombie;
}

function startedBy(pid: number): number | null {
  try {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const setting = commandLine.find((argument) => argument.startsWith(`${OWNER_SETTING}=`));
    return setting === undefined ? null : Number(setting.slice(OWNER_SETTING.length + 1));
  } catch {
    return null;
  }
}

function processStatus(pid: number): { name: string; zombie: boolean; parent: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return null;
  }
  const value = (key: string): string => new RegExp(`^${key}:\\s*(\\S+)`, 'm').exec(text)?.[1] ?? '';
  return { name: value('Name'), zombie: value('State') === 'Z', parent: Number(value('PPid')) };
}
