import { setTimeout as sleep } from 'node:timers/promises';
import { EngineRefused } from '#core/domain/errors.js';
import type { ResourceLimits } from '#core/domain/spec.js';
import type { CallOptions } from '#core/runtime/driver.js';
import { type Fields, fields, needed, number, text } from './answer.js';
import type { DockerContext } from './context.js';
import { limitMembers } from './create-body.js';
import { isRefused } from './errors.js';
import { containerPath, labelsOf, ownership } from './names.js';
import { look, lookExisting } from './observe.js';
import { endStaleTask } from './stale-task.js';

const MIB = 1024 ** 2;
/** Docker's own default between the stop signal and SIGKILL. */
const DEFAULT_GRACE_SECONDS = 10;
const REMOVAL_POLL_MS = 100;
/** How long containerd takes, at the most, to clean up after a shim that has ended. */
const STALE_SETTLES_MS = 5_000;
const STALE_POLL_MS = 50;

/** A running container is started already: the engine says 304, which is success. */
export async function start(context: DockerContext, uuid: string, options?: CallOptions): Promise<void> {
  const call = { what: `start container ${uuid}`, deadline: 'start' } as const;
  await context.connection.steps(call, options, async (inner) => {
    const request = { method: 'POST', path: containerPath(uuid, 'start') } as const;
    let settled: number | null = null;
    for (;;) {
      try {
        await context.connection.call(call, request, inner);
        return;
      } catch (error) {
        if (!isStale(error)) throw error;
        if (settled === null && !(await endStaleTask(await engineIdOf(context, uuid, inner)))) throw lostTrack(error);
        settled ??= performance.now() + STALE_SETTLES_MS;
        if (performance.now() > settled) throw lostTrack(error);
        await sleep(STALE_POLL_MS, undefined, { signal: inner.signal });
      }
    }
  });
}

/** The engine died in an earlier start, and what it started is in the way of this one. It has no code for that, only this text. */
const isStale = (error: unknown): error is EngineRefused =>
  error instanceof EngineRefused && /task .*already exists/i.test(error.reason);

/** What is in the way is out of our reach. */
const lostTrack = (error: EngineRefused): EngineRefused =>
  new EngineRefused(
    `The engine lost track of an earlier start of this container; it has to be made anew. (${error.reason})`,
    'failed',
    { cause: error },
  );

const engineIdOf = async (context: DockerContext, uuid: string, options: CallOptions): Promise<string> =>
  needed(text((await lookExisting(context, uuid, options))['Id']), 'Id');

/** Ends within the grace period and a margin. A stopped container is stopped already (304). */
export async function stop(
  context: DockerContext,
  uuid: string,
  graceSeconds: number | null,
  options?: CallOptions,
): Promise<void> {
  const { connection } = context;
  const grace = graceSeconds ?? ownGrace(await lookExisting(context, uuid, options));
  await connection.call(
    { what: `stop container ${uuid}` },
    { method: 'POST', path: containerPath(uuid, 'stop'), query: { t: grace } },
    { timeoutMs: grace * 1000 + connection.deadlines.stopMargin, ...options },
  );
}

function ownGrace(found: Fields): number {
  const seconds = fields(found['Config'])['StopTimeout'];
  return typeof seconds === 'number' ? seconds : DEFAULT_GRACE_SECONDS;
}

/**
 * Sends a signal. SIGKILL of a container that does not run is success: it is as dead as was asked for.
 * @throws EngineRefused('not-running') for other signals
 */
export async function kill(context: DockerContext, uuid: string, signal: string, options?: CallOptions): Promise<void> {
  try {
    await context.connection.call(
      { what: `kill container ${uuid}` },
      { method: 'POST', path: containerPath(uuid, 'kill'), query: { signal } },
      options,
    );
  } catch (error) {
    const isDeadly = ['KILL', 'SIGKILL', '9'].includes(signal.toUpperCase());
    if (!(isDeadly && isRefused(error, 'not-running'))) throw error;
  }
}

export const pause = (context: DockerContext, uuid: string, options?: CallOptions): Promise<void> =>
  setPaused(context, uuid, true, options);

export const unpause = (context: DockerContext, uuid: string, options?: CallOptions): Promise<void> =>
  setPaused(context, uuid, false, options);

/** The engine answers 409 both for "already so" and for "not running": which one it was is found out by looking. */
async function setPaused(
  context: DockerContext,
  uuid: string,
  paused: boolean,
  options: CallOptions | undefined,
): Promise<void> {
  const verb = paused ? 'pause' : 'unpause';
  const call = { what: `${verb} container ${uuid}` };
  await context.connection.steps(call, options, async (inner) => {
    try {
      await context.connection.call(call, { method: 'POST', path: containerPath(uuid, verb) }, inner);
    } catch (error) {
      if (!(error instanceof EngineRefused) || error.kind === 'not-found') throw error;
      const state = fields((await lookExisting(context, uuid, inner))['State']);
      if (state['Running'] !== true) {
        throw new EngineRefused(`Container ${uuid} is not running`, 'not-running', { cause: error });
      }
      if ((state['Paused'] === true) !== paused) throw error;
    }
  });
}

/**
 * Changes limits, running or not. Docker reads 0 as "as it was", so that no limit becomes all that the host has.
 * @throws EngineRefused, also when the new memory limit is below what is in use
 */
export async function update(
  context: DockerContext,
  uuid: string,
  limits: Partial<Pick<ResourceLimits, 'cpus' | 'memoryMb' | 'swapMb'>>,
  options?: CallOptions,
): Promise<void> {
  await context.connection.steps({ what: `update container ${uuid}` }, options, async (inner) => {
    const body = await updateBody(context, uuid, limits, inner);
    // docker-modem sends an empty object as no body at all, which the engine refuses.
    if (Object.keys(body).length === 0) return;
    await context.connection.call(
      { what: `update container ${uuid}` },
      { method: 'POST', path: containerPath(uuid, 'update'), body },
      inner,
    );
  });
}

/** Memory and swap are one number for the engine, so that whichever is not given is read from the container. */
async function updateBody(
  context: DockerContext,
  uuid: string,
  limits: Partial<Pick<ResourceLimits, 'cpus' | 'memoryMb' | 'swapMb'>>,
  options: CallOptions,
): Promise<object> {
  const current = fields((await lookExisting(context, uuid, options))['HostConfig']);
  const memory = number(current['Memory']) / MIB;
  const swap = Math.max(0, number(current['MemorySwap']) / MIB - memory);
  const unlimited = limits.cpus === 0 || limits.memoryMb === 0 ? await context.info.recent(options) : null;
  // limitMembers leaves a 0 out, which the engine reads as "as it was".
  const asItWas = 0;
  const memoryAsItWas = limits.swapMb === undefined ? asItWas : memory;
  return limitMembers({
    cpus: limits.cpus === 0 && unlimited ? unlimited.cpus : (limits.cpus ?? asItWas),
    memoryMb: limits.memoryMb === 0 && unlimited ? unlimited.memoryMb : (limits.memoryMb ?? memoryAsItWas),
    swapMb: limits.swapMb ?? swap,
  });
}

/**
 * Removes a container and its anonymous volumes; returns when it is gone. A missing one is removed already.
 * @throws EngineRefused('conflict') when a container that is not ours has the name
 */
export async function remove(context: DockerContext, uuid: string, options?: CallOptions): Promise<void> {
  const call = { what: `remove container ${uuid}`, deadline: 'remove' } as const;
  await context.connection.steps(call, options, async (inner) => {
    for (;;) {
      const found = await look(context, uuid, inner);
      if (found === null) return;
      if (ownership(context.identity, labelsOf(found)) === null) {
        throw new EngineRefused(`The container named for ${uuid} does not belong to this deployment.`, 'conflict');
      }
      if (await removeNow(context, uuid, inner)) {
        // Of one that runs the engine itself takes care.
        if (fields(found['State'])['Running'] !== true) await endStaleTask(needed(text(found['Id']), 'Id'));
        return;
      }
      await sleep(REMOVAL_POLL_MS, undefined, { signal: inner.signal });
    }
  });
}

/** @returns false when another removal of it is in progress */
async function removeNow(context: DockerContext, uuid: string, options: CallOptions): Promise<boolean> {
  try {
    await context.connection.call(
      { what: `remove container ${uuid}`, deadline: 'remove' },
      { method: 'DELETE', path: containerPath(uuid), query: { force: true, v: true } },
      options,
    );
    return true;
  } catch (error) {
    if (isRefused(error, 'not-found')) return true;
    if (isRefused(error, 'conflict')) return false;
    throw error;
  }
}
