import type { Container } from '#core/domain/container.js';
import type { FrontEnd, RequestContext } from '#core/domain/context.js';
import { Busy, Invalid, Locked, NotFound } from '#core/domain/errors.js';
import type { Action, ActionArguments, Operation } from '#core/domain/operation.js';
import { deriveState } from '#core/domain/state.js';
import { checkTransition, type Transition } from '#core/domain/transitions.js';
import type { Transaction } from '#core/store/database.js';
import type { Engine } from './engine.js';
import { isUuid, scopeOf } from './find-container.js';

export interface Submission<A extends Action> {
  readonly frontEnd: FrontEnd;
  readonly transition: Transition;
  readonly action: A;
  readonly args: ActionArguments[A];
  /** What a second request of the same kind gets while the first is in flight: its result, or a refusal. */
  readonly onSame: 'join' | 'refuse';
  /** What is reserved or recorded together with the operation, once it is sure to be accepted. */
  readonly claim?: (container: Container, transaction: Transaction) => Promise<void>;
}

/**
 * The way of every action on an existing container: one transaction checks lock, operations in flight and state, and writes the
 * operation. One operation at a time: another kind in flight is refused as busy, a delete overtakes all.
 * @returns the container as it is now, with the operation in flight
 * @throws NotFound, Locked, Busy, InvalidState
 */
export async function submit<A extends Action>(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  s: Submission<A>,
): Promise<Container> {
  if (!isUuid(uuid)) throw new NotFound('container', uuid);
  return engine.store.database.transaction(async (transaction) => {
    const [container, inFlight] = await Promise.all([
      engine.store.containers.lock(uuid, transaction),
      engine.store.operations.inFlight(uuid, transaction),
    ]);
    const scope = scopeOf(context);
    if (scope !== null && container.projectId !== scope) throw new NotFound('container', uuid);
    if (container.server.locked !== null && !context.isAdmin) throw new Locked(uuid);
    const joined = join(container, inFlight, s);
    if (joined) return container;
    if (s.action === 'delete') await engine.store.operations.cancelQueued(uuid, 'overtaken by a delete', transaction);
    checkTransition(s.transition, uuid, deriveState(container.facts));
    if (container.host === null) return withoutHost(engine, context, container, s, transaction);
    await s.claim?.(container, transaction);
    const written = engine.store.operations.insert(
      {
        container: uuid,
        projectId: container.projectId,
        userId: context.userId,
        requestId: context.requestId,
        frontEnd: s.frontEnd,
        host: container.host,
        action: s.action,
        args: s.args,
      },
      transaction,
    );
    const [accepted] = await Promise.all([
      engine.store.containers.byUuid(uuid, { transaction }),
      written,
      transaction.commit(),
    ]);
    return accepted;
  });
}

/** Whether the request is one with an operation in flight. @throws Busy */
function join<A extends Action>(container: Container, inFlight: readonly Operation[], s: Submission<A>): boolean {
  const last = inFlight.at(-1);
  if (last === undefined) return false;
  if (last.action === s.action && s.onSame === 'join') return true;
  if (s.action === 'delete' && last.action !== 'delete') return false;
  throw new Busy(s.transition.row, container.uuid, last.action, last.step);
}

/** A container that never got a host has nothing outside the database: it is deleted here and now, and nothing else is possible. */
async function withoutHost<A extends Action>(
  engine: Engine,
  context: RequestContext,
  container: Container,
  s: Submission<A>,
  transaction: Transaction,
): Promise<Container> {
  if (s.action !== 'delete') throw new Invalid('Cannot operate an uncreated container.');
  await engine.store.operations.insert(
    {
      container: container.uuid,
      projectId: container.projectId,
      userId: context.userId,
      requestId: context.requestId,
      frontEnd: s.frontEnd,
      host: null,
      action: s.action,
      args: s.args,
      ended: { state: 'done', error: null },
    },
    transaction,
  );
  await engine.store.containers.markDeleted(container.uuid, transaction);
  return engine.store.containers.byUuid(container.uuid, { deleted: true, transaction });
}
