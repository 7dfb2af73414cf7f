import type { Container, PortBinding } from '#core/domain/container.js';
import type { Action, Operation } from '#core/domain/operation.js';
import type { ImageProvider } from '#core/image/provider.js';
import type { Semaphore } from '#core/lib/semaphore.js';
import type { Logger } from '#core/logging/logger.js';
import type { NetworkProvider } from '#core/network/provider.js';
import type { EngineEndpoint, EngineImage, EngineInfo, RuntimeDriver } from '#core/runtime/driver.js';
import type { FactChanges } from '#core/store/fact-columns.js';
import type { Store } from '#core/store/store.js';

/** What the steps of an operation work with, on one host. */
export interface OperationParts {
  readonly store: Store;
  readonly driver: RuntimeDriver;
  readonly images: ImageProvider;
  readonly networks: NetworkProvider;
  /** Engine starts are bounded per host: more at once only adds waiting. */
  readonly starts: Semaphore;
  /** As last reported. */
  readonly engine: () => EngineInfo;
  readonly log: Logger;
}

/** What a step found out: facts and ports are recorded together with the step that follows. */
export interface Outcome {
  readonly facts?: FactChanges;
  readonly ports?: readonly PortBinding[];
  /** For the steps that follow in this attempt; a later attempt finds out again. */
  readonly prepared?: Prepared;
}

/** What an engine container is made of, on this engine. */
export interface Prepared {
  readonly image: EngineImage;
  readonly endpoints: readonly EngineEndpoint[];
}

export interface StepContext<A extends Action = Action> {
  readonly parts: OperationParts;
  readonly operation: Operation<A>;
  /** As read at the beginning, with what the steps before recorded. */
  readonly container: Container;
  /** Of an earlier step. */
  readonly prepared: Prepared | null;
  /** Fires when the lease is lost or the agent stops. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * One step of an operation. `run` may be repeated after a crash at any moment: it looks for what carries our uuid before it makes
 * anything. `undo` removes what `run` makes, also when `run` ended half-way; it too may be repeated.
 */
export interface Step<A extends Action = Action> {
  readonly name: string;
  run(context: StepContext<A>): Promise<Outcome | undefined>;
  undo?(context: StepContext<A>): Promise<Outcome | undefined>;
  /**
   * What is there after this step is worth keeping: a later failure leaves it and undoes nothing. Docker and Zun keep a container
   * that was created but does not start.
   */
  readonly keeps?: boolean;
  /**
   * What the step before found out need not be on disk before this one begins: after a crash of the database it is found out again, and
   * is the same. Not for a step that makes something outside according to it.
   */
  readonly relaxed?: boolean;
}

export interface Plan<A extends Action> {
  readonly steps: readonly Step<A>[];
  /** What a failure means for the container: `error` puts it into the state of that name, `none` leaves its state as it is. */
  readonly failure: 'error' | 'none';
  /** Try again for ever: a deletion that is accepted will be carried out. */
  readonly relentless?: boolean;
}
