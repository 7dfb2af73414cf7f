import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { QueryTypes } from 'sequelize';
import { Umzug } from 'umzug';
import type { Database } from './database.js';

const DIRECTORY = fileURLToPath(new URL('./migrations/', import.meta.url));
/** Any number: processes that start together take turns on it. */
const LOCK = 727_001;

/**
 * Applies the SQL files that are not applied yet, in order. The statements and the note that they were run are one transaction:
 * Umzug's own storage would write the note on another connection, and a crash could leave it without what it tells of.
 * @returns the names of the files
 */
export async function migrate(database: Database): Promise<string[]> {
  const sequelize = database.raw;
  return sequelize.transaction(async (transaction) => {
    const run = async (sql: string, bind: string[] = []): Promise<void> => {
      await sequelize.query(sql, { transaction, bind, type: QueryTypes.RAW });
    };
    await run(`select pg_advisory_xact_lock(${LOCK})`);
    await run('create table if not exists migrations (name text primary key)');
    const names = (await readdir(DIRECTORY)).filter((n) => n.endsWith('.sql')).sort();
    const umzug = new Umzug({
      migrations: names.map((name) => ({
        name,
        up: async () => {
          await sequelize.query(await readFile(`${DIRECTORY}${name}`, 'utf8'), { transaction });
        },
      })),
      storage: {
        logMigration: ({ name }) => run('insert into migrations (name) values ($1)', [name]),
        unlogMigration: ({ name }) => run('delete from migrations where name = $1', [name]),
        executed: async () => {
          const rows = await sequelize.query<{ name: string }>('select name from migrations order by name', {
            transaction,
            type: QueryTypes.SELECT,
          });
          return rows.map((row) => row.name);
        },
      },
      logger: undefined,
    });
    return (await umzug.up()).map((m) => m.name);
  });
}
