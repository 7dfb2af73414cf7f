import pg from 'pg';
import { BaseError, ConnectionError, DatabaseError, QueryTypes, Sequelize, type Transaction } from 'sequelize';
import { Unavailable } from '#core/domain/errors.js';
import type { Logger } from '#core/logging/logger.js';

export type { Transaction } from 'sequelize';

/** Where the state is: a URL, or the Unix socket of the embedded server. */
export type DatabaseAddress =
  | { readonly url: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

/** Statements end before a request does (60 s), and a lock that is not had in 5 s is an answer, not a queue. */
const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 5_000;
const ACQUIRE_TIMEOUT_MS = 5_000;

/** PostgreSQL, through Sequelize. Everything that talks to the database goes through `query` and `transaction`. */
export class Database {
  private constructor(
    private readonly sequelize: Sequelize,
    private readonly address: DatabaseAddress,
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
    return new Database(sequelize, address);
  }

  /**
   * Runs one statement with `$1`, `$2` ... and returns its rows as they come. `Row` is the caller's word for what the
   * statement selects.
   * @throws Unavailable('database')
   */
  async query<Row extends object>(
    sql: string,
    bind: readonly unknown[] = [],
    transaction?: Transaction,
  ): Promise<Row[]> {
    try {
      return await this.sequelize.query<Row>(sql, {
        bind: [...bind],
        type: QueryTypes.SELECT,
        raw: true,
        ...(transaction && { transaction }),
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
      return await this.sequelize.transaction(work);
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
}

/** SQLSTATE of a database error, or null. */
export function sqlState(error: unknown): string | null {
  if (!(error instanceof DatabaseError) && !(error instanceof BaseError)) return null;
  const parent: unknown = Reflect.get(error, 'parent') ?? Reflect.get(error, 'original');
  const code: unknown = typeof parent === 'object' && parent !== null ? Reflect.get(parent, 'code') : null;
  return typeof code === 'string' ? code : null;
}

/** Name of the constraint that a statement broke, or null. */
export function brokenConstraint(error: unknown): string | null {
  if (!(error instanceof BaseError)) return null;
  const parent: unknown = Reflect.get(error, 'parent') ?? Reflect.get(error, 'original');
  const name: unknown = typeof parent === 'object' && parent !== null ? Reflect.get(parent, 'constraint') : null;
  return typeof name === 'string' ? name : null;
}

const UNREACHABLE = new Set([
  '57P01',
  '57P02',
  '57P03',
  '57014',
  '55P03',
  '53300',
  '08006',
  '08001',
  '08003',
  '25006',
  '53100',
]);

function translated(error: unknown): unknown {
  if (error instanceof ConnectionError)
    return new Unavailable('database', 'The database cannot be reached.', { cause: error });
  const state = sqlState(error);
  if (state !== null && UNREACHABLE.has(state)) {
    return new Unavailable('database', 'The database did not answer in time.', { cause: error });
  }
  if (error instanceof BaseError && /terminated|ECONNRESET|ECONNREFUSED|ENOENT/.test(error.message)) {
    return new Unavailable('database', 'The connection to the database broke.', { cause: error });
  }
  return error;
}
