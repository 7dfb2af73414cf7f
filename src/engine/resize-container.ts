import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import { EngineRefused, InUse, NotFound, QuotaExceeded, type QuotaExcess } from '#core/domain/errors.js';
import type { Operation } from '#core/domain/operation.js';
import type { Transaction } from '#core/store/database.js';
import type { Engine } from './engine.js';
import { getContainer } from './find-container.js';
import { submit } from './submit.js';

/** New limits; null keeps what is. */
export interface NewLimits {
  readonly cpus: number | null;
  /** MiB */
  readonly memoryMb: number | null;
}

/**
 * Changes the limits of a container on its host. They are claimed with the request, so that what is promised is there; a host that
 * refuses gives them back.
 * @throws NotFound, Busy, InvalidState, QuotaExceeded; InUse when the host has no room
 */
export async function resizeContainer(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  wanted: NewLimits,
): Promise<Container> {
  const current = await getContainer(engine, context, uuid);
  const previous = { cpus: current.spec.limits.cpus, memoryMb: current.spec.limits.memoryMb };
  const args = { cpus: wanted.cpus ?? previous.cpus, memoryMb: wanted.memoryMb ?? previous.memoryMb, previous };
  return submit(engine, context, uuid, {
    frontEnd: 'native',
    transition: { frontEnd: 'native', row: 'update' },
    action: 'update',
    args,
    onSame: 'refuse',
    claim: async (container, transaction) => {
      await checkRoom(engine, container, args, transaction);
      const limits = { ...container.spec.limits, cpus: args.cpus, memoryMb: args.memoryMb };
      await engine.store.containers.change(uuid, { spec: { ...container.spec, limits } }, transaction);
    },
  });
}

/** The project is the container's, also when an administrator asks. */
async function checkRoom(
  engine: Engine,
  container: Container,
  args: { cpus: number; memoryMb: number; previous: { cpus: number; memoryMb: number } },
  transaction: Transaction,
): Promise<void> {
  const more = { cpus: args.cpus - args.previous.cpus, memoryMb: args.memoryMb - args.previous.memoryMb };
  await engine.store.quotas.lockProject(container.projectId, transaction);
  const limits = await engine.store.quotas.limits(container.projectId, transaction);
  const used = await engine.store.quotas.usage(container.projectId, transaction);
  const rows: readonly (readonly [string, number, number, number])[] = [
    ['cpu', more.cpus, used.cpus, limits.cpu],
    ['memory', more.memoryMb, used.memoryMb, limits.memory],
  ];
  const excess: QuotaExcess[] = rows
    .filter(([, requested, usage, limit]) => requested > 0 && limit >= 0 && usage + requested > limit)
    .map(([resource, requested, usage, limit]) => ({ resource, requested, used: usage, limit }));
  if (excess.length > 0) throw new QuotaExceeded(excess);
  await engine.store.hosts.lockPlacement(transaction);
  const host = (await engine.store.hosts.list(engine.defaults.serviceDownSeconds, transaction)).find(
    (h) => h.name === container.host,
  );
  if (host === undefined) throw new NotFound('host', container.host ?? '');
  const { ratios } = engine;
  if (args.cpus > host.info.cpus || (more.cpus > 0 && host.cpusUsed + more.cpus > host.info.cpus * ratios.cpu)) {
    throw new InUse(`The host ${host.name} has no room for ${args.cpus} CPUs.`);
  }
  if (
    more.memoryMb > 0 &&
    host.memoryUsedMb + more.memoryMb > (host.info.memoryMb - ratios.reservedMemoryMb) * ratios.ram
  ) {
    throw new InUse(`The host ${host.name} has no room for ${args.memoryMb} MiB of memory.`);
  }
}

const POLL_FIRST_MS = 10;
const POLL_MOST_MS = 500;

/**
 * Waits until the operation of a request has ended: for what the API promises to answer when it is done.
 * @returns the container then
 * @throws EngineRefused with the operation's reason when it failed; the reason of `signal` when that fires
 */
export async function settled(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  signal: AbortSignal,
): Promise<Container> {
  let delay = POLL_FIRST_MS;
  for (;;) {
    signal.throwIfAborted();
    const operation: Operation = await engine.store.operations.byRequest(uuid, context.requestId);
    if (operation.state === 'done') return getContainer(engine, context, uuid);
    if (operation.state === 'failed' || operation.state === 'cancelled') {
      throw new EngineRefused(operation.error ?? 'the operation failed', 'conflict');
    }
    await new Promise((resolve) => setTimeout(resolve, delay));
    delay = Math.min(POLL_MOST_MS, delay * 2);
  }
}
