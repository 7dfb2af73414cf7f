import type { Database } from './database.js';

/** What a token opens. */
export interface TerminalSession {
  readonly tokenHash: string;
  readonly container: string;
  /** Host of the container. */
  readonly host: string | null;
  /** null: the main process. */
  readonly execId: string | null;
  readonly tty: boolean;
}

interface SessionRow {
  readonly token_hash: string;
  readonly container: string;
  readonly host: string | null;
  readonly exec_id: string | null;
  readonly tty: boolean;
}

/** Rows of connections that a crash has cut are of no use to anybody after this time. */
const LEFT_OVER = '7 days';

/** Tokens of terminals, by their hashes, and which execs belong to which container. */
export class TerminalStore {
  constructor(private readonly database: Database) {}

  async insert(s: Omit<TerminalSession, 'host'>, seconds: number): Promise<void> {
    await this.database.transaction(async (transaction) => {
      await this.database.query(
        `delete from terminal_sessions
         where (used_at is null and expires_at < now()) or used_at < now() - interval '${LEFT_OVER}'`,
        [],
        transaction,
      );
      await this.database.query(
        `insert into terminal_sessions (token_hash, container, exec_id, tty, expires_at)
         values ($1, $2, $3, $4, now() + make_interval(secs => $5))`,
        [s.tokenHash, s.container, s.execId, s.tty, seconds],
        transaction,
      );
    });
  }

  /**
   * Uses the token up. `container` is a uuid or name, and must be that of the token, as `execId` must.
   * @returns null for a token that is unknown, used, expired, or for something else
   */
  async use(tokenHash: string, container: string, execId: string | null): Promise<TerminalSession | null> {
    const row = await this.database.one<SessionRow>(
      `update terminal_sessions t set used_at = now() from containers c
       where t.token_hash = $1 and t.used_at is null and t.expires_at > now() and t.exec_id is not distinct from $3::text
         and c.uuid = t.container and c.deleted_at is null and (c.uuid::text = lower($2) or c.name = $2)
       returning t.token_hash, t.container, c.host, t.exec_id, t.tty`,
      [tokenHash, container, execId],
    );
    if (row === null) return null;
    return {
      tokenHash: row.token_hash,
      container: row.container,
      host: row.host,
      execId: row.exec_id,
      tty: row.tty,
    };
  }

  /** Whether it is an exec of this container that a client has connected to, which is what starts it. */
  async hasStartedExec(container: string, execId: string): Promise<boolean> {
    const row = await this.database.one<{ one: number }>(
      'select 1 as one from terminal_sessions where container = $1 and exec_id = $2 and used_at is not null',
      [container, execId],
    );
    return row !== null;
  }

  /** The connection has ended. */
  async remove(tokenHash: string): Promise<void> {
    await this.database.query('delete from terminal_sessions where token_hash = $1', [tokenHash]);
  }
}
