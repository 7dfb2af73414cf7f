import pg from 'pg';
import { Sequelize } from 'sequelize';
import type { Logger } from '#core/logging/logger.js';
import { PLAN_IS_OLD, sqlState, translated } from './database-errors.js';
import { PreparedNames } from './prepared.js';

export { brokenConstraint, sqlState } from './database-errors.js';

/** Where the state is: a URL, or the Unix socket of the embedded server. */
export type DatabaseAddress =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

/** Statements end before a request does (60 s), and a lock that is not had in 5 s is an answer, not a queue. */
const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 5_000;
const ACQUIRE_TIMEOUT_MS = 5_000;

/**
 * In the select list of a writing statement: its commit is not waited for until it is on disk. Everybody sees it at once, and it is on
 * disk before any later commit; a crash of the database server can lose it. For what would then be done again with the same result.
 */
export const RELAXED = "set_config('synchronous_commit', 'off', true)";

/** A transaction under way: what statements that belong to it are given. */
export class Transaction {
  /** Its session serves others: a statement that comes now would be none of this transaction. */
  ended = false;
  private committing: Promise<void> | null = null;

  constructor(readonly client: pg.Client) {}

  /**
   * Commits, once. Called by whoever has given the last statement and need not look at its answer before: the commit then leaves with it.
   * Does not commit when a statement before has failed. Nothing can be undone any more afterwards.
   */
  commit(): Promise<void> {
    this.ended = true;
    this.committing ??= this.client.query('commit').then(({ command }) => {
      // The server's word for a transaction in which a statement failed, whoever has caught that error.
      if (command !== 'COMMIT') throw new Error('a transaction in which a statement failed was committed');
    });
    return this.committing;
  }
}

/**
 * PostgreSQL. Pool and sessions are Sequelize's; statements go to its sessions directly, prepared: Sequelize's own way costs four times
 * as much for each. Everything that talks to the database goes through `query` and `transaction`.
 */
export class Database {
  private readonly prepared = new PreparedNames();

  private constructor(
    private readonly sequelize: Sequelize,
    private readonly address: DatabaseAddress,
    private readonly log: Logger,
  ) {}

  static open(address: DatabaseAddress, log: Logger, poolSize = 10): Database {
    const options = {
      dialect: 'postgres' as const,
      logging: (sql: string) => log.trace({ sql }, 'sql'),
      pool: { max: poolSize, min: 1, acquire: ACQUIRE_TIMEOUT_MS, idle: 30_000 },
      dialectOptions: {
        statement_timeout: STATEMENT_TIMEOUT_MS,
        lock_timeout: LOCK_TIMEOUT_MS,
        application_name: 'zunova',
      },
      hooks: {
        // Statements that do not wait for each other's answer (in a transaction: `begin` and what follows) leave together.
        afterConnect: (session: unknown) => {
          if (session instanceof pg.Client) Reflect.set(session, 'pipeline', true);
        },
      },
    };
    const sequelize =
      'url' in address
        ? new Sequelize(address.url, options)
        : new Sequelize({
            ...options,
            host: address.host,
            port: address.port,
            username: address.user,
            database: address.database,
          });
    return new Database(sequelize, address, log);
  }

  /**
   * Runs one statement with `$1`, `$2` ... and returns its rows as they come. `Row` is the caller's word for what the
   * statement selects. Statements of one transaction run in the order in which they were given, also when none is waited for.
   * @throws Unavailable('database')
   */
  async query<Row extends object>(
    sql: string,
    bind: readonly unknown[] = [],
    transaction?: Transaction,
  ): Promise<Row[]> {
    this.log.trace({ sql }, 'sql');
    if (transaction?.ended) throw new Error('a statement came after the end of its transaction');
    try {
      if (transaction) return await this.send<Row>(transaction.client, sql, bind);
      return await this.withSession(async (client) => {
        try {
          return await this.send<Row>(client, sql, bind);
        } catch (error) {
          if (sqlState(error) !== PLAN_IS_OLD) throw error;
          return this.send<Row>(client, sql, bind);
        }
      });
    } catch (error) {
      throw translated(error);
    }
  }

  /** The only row, or null. */
  async one<Row extends object>(
    sql: string,
    bind: readonly unknown[] = [],
    transaction?: Transaction,
  ): Promise<Row | null> {
    return (await this.query<Row>(sql, bind, transaction))[0] ?? null;
  }

  /** All or nothing. What must happen only after the commit is the caller's, after the promise. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    try {
      return await this.withSession(async (client) => {
        // Not waited for: it leaves with the first statement.
        const begun = client.query('begin');
        begun.catch(() => undefined);
        const transaction = new Transaction(client);
        try {
          const result = await work(transaction);
          await begun;
          await transaction.commit();
          return result;
        } catch (error) {
          transaction.ended = true;
          await client.query('rollback').catch(() => client.end());
          throw error;
        }
      });
    } catch (error) {
      throw translated(error);
    }
  }

  /** @throws Unavailable('database') */
  async ping(): Promise<void> {
    await this.query('select 1 as one');
  }

  /** A connection of its own, for LISTEN and session locks. The caller ends it. */
  session(): pg.Client {
    const a = this.address;
    return 'url' in a
      ? new pg.Client({ connectionString: a.url, application_name: 'zunova-session' })
      : new pg.Client({
          host: a.host,
          port: a.port,
          user: a.user,
          database: a.database,
          application_name: 'zunova-session',
        });
  }

  /** For migrations only. */
  get raw(): Sequelize {
    return this.sequelize;
  }

  close(): Promise<void> {
    return this.sequelize.close();
  }

  private async send<Row extends object>(client: pg.Client, sql: string, bind: readonly unknown[]): Promise<Row[]> {
    const name = this.prepared.nameOf(sql);
    try {
      return (await client.query<Row>({ text: sql, values: bind.map(storable), ...(name && { name }) })).rows;
    } catch (error) {
      if (sqlState(error) === PLAN_IS_OLD) this.prepared.drop(sql);
      throw error;
    }
  }

  private async withSession<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const pool = this.sequelize.connectionManager;
    const session = await pool.getConnection({ type: 'write' });
    try {
      if (!(session instanceof pg.Client)) throw new Error('the session is none of pg');
      return await work(session);
    } finally {
      pool.releaseConnection(session);
    }
  }
}

/** PostgreSQL has no text with NUL; users who send one get it back in words. */
const storable = (value: unknown): unknown => (typeof value === 'string' ? value.replaceAll('\0', '\\0') : value);
