import type { Container } from '#core/domain/container.js';
import { DomainError, NotFound } from '#core/domain/errors.js';
import type { Logger } from '#core/logging/logger.js';
import { differs, factsOf } from '#core/operations/observation.js';
import type { EngineEvent, ListedContainer, RuntimeDriver } from '#core/runtime/driver.js';
import type { Store } from '#core/store/store.js';
import { compare } from './decide.js';

export interface ReconcilerOptions {
  readonly host: string;
  /** Seconds between complete lists. */
  readonly listSeconds: number;
  /** An engine container that nobody owns is removed when it is older. Seconds. */
  readonly orphanGraceSeconds: number;
  /** A container must be missing from two complete lists this far apart. */
  readonly missingConfirmMs: number;
}

export interface ReconcilerParts {
  readonly store: Store;
  readonly driver: RuntimeDriver;
  readonly log: Logger;
  /** Called after image events and at each complete list. */
  readonly onImages: () => Promise<void>;
  /** Called at each complete list. */
  readonly onListed: () => Promise<void>;
  /** A container that removes itself has gone: the record and the ports go too. */
  readonly onAutoRemoved: (container: Container) => Promise<void>;
}

const RECONNECT_FIRST_MS = 200;
const RECONNECT_MOST_MS = 5_000;

/**
 * Keeps the recorded facts true to the engine of one host. Events are hints: they mark a container, which is then looked at.
 * Complete lists are truth, taken at the start, at each reconnect, and every `listSeconds`. A list that fails changes nothing,
 * and an empty one is never taken alone for "all is gone".
 */
export class Reconciler {
  private readonly dirty = new Set<string>();
  private readonly suspects = new Set<string>();
  private imagesChanged = false;
  private wake: (() => void) | null = null;
  private readonly stopped = new AbortController();
  private loops: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly parts: ReconcilerParts,
    private readonly options: ReconcilerOptions,
  ) {}

  start(): void {
    this.loops = Promise.all([this.watch(), this.look(), this.listRegularly()]);
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    this.wake?.();
    await this.loops;
  }

  /** Have a look at this container soon. */
  mark(uuid: string): void {
    this.dirty.add(uuid);
    this.wake?.();
  }

  /** Listens to the engine; after each reconnect everything is listed, since events in between are lost. */
  private async watch(): Promise<void> {
    const { signal } = this.stopped;
    let delay = RECONNECT_FIRST_MS;
    while (!signal.aborted) {
      try {
        await this.parts.driver.events(
          (e) => this.onEvent(e),
          signal,
          () => {
            delay = RECONNECT_FIRST_MS;
            void this.listSafely('connected');
          },
        );
      } catch (error) {
        if (!signal.aborted)
          this.parts.log.warn({ err: error }, 'the event stream of the engine broke; it is opened again');
      }
      await this.pause(delay);
      delay = Math.min(RECONNECT_MOST_MS, delay * 2);
    }
  }

  private onEvent(e: EngineEvent): void {
    if (e.kind === 'image') this.imagesChanged = true;
    if (e.uuid !== null) this.dirty.add(e.uuid);
    this.wake?.();
  }

  /** Looks at what is marked, one after the other. */
  private async look(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const [uuid] = this.dirty;
      if (uuid === undefined && !this.imagesChanged) {
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
        continue;
      }
      try {
        if (this.imagesChanged) {
          this.imagesChanged = false;
          await this.parts.onImages();
        }
        if (uuid === undefined) continue;
        this.dirty.delete(uuid);
        await this.refresh(uuid);
      } catch (error) {
        this.parts.log.warn({ err: error, container: uuid }, 'a container could not be looked at; the next list will');
        if (!(error instanceof DomainError)) await this.pause(RECONNECT_FIRST_MS);
      }
    }
  }

  /** Records what the engine says of one container now. */
  async refresh(uuid: string): Promise<void> {
    let container: Container;
    try {
      container = await this.parts.store.containers.byUuid(uuid);
    } catch (error) {
      if (error instanceof NotFound) return;
      throw error;
    }
    // What an operation does it records itself; it marks the container again when it ends.
    if (container.task?.state === 'running' || container.facts.engineId === null) return;
    const seen = await this.parts.driver.inspect(uuid);
    if (seen === null) {
      this.suspect(uuid);
      return;
    }
    // What was missing is back, or what failed to start runs now: the failure is over.
    const over = container.facts.missingSince !== null || (seen.running && !container.facts.running);
    const facts = { ...factsOf(seen, container.facts, new Date()), ...(over && { failure: null }) };
    if (!differs(facts, container.facts)) return;
    const recorded = await this.parts.store.containers.recordObserved(container, facts);
    // Somebody else wrote meanwhile: look again at what is there then.
    if (!recorded) this.mark(uuid);
  }

  private async listRegularly(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.pause(this.options.listSeconds * 1000);
      if (!signal.aborted) await this.listSafely('regular');
    }
  }

  private async listSafely(why: string): Promise<void> {
    try {
      await this.list();
      this.parts.log.debug({ why }, 'engine listed');
    } catch (error) {
      this.parts.log.warn({ err: error, why }, 'the engine could not be listed; nothing is concluded from that');
    }
  }

  /** One complete comparison. @throws Unavailable when either side cannot be read */
  async list(): Promise<void> {
    const { store, driver } = this.parts;
    // The engine first: what is created between the two reads has a row by then, and is no orphan.
    const listed = await driver.list();
    const rows = await store.containers.ofHost(this.options.host);
    const known = await store.containers.known(listed.map((l) => l.uuid));
    const found = compare(rows, listed, known);
    for (const uuid of found.dirty) this.mark(uuid);
    for (const uuid of found.missing) this.suspect(uuid);
    await this.removeOrphans(found.orphans);
    await this.parts.onListed();
    await this.parts.onImages();
  }

  /** Gone only if a complete list some time later does not have it either: one list for all that are suspected. */
  private suspect(uuid: string): void {
    this.suspects.add(uuid);
    if (this.suspects.size > 1) return;
    void this.pause(this.options.missingConfirmMs)
      .then(() => this.confirmMissing())
      .catch((error: unknown) =>
        this.parts.log.warn({ err: error }, 'missing containers could not be confirmed; the next list will'),
      );
  }

  private async confirmMissing(): Promise<void> {
    const { store, driver, log } = this.parts;
    const uuids = [...this.suspects];
    this.suspects.clear();
    const listed = new Set((await driver.list()).map((l) => l.uuid));
    for (const uuid of uuids.filter((u) => !listed.has(u))) {
      const container = await store.containers.byUuid(uuid).catch((error: unknown) => {
        if (error instanceof NotFound) return null;
        throw error;
      });
      if (container === null || container.task !== null || container.facts.missingSince !== null) continue;
      if (container.spec.autoRemove) {
        await this.parts.onAutoRemoved(container);
        continue;
      }
      log.warn({ container: uuid }, 'the container is gone from its engine');
      const now = new Date();
      await store.containers.recordObserved(container, {
        missingSince: now,
        running: false,
        paused: false,
        restarting: false,
        failure: {
          code: 500,
          message: `No such container: ${container.facts.engineId ?? uuid} in docker. It was removed outside of this service; delete it, or reboot it (hard) to make it anew.`,
          details: null,
          at: now,
        },
        observedAt: now,
      });
    }
  }

  /** Ours by their labels, no row, old enough: nobody will ever ask for them. */
  private async removeOrphans(orphans: readonly ListedContainer[]): Promise<void> {
    const before = Date.now() - this.options.orphanGraceSeconds * 1000;
    for (const o of orphans.filter((x) => x.createdAt.getTime() < before)) {
      this.parts.log.warn(
        { container: o.uuid, engine_id: o.engineId },
        'removing an engine container that no record owns',
      );
      await this.parts.driver.remove(o.uuid);
    }
  }

  private pause(ms: number): Promise<void> {
    const { signal } = this.stopped;
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
    });
  }
}
