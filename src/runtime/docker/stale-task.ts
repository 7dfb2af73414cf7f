import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';

/**
 * Ends what runs for a container of which the engine knows that it does not run. When the engine dies in the middle of a start,
 * containerd keeps the task and its shim: the engine then refuses every start ("task already exists"), and leaves the process
 * running when the container is removed (facts-runtime 7). Docker has no call for it. Without its shim, containerd kills the
 * process and forgets the task.
 *
 * Only for engines on this machine, and only a process that is the shim of exactly this engine id.
 * @returns whether there was one
 */
export async function endStaleTask(engineId: string): Promise<boolean> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 1);
  const shims = await Promise.all(pids.map(async (pid) => ((await isShimOf(pid, engineId)) ? [pid] : [])));
  let ended = false;
  for (const pid of shims.flat()) {
    try {
      process.kill(pid, 'SIGKILL');
      ended = true;
    } catch {
      // It ended by itself meanwhile, or belongs to an engine that we may not touch.
    }
  }
  return ended;
}

/** `containerd-shim-runc-v2 -namespace moby -id <64 digits> -address ...`, whatever the runtime and its version. */
async function isShimOf(pid: number, engineId: string): Promise<boolean> {
  try {
    const [program = '', ...options] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    return basename(program).startsWith('containerd-shim') && options[options.indexOf('-id') + 1] === engineId;
  } catch {
    return false;
  }
}
