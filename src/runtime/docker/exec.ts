import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineRefused, ExecTimeout } from '#core/domain/errors.js';
import { bytesOf } from '#core/lib/bytes.js';
import { DeadlinePassed, withDeadline } from '#core/lib/deadline.js';
import type { CallOptions, ExecRequest, ExecResult, Terminal, TerminalSize } from '#core/runtime/driver.js';
import { type Fields, fields, needed, number, text } from './answer.js';
import { enginePath } from './connection.js';
import type { DockerContext } from './context.js';
import { isRefused, toDomainError } from './errors.js';
import { containerPath } from './names.js';
import { terminal } from './terminal.js';

/** A command whose whole output is collected may print this much. */
const MAX_OUTPUT_BYTES = 16 * 1024 ** 2;
const EXIT_POLL_MS = 20;
const KILL_DEADLINE_MS = 5_000;

/** @returns the engine's id of the exec. @throws EngineRefused('not-running' | 'conflict' when paused) */
export async function execCreate(
  context: DockerContext,
  uuid: string,
  want: ExecRequest,
  options?: CallOptions,
): Promise<string> {
  const answer = await context.connection.call(
    { what: `create exec in container ${uuid}` },
    {
      method: 'POST',
      path: containerPath(uuid, 'exec'),
      body: {
        Cmd: want.command,
        Tty: want.tty,
        AttachStdin: want.stdin,
        AttachStdout: true,
        AttachStderr: true,
      },
    },
    options,
  );
  return needed(text(fields(answer)['Id']), 'Id');
}

/** Starts the exec. `tty` must be that of its creation. */
export async function execAttach(
  context: DockerContext,
  execId: string,
  tty: boolean,
  options?: CallOptions,
): Promise<Terminal> {
  const { connection } = context;
  const socket = await connection.run({ what: `start exec ${execId}` }, options, (signal) =>
    connection.hijack(
      { method: 'POST', path: enginePath('exec', execId, 'start'), body: { Detach: false, Tty: tty } },
      signal,
    ),
  );
  return terminal(socket, tty);
}

export async function execResize(
  context: DockerContext,
  execId: string,
  size: TerminalSize,
  options?: CallOptions,
): Promise<void> {
  await context.connection.call(
    { what: `resize exec ${execId}` },
    { method: 'POST', path: enginePath('exec', execId, 'resize'), query: { h: size.rows, w: size.columns } },
    options,
  );
}

/** null while it runs. @throws EngineRefused('not-found') when the container is gone or the engine was restarted */
export async function execExitCode(
  context: DockerContext,
  execId: string,
  options?: CallOptions,
): Promise<number | null> {
  const state = await execState(context, execId, options);
  return state['Running'] === true || typeof state['ExitCode'] !== 'number' ? null : state['ExitCode'];
}

async function execState(context: DockerContext, execId: string, options?: CallOptions): Promise<Fields> {
  const request = { method: 'GET', path: enginePath('exec', execId, 'json') } as const;
  return fields(await context.connection.call({ what: `inspect exec ${execId}` }, request, options));
}

/**
 * Runs a command to its end. When the time is over, or the caller gives up, or it prints too much, the command is killed if
 * that can be done: the engine itself leaves it running.
 * @throws ExecTimeout, EngineRefused, Unavailable
 */
export async function exec(
  context: DockerContext,
  uuid: string,
  want: ExecRequest,
  options?: CallOptions,
): Promise<ExecResult> {
  const { connection } = context;
  const ms = options?.timeoutMs ?? connection.deadlines.exec;
  const signal = options?.signal;
  const begun = performance.now();
  const execId = await execCreate(
    context,
    uuid,
    { ...want, stdin: false },
    // The caller's patience is for all of it: an engine that hangs shall not take the time of a slow one first.
    { timeoutMs: Math.min(ms, connection.deadlines.call), ...(signal && { signal }) },
  );
  try {
    return await withDeadline('exec', Math.max(1, ms - (performance.now() - begun)), signal, async (running) => {
      const stream = await execAttach(context, execId, want.tty, { signal: running });
      running.addEventListener('abort', () => stream.close(), { once: true });
      const output = await collect(stream.output);
      return { output, exitCode: await finalExitCode(context, execId, running) };
    });
  } catch (error) {
    void killExec(context, execId);
    if (error instanceof DeadlinePassed) throw new ExecTimeout(want.command.join(' '));
    throw signal?.aborted ? error : toDomainError('exec', connection.socketPath, error);
  }
}

async function collect(output: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const bytes of bytesOf(output)) {
    size += bytes.length;
    if (size > MAX_OUTPUT_BYTES) {
      throw new EngineRefused(
        `The output of the command is larger than ${MAX_OUTPUT_BYTES / 1024 ** 2} MiB.`,
        'failed',
      );
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** The stream may end a moment before the engine has noted the exit. null: the engine does not know the exec any more. */
async function finalExitCode(context: DockerContext, execId: string, signal: AbortSignal): Promise<number | null> {
  for (;;) {
    try {
      const code = await execExitCode(context, execId, { signal });
      if (code !== null) return code;
    } catch (error) {
      if (isRefused(error, 'not-found')) return null;
      throw error;
    }
    await sleep(EXIT_POLL_MS, undefined, { signal });
  }
}

/**
 * Kills the process group of a command from outside: Docker has no call for it. Only when the process is surely that of the
 * container, which its control group says; under a sandbox, or with an engine elsewhere, it is left alone.
 */
async function killExec(context: DockerContext, execId: string): Promise<void> {
  try {
    const state = await execState(context, execId, { timeoutMs: KILL_DEADLINE_MS });
    const pid = number(state['Pid']);
    const containerId = text(state['ContainerID']);
    if (state['Running'] !== true || pid <= 1 || containerId === null) return;
    if (!(await readFile(`/proc/${pid}/cgroup`, 'utf8')).includes(containerId)) return;
    // runc makes the command the leader of its own session, so this takes along what it has started.
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    context.log.debug({ err: error, exec: execId }, 'the command of an exec could not be killed');
  }
}
