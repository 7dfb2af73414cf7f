import pg from 'pg';
import { BaseError, ConnectionError } from 'sequelize';
import { Unavailable } from '#core/domain/errors.js';

/** SQLSTATE of a database error, or null. */
export const sqlState = (error: unknown): string | null =>
  error instanceof pg.DatabaseError ? (error.code ?? null) : null;

/** Name of the constraint that a statement broke, or null. */
export const brokenConstraint = (error: unknown): string | null =>
  error instanceof pg.DatabaseError ? (error.constraint ?? null) : null;

/** A prepared statement whose tables were changed by a migration since. */
export const PLAN_IS_OLD = '0A000';

const UNREACHABLE = new Set([
  PLAN_IS_OLD,
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

/** Codes of node for a connection that broke. */
const BROKEN = new Set(['ECONNRESET', 'ECONNREFUSED', 'ENOENT', 'EPIPE']);

/** What the rest of the program gets for an error of the database: one that it can be asked again after is `Unavailable`. */
export function translated(error: unknown): unknown {
  if (error instanceof ConnectionError)
    return new Unavailable('database', 'The database cannot be reached.', { cause: error });
  const state = sqlState(error);
  if (state !== null) {
    if (!UNREACHABLE.has(state)) return error;
    return new Unavailable('database', 'The database did not answer in time.', { cause: error });
  }
  if (error instanceof Error && isBroken(error)) {
    return new Unavailable('database', 'The connection to the database broke.', { cause: error });
  }
  return error;
}

/** pg has no code for a connection that ended under a statement, only these texts. */
const isBroken = (error: Error): boolean =>
  ('code' in error && typeof error.code === 'string' && BROKEN.has(error.code)) ||
  /^Connection terminated|not queryable$/.test(error.message) ||
  (error instanceof BaseError && /terminated|ECONNRESET|ECONNREFUSED|ENOENT/.test(error.message));
