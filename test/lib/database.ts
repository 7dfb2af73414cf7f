import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silent } from '#core/logging/logger.js';
import { Database, type DatabaseAddress } from '#core/store/database.js';
import { startEmbedded } from '#core/store/embedded-postgres.js';
import { migrate } from '#core/store/migrate.js';
import { isAlive } from '#core/store/postmaster.js';

/** A migrated, empty database of one test file. */
export interface TestDatabase {
  readonly database: Database;
  readonly address: DatabaseAddress;
  /** The same as one string, for `ZUNOVA_DATABASE_URL` of a process under test. */
  readonly url: string;
  /** Closes `database`, cuts all other sessions, drops the database. */
  close(): Promise<void>;
}

/** One PostgreSQL server for all tests of a process: an embedded one, or that of `ZUNOVA_TEST_DATABASE_URL`. */
interface TestServer {
  readonly urlOf: (database: string) => string;
  readonly template: string;
}

const DIRECTORY = /^zunova-pg-(\d+)$/;
const EMPTY_POOL = 1;
let server: Promise<TestServer> | null = null;

/** Makes a database from the run's migrated template (30-50 ms), each with a deployment id of its own. */
export async function testDatabase(): Promise<TestDatabase> {
  server ??= startServer();
  const { urlOf, template } = await server;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(urlOf('postgres'), `create database ${name} template ${template}`);
  const address = { url: urlOf(name) };
  const database = Database.open(address, silent());
  await database.query('update deployment set id = gen_random_uuid()');
  return {
    database,
    address,
    url: address.url,
    async close() {
      await database.close();
      await administer(urlOf('postgres'), `drop database if exists ${name} with (force)`);
    },
  };
}

async function startServer(): Promise<TestServer> {
  const given = process.env['ZUNOVA_TEST_DATABASE_URL'];
  const urlOf = given === undefined ? await startOwn() : (database: string) => withDatabase(given, database);
  const template = `template_${randomUUID().replaceAll('-', '')}`;
  await administer(urlOf('postgres'), `create database ${template}`);
  const database = Database.open({ url: urlOf(template) }, silent(), EMPTY_POOL);
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
  if (given !== undefined) atEnd(() => administer(given, `drop database if exists ${template} with (force)`));
  return { urlOf, template };
}

async function startOwn(): Promise<TestServer['urlOf']> {
  sweep();
  const directory = join(tmpdir(), `zunova-pg-${process.pid}`);
  const embedded = await startEmbedded(directory);
  const { host, port, user } = embedded.address;
  atEnd(() => embedded.stop());
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return (database) => `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;
}

/** Runs when nothing is left to do, so a test that leaves something open shows. The server also ends with the process. */
function atEnd(work: () => Promise<void>): void {
  process.once('beforeExit', () => void work());
}

/** Removes what runs that were killed left behind. */
function sweep(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = DIRECTORY.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const database = Database.open({ url }, silent(), EMPTY_POOL);
  try {
    await database.query(statement);
  } finally {
    await database.close();
  }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
