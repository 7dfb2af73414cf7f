import { randomUUID } from 'node:crypto';
import { uptime } from 'node:os';
import { EngineRefused, Unavailable } from '#core/domain/errors.js';
import type { Operation } from '#core/domain/operation.js';
import type { ImageProvider } from '#core/image/provider.js';
import { Semaphore } from '#core/lib/semaphore.js';
import type { Logger } from '#core/logging/logger.js';
import type { NetworkProvider } from '#core/network/provider.js';
import { execute } from '#core/operations/executor.js';
import type { OperationParts } from '#core/operations/step.js';
import { Reconciler, type ReconcilerOptions } from '#core/reconcile/reconciler.js';
import type { EngineInfo, RuntimeDriver } from '#core/runtime/driver.js';
import type { HostSession } from '#core/store/host-session.js';
import type { Store } from '#core/store/store.js';

export interface AgentOptions extends ReconcilerOptions {
  readonly availabilityZone: string;
  readonly address: string;
  /** Operations at the same time. */
  readonly concurrency: number;
  /** Engine starts at the same time. */
  readonly startConcurrency: number;
  readonly leaseSeconds: number;
  readonly engineWaitSeconds: number;
}

export interface AgentParts {
  readonly store: Store;
  readonly driver: RuntimeDriver;
  readonly images: ImageProvider;
  readonly networks: NetworkProvider;
  readonly session: HostSession;
  readonly log: Logger;
}

/** The agent runs on its host. */
const bootedAt = (): string => new Date(Date.now() - uptime() * 1000).toISOString();

const POLL_MS = 5_000;
const HEARTBEAT_MS = 10_000;

/** An operation under way. */
interface Work {
  readonly container: string;
  readonly done: Promise<void>;
  readonly controller: AbortController;
}

/** What runs on a host: takes the host's operations, watches its engine, reports that it is alive. */
export class Agent {
  /** Of this run of the agent: what an earlier one leased is not ours by accident. */
  private readonly owner = randomUUID();
  private readonly running = new Map<string, Work>();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly reconciler: Reconciler;
  private readonly parts: OperationParts;
  private engine: EngineInfo;
  private claiming: Promise<void> | null = null;
  private claimAgain = false;
  private stopping = false;
  /** Between two sessions another agent may have the host. */
  private owned = false;

  private constructor(
    private readonly given: AgentParts,
    private readonly options: AgentOptions,
    engine: EngineInfo,
  ) {
    this.engine = engine;
    const { store, driver, images, networks, log } = given;
    this.parts = {
      store,
      driver,
      images,
      networks,
      log,
      starts: new Semaphore(options.startConcurrency),
      engine: () => this.engine,
    };
    this.reconciler = new Reconciler(
      {
        store,
        driver,
        log,
        busy: (uuid) => [...this.running.values()].some((r) => r.container === uuid),
        onConnected: () => this.engineIsBack(),
        onListed: (signal) => this.sweepNetworks(signal),
        onImages: async (signal) => images.engineHas(options.host, await driver.listImages({ signal })),
        onAutoRemoved: (c) => store.operations.submitDelete(c),
      },
      options,
    );
  }

  /**
   * Registers the host and starts to work. Whoever held the host before is known to be dead, so its operations go on at once.
   * @throws Unavailable when the engine does not answer
   */
  static async start(given: AgentParts, options: AgentOptions): Promise<Agent> {
    const engine = await given.driver.info();
    const agent = new Agent(given, options, engine);
    await agent.report();
    // Before anybody can ask for the list of images.
    await given.images.engineHas(options.host, await given.driver.listImages());
    await given.session.open(options.host, {
      onOwned: () => agent.takeOver(),
      onLost: () => {
        agent.owned = false;
      },
      onWake: () => agent.claim(),
    });
    agent.reconciler.start();
    const every = (ms: number, what: string, work: () => Promise<void>): void => {
      agent.timers.push(
        setInterval(
          alone(work, (err) => given.log.warn({ err }, what)),
          ms,
        ),
      );
    };
    every(POLL_MS, 'the queue could not be polled', async () => agent.claim());
    every(HEARTBEAT_MS, 'the host could not report', () => agent.heartbeat());
    every((options.leaseSeconds * 1000) / 3, 'leases could not be prolonged', () => agent.renew());
    agent.claim();
    return agent;
  }

  /** Takes no more work, lets steps under way end for `graceMs`, then gives the rest back to the queue. */
  async stop(graceMs: number): Promise<void> {
    this.stopping = true;
    for (const t of this.timers) clearInterval(t);
    // What is being claimed at this moment is ours in a moment.
    await this.claiming;
    const all = Promise.allSettled([...this.running.values()].map((r) => r.done));
    const late = setTimeout(() => {
      for (const r of this.running.values()) r.controller.abort(new Unavailable('host', 'The service is stopping.'));
    }, graceMs);
    await all;
    clearTimeout(late);
    await this.reconciler.stop();
    await this.given.store.operations.giveBack(this.owner);
    await this.given.session.close();
  }

  private async takeOver(): Promise<void> {
    await this.given.store.operations.takeOver(this.options.host, this.owner);
    this.owned = true;
  }

  /** What was put off while the engine did not answer goes on at once, and the host is shown as alive. */
  private async engineIsBack(): Promise<void> {
    if (!this.owned) return;
    await this.heartbeat();
    await this.given.store.operations.dueNow(this.options.host);
    this.claim();
  }

  /** Removes engine networks whose subnet was deleted. The engine is listed first: what is made meanwhile has its record by then. */
  private async sweepNetworks(signal: AbortSignal): Promise<void> {
    const { driver, networks, log } = this.given;
    const there = await driver.listNetworks({ signal });
    const wanted = await networks.engineNetworks();
    for (const name of there.filter((n) => !wanted.has(n))) {
      try {
        await driver.removeNetwork(name, { signal });
        log.info({ network: name }, 'removed an engine network whose subnet was deleted');
      } catch (error) {
        // Somebody has connected a container of their own: the next list tries again, and the other networks go all the same.
        if (!(error instanceof EngineRefused)) throw error;
        log.warn({ err: error, network: name }, 'an engine network whose subnet was deleted could not be removed');
      }
    }
  }

  /** @returns whether the host was unknown */
  private async report(): Promise<boolean> {
    const { host, availabilityZone, address } = this.options;
    return this.given.store.hosts.report({
      name: host,
      availabilityZone,
      address,
      info: { ...this.engine, bootedAt: bootedAt() },
    });
  }

  /** A host whose engine does not answer is not alive, whatever its agent is. */
  private async heartbeat(): Promise<void> {
    this.engine = await this.given.driver.info();
    // An operator has deleted the host, and with it what was known of its images.
    if (await this.report()) await this.given.images.engineHas(this.options.host, await this.given.driver.listImages());
  }

  private async renew(): Promise<void> {
    const ids = [...this.running.keys()];
    if (ids.length === 0) return;
    const held = await this.given.store.operations.renew(this.owner, ids);
    for (const id of ids.filter((x) => !held.has(x))) {
      this.running.get(id)?.controller.abort(new Unavailable('host', 'The lease of the operation was lost.'));
    }
  }

  /** Takes what is due, as long as there are free places. One claim at a time; a wake-up in between makes another round. */
  private claim(): void {
    if (this.stopping || !this.owned) return;
    if (this.claiming !== null) {
      this.claimAgain = true;
      return;
    }
    this.claiming = this.claimRound()
      .catch((error: unknown) => this.given.log.warn({ err: error }, 'operations could not be claimed'))
      .finally(() => {
        this.claiming = null;
        if (this.claimAgain) {
          this.claimAgain = false;
          this.claim();
        }
      });
  }

  private async claimRound(): Promise<void> {
    const free = this.options.concurrency - this.running.size;
    if (free <= 0) return;
    const taken = await this.given.store.operations.claim(this.options.host, this.owner, free, [
      ...this.running.keys(),
    ]);
    for (const operation of taken) this.run(operation);
    if (taken.length === free) this.claimAgain = true;
    await this.wakeForNext(taken.length);
  }

  /** An operation that was put back is due at a time of its own: no need to wait for the poll. */
  private async wakeForNext(taken: number): Promise<void> {
    if (taken > 0) return;
    const due = await this.given.store.operations.nextDue(this.options.host);
    if (due !== null && due < POLL_MS) setTimeout(() => this.claim(), Math.max(10, due)).unref();
  }

  private run(operation: Operation): void {
    const controller = new AbortController();
    const done = execute(this.parts, operation, this.owner, controller.signal, {
      waitSeconds: this.options.engineWaitSeconds,
    })
      .catch((error: unknown) =>
        this.given.log.error(
          { err: error, operation: operation.id },
          'operation could not be recorded; its lease will run out',
        ),
      )
      .finally(() => {
        this.running.delete(operation.id);
        this.reconciler.mark(operation.container);
        this.claim();
      });
    this.running.set(operation.id, { container: operation.container, done, controller });
  }
}

/** `work`, but not while the last call of it is still under way: a part that hangs must not gather more and more of them. */
function alone(work: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let under = false;
  return () => {
    if (under) return;
    under = true;
    void work()
      .catch(onError)
      .finally(() => {
        under = false;
      });
  };
}
