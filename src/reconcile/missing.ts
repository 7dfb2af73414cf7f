import type { Container } from '#core/domain/container.js';
import { NotFound } from '#core/domain/errors.js';
import type { Logger } from '#core/logging/logger.js';
import type { RuntimeDriver } from '#core/runtime/driver.js';
import type { Store } from '#core/store/store.js';

export interface MissingParts {
  readonly store: Store;
  readonly driver: RuntimeDriver;
  readonly log: Logger;
  /** A container that removes itself has gone: the record and the ports go too. */
  readonly onAutoRemoved: (container: Container) => Promise<void>;
}

/**
 * Containers that the engine did not have when it was asked. Gone only if a complete list some time later does not have them
 * either: one list for all that are suspected.
 */
export class Missing {
  private readonly suspects = new Map<string, number>();
  private timer: NodeJS.Timeout | null = null;

  /**
   * @param confirmMs between the first look and the list that confirms it
   * @param signal ends everything
   * @param again have another look at this one: its record changed meanwhile
   */
  constructor(
    private readonly parts: MissingParts,
    private readonly confirmMs: number,
    private readonly signal: AbortSignal,
    private readonly again: (uuid: string) => void,
  ) {
    signal.addEventListener('abort', () => {
      if (this.timer !== null) clearTimeout(this.timer);
    });
  }

  suspect(uuid: string): void {
    if (!this.suspects.has(uuid)) this.suspects.set(uuid, performance.now());
    this.schedule();
  }

  /** For the oldest of the suspects; the others are due later. */
  private schedule(): void {
    const [oldest] = this.suspects.values();
    if (oldest === undefined || this.timer !== null || this.signal.aborted) return;
    this.timer = setTimeout(
      () => {
        this.confirm()
          .catch((error: unknown) => {
            if (this.signal.aborted) return;
            this.parts.log.warn({ err: error }, 'missing containers could not be confirmed; the next list will');
          })
          .finally(() => {
            this.timer = null;
            this.schedule();
          });
      },
      Math.max(0, oldest + this.confirmMs - performance.now()),
    );
  }

  private async confirm(): Promise<void> {
    const now = performance.now();
    const due = [...this.suspects].filter(([, since]) => now - since >= this.confirmMs).map(([uuid]) => uuid);
    for (const uuid of due) this.suspects.delete(uuid);
    const listed = new Set((await this.parts.driver.list({ signal: this.signal })).map((l) => l.uuid));
    for (const uuid of due.filter((u) => !listed.has(u))) await this.record(uuid);
  }

  private async record(uuid: string): Promise<void> {
    const { store, log } = this.parts;
    const container = await store.containers.byUuid(uuid).catch((error: unknown) => {
      if (error instanceof NotFound) return null;
      throw error;
    });
    if (container === null || container.task !== null || container.facts.missingSince !== null) return;
    if (container.spec.autoRemove) {
      await this.parts.onAutoRemoved(container);
      return;
    }
    log.warn({ container: uuid }, 'the container is gone from its engine');
    const now = new Date();
    const recorded = await store.containers.recordObserved(container, {
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
    if (!recorded) this.again(uuid);
  }
}
