import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SequelizeStorage, Umzug } from 'umzug';
import type { Database } from './database.js';

const DIRECTORY = fileURLToPath(new URL('./migrations/', import.meta.url));
/** Any number: processes that start together take turns on it. */
const LOCK = 727_001;

/** Applies the SQL files that are not applied yet, in order and in one transaction. @returns their names */
export async function migrate(database: Database): Promise<string[]> {
  const sequelize = database.raw;
  return sequelize.transaction(async (transaction) => {
    await sequelize.query(`select pg_advisory_xact_lock(${LOCK})`, { transaction });
    const names = (await readdir(DIRECTORY)).filter((n) => n.endsWith('.sql')).sort();
    const umzug = new Umzug({
      migrations: names.map((name) => ({
        name,
        up: async () => {
          await sequelize.query(await readFile(`${DIRECTORY}${name}`, 'utf8'), { transaction });
        },
      })),
      storage: new SequelizeStorage({ sequelize, tableName: 'migrations' }),
      logger: undefined,
    });
    return (await umzug.up()).map((m) => m.name);
  });
}
