import type { Container } from '#core/domain/container.js';
import { EngineRefused, NotFound, Unavailable } from '#core/domain/errors.js';
import { Bell } from '#core/lib/bell.js';
import { differs, factsOf } from '#core/operations/observation.js';
import type { EngineEvent, ListedContainer } from '#core/runtime/driver.js';
import { compare } from './decide.js';
import { Missing, type MissingParts } from './missing.js';
import { Orphans } from './orphans.js';

export interface ReconcilerOptions {
  readonly host: string;
  /** Seconds between complete lists. */
  readonly listSeconds: number;
  /** An engine container that nobody owns is removed when it has been so for this long. Seconds. */
  readonly orphanGraceSeconds: number;
  /** A container must be missing for this long, and from a complete list at the end of it. */
  readonly missingConfirmMs: number;
}

export interface ReconcilerParts extends MissingParts {
  /** An operation is at work on the container here: it records what it does, and marks the container when it ends. */
  readonly busy: (uuid: string) => boolean;
  /** The engine answers again, or for the first time. */
  readonly onConnected: () => Promise<void>;
  /** Called after image events and at each complete list. */
  readonly onImages: (signal: AbortSignal) => Promise<void>;
  /** Called at each complete list. */
  readonly onListed: (signal: AbortSignal) => Promise<void>;
}

const RETRY_FIRST_MS = 100;
/** A local socket is cheap to try, and whoever waits for the engine should not wait for us. */
const RETRY_MOST_MS = 1_000;

/**
 * Keeps the recorded facts true to the engine of one host. Events are hints: they mark a container, which is then looked at.
 * Complete lists are truth, taken at the start, at each reconnect, and every `listSeconds`. A list that fails changes nothing,
 * and an empty one is never taken alone for "all is gone".
 */
export class Reconciler {
  /** What an event or the end of an operation named: looked at first. */
  private readonly marked = new Set<string>();
  /** What a list brought up. After a reconnect that is every container of the host, and it must not delay what is marked. */
  private readonly listed = new Set<string>();
  private readonly work = new Bell();
  private readonly listNow = new Bell();
  private readonly stopped = new AbortController();
  private readonly missing: Missing;
  private readonly orphans = new Orphans();
  private imagesChanged = false;
  private connected = false;
  /** Events were missed, so that a list with the recorded states in it says too little: everything is looked at. */
  private eventsMissed = false;
  private loops: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly parts: ReconcilerParts,
    private readonly options: ReconcilerOptions,
  ) {
    this.missing = new Missing(parts, options.missingConfirmMs, this.stopped.signal, (uuid) => this.mark(uuid));
  }

  start(): void {
    this.loops = Promise.all([this.watch(), this.look(), this.listRegularly()]);
  }

  async stop(): Promise<void> {
    this.stopped.abort(new Error('the reconciler was stopped'));
    await this.loops;
  }

  /** Have a look at this container soon. */
  mark(uuid: string): void {
    this.marked.add(uuid);
    this.work.ring();
  }

  /** Listens to the engine; after each reconnect everything is listed, since events in between are lost. */
  private async watch(): Promise<void> {
    const { signal } = this.stopped;
    let delay = RETRY_FIRST_MS;
    while (!signal.aborted) {
      try {
        await this.parts.driver.events(
          (e) => this.onEvent(e),
          signal,
          () => {
            delay = RETRY_FIRST_MS;
            this.connected = true;
            this.eventsMissed = true;
            this.listNow.ring();
          },
        );
      } catch (error) {
        // One line when it breaks; each try after that would only repeat it.
        if (this.connected) this.parts.log.warn({ err: error }, 'the event stream of the engine broke');
        else this.parts.log.debug({ err: error }, 'the event stream of the engine cannot be opened');
      }
      this.connected = false;
      await this.pause(delay);
      delay = Math.min(RETRY_MOST_MS, delay * 2);
    }
  }

  private onEvent(e: EngineEvent): void {
    if (e.kind === 'image') this.imagesChanged = true;
    if (e.uuid !== null) this.marked.add(e.uuid);
    this.work.ring();
  }

  /** Looks at what is marked, one after the other, as long as there is an engine to look at. */
  private async look(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const [uuid] = this.marked.size > 0 ? this.marked : this.listed;
      if (!this.connected || (uuid === undefined && !this.imagesChanged)) {
        await this.work.wait(signal);
        continue;
      }
      try {
        if (this.imagesChanged) {
          this.imagesChanged = false;
          await this.parts.onImages(signal);
        }
        if (uuid === undefined) continue;
        this.marked.delete(uuid);
        this.listed.delete(uuid);
        await this.refresh(uuid);
      } catch (error) {
        if (signal.aborted) return;
        this.parts.log.warn({ err: error, container: uuid }, 'a container could not be looked at');
        // What does not answer now will later; anything else would fail in the same way again.
        if (uuid !== undefined && error instanceof Unavailable) this.listed.add(uuid);
        await this.pause(RETRY_MOST_MS);
      }
    }
  }

  /** Records what the engine says of one container now. */
  async refresh(uuid: string): Promise<void> {
    if (this.parts.busy(uuid)) return;
    let container: Container;
    try {
      container = await this.parts.store.containers.byUuid(uuid);
    } catch (error) {
      if (error instanceof NotFound) return;
      throw error;
    }
    // What an operation does it records itself; it marks the container again when it ends.
    if (container.task?.state === 'running' || container.facts.engineId === null) return;
    const seen = await this.parts.driver.inspect(uuid, { signal: this.stopped.signal });
    if (seen === null) {
      if (container.facts.missingSince === null) this.missing.suspect(uuid);
      return;
    }
    // What was missing is back, or what failed to start runs now: the failure is over.
    const over = container.facts.missingSince !== null || (seen.running && !container.facts.running);
    const facts = { ...factsOf(seen, container.facts, new Date()), ...(over && { failure: null }) };
    if (!differs(facts, container.facts)) return;
    const recorded = await this.parts.store.containers.recordObserved(container, facts);
    // Somebody else wrote meanwhile: look again at what is there then. An operation in flight will say so when it ends.
    if (!recorded && container.task === null) this.mark(uuid);
  }

  private async listRegularly(): Promise<void> {
    const { signal } = this.stopped;
    for (;;) {
      await this.listNow.wait(
        signal,
        this.connected && this.eventsMissed ? RETRY_MOST_MS : this.options.listSeconds * 1000,
      );
      if (signal.aborted) return;
      try {
        await this.list();
      } catch (error) {
        if (signal.aborted) return;
        this.parts.log.warn({ err: error }, 'the engine could not be listed; nothing is concluded from that');
      }
    }
  }

  /** One complete comparison. @throws Unavailable when either side cannot be read */
  async list(): Promise<void> {
    const { signal } = this.stopped;
    const everything = this.eventsMissed;
    this.eventsMissed = false;
    try {
      if (everything) await this.parts.onConnected();
      await this.compare(everything);
    } catch (error) {
      if (everything) this.eventsMissed = true;
      throw error;
    }
    await this.parts.onListed(signal);
    await this.parts.onImages(signal);
  }

  private async compare(everything: boolean): Promise<void> {
    const { store, driver } = this.parts;
    // The engine first: what is created between the two reads has a row by then, and is no orphan.
    const listed = await driver.list({ signal: this.stopped.signal });
    const rows = await store.containers.ofHost(this.options.host);
    const known = await store.containers.known(listed.map((l) => l.uuid));
    const found = compare(rows, listed, known);
    const toLookAt = everything ? listed.map((l) => l.uuid).filter((uuid) => known.has(uuid)) : found.dirty;
    for (const uuid of toLookAt) this.listed.add(uuid);
    this.work.ring();
    for (const uuid of found.missing) this.missing.suspect(uuid);
    await this.removeOrphans(found.orphans);
    this.parts.log.debug({ everything, containers: listed.length }, 'engine listed');
  }

  /** Ours by their labels, no row for long enough: nobody will ever ask for them. */
  private async removeOrphans(orphans: readonly ListedContainer[]): Promise<void> {
    const due = this.orphans.due(orphans, this.options.orphanGraceSeconds * 1000, performance.now());
    for (const o of due) {
      const which = { container: o.uuid, engine_id: o.engineId };
      this.parts.log.warn(which, 'removing an engine container that no record owns');
      try {
        await this.parts.driver.remove(o.uuid, { signal: this.stopped.signal });
      } catch (error) {
        if (!(error instanceof EngineRefused)) throw error;
        this.parts.log.error({ ...which, err: error }, 'the engine refused to remove it');
      }
    }
  }

  private async pause(ms: number): Promise<void> {
    await new Bell().wait(this.stopped.signal, ms);
  }
}
