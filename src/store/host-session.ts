import type pg from 'pg';
import { Unavailable } from '#core/domain/errors.js';
import type { Logger } from '#core/logging/logger.js';
import type { Database } from './database.js';

export interface HostSessionEvents {
  /** The host is ours: no other agent has it, and what it had leased is free. */
  readonly onOwned: () => Promise<void>;
  /** The session broke, so that another agent may have the host: nothing new may be begun. */
  readonly onLost: () => void;
  /** There may be operations to claim. */
  readonly onWake: () => void;
}

const RETRY_MS = 1_000;

/**
 * The agent's own connection: it owns the host by a session lock, which PostgreSQL frees the moment the agent's connection dies,
 * and hears of new operations. A broken connection is made again; after each one everything is claimed afresh.
 */
export class HostSession {
  private client: pg.Client | null = null;
  private closed = false;

  constructor(
    private readonly database: Database,
    private readonly log: Logger,
  ) {}

  /** Resolves when the host is owned. Waits as long as another agent owns it. */
  async open(host: string, events: HostSessionEvents): Promise<void> {
    const client = this.database.session();
    this.client = client;
    let state: 'opening' | 'owned' | 'ended' = 'opening';
    client.on('error', (error: Error) => {
      this.log.warn({ err: error }, 'the session of the host broke');
    });
    client.on('notification', (n) => {
      if (n.payload === host) events.onWake();
    });
    client.once('end', () => {
      const before = state;
      state = 'ended';
      if (before !== 'owned' || this.closed) return;
      events.onLost();
      void this.reopen(host, events);
    });
    try {
      await client.connect();
      await client.query('select pg_advisory_lock(727004, hashtext($1))', [host]);
      await client.query('listen zunova_operations');
      await events.onOwned();
      if (hasEnded(state)) throw new Unavailable('database', 'The session of the host ended as soon as it was open.');
      state = 'owned';
    } catch (error) {
      // Left open it would keep the lock, for which the next try would wait for ever.
      await client.end().catch(() => undefined);
      throw error;
    }
    events.onWake();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.client?.end();
  }

  private async reopen(host: string, events: HostSessionEvents): Promise<void> {
    while (!this.closed) {
      try {
        await this.open(host, events);
        return;
      } catch (error) {
        if (this.closed) return;
        this.log.warn({ err: error }, 'the session of the host could not be opened again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}

/** Asked through a function: the compiler does not see that a handler has changed the variable meanwhile. */
const hasEnded = (state: 'opening' | 'owned' | 'ended'): boolean => state === 'ended';
