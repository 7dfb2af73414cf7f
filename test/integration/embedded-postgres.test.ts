import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { silent } from '#core/logging/logger.js';
import { Database } from '#core/store/database.js';
import { startEmbedded } from '#core/store/embedded-postgres.js';
import { readPostmaster } from '#core/store/postmaster.js';

/** A process of ours that starts the server, writes a row and then waits to be killed. */
const OWNER = `
  import { startEmbedded } from '#core/store/embedded-postgres.js';
  import { Database } from '#core/store/database.js';
  import { silent } from '#core/logging/logger.js';
  const { address } = await startEmbedded(process.argv[1]);
  const database = Database.open(address, silent());
  await database.query('create table kept as select 42 as answer');
  console.log('written');
  setInterval(() => {}, 1000);
`;

async function answer(address: Parameters<typeof Database.open>[0]): Promise<number | null> {
  const database = Database.open(address, silent(), 1);
  try {
    return (await database.one<{ answer: number }>('select answer from kept'))?.answer ?? null;
  } finally {
    await database.close();
  }
}

/** Starts the owner and waits until its row is committed. */
async function startOwner(directory: string): Promise<{ kill(): Promise<void> }> {
  const args = ['-C', 'development', '--import', 'tsx', '--input-type=module', '--eval', OWNER, directory];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const line = createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const first = await Promise.race([line, exit.then(() => null)]);
  expect(first, 'the owner ended early').to.deep.equal({ value: 'written', done: false });
  return {
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}

describe('embedded PostgreSQL', function () {
  this.timeout(60_000);
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'zpg-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('keeps what was committed when its owner is killed, and starts again', async () => {
    const owner = await startOwner(directory);
    await owner.kill();
    const server = await startEmbedded(directory);
    try {
      expect(await answer(server.address)).to.equal(42);
    } finally {
      await server.stop();
    }
    expect(readPostmaster(join(directory, 'data')), 'after stop').to.equal(null);
  });

  it('uses the server of another living process and leaves it running', async () => {
    const owner = await startOwner(directory);
    try {
      const server = await startEmbedded(directory);
      expect(await answer(server.address)).to.equal(42);
      await server.stop();
      expect(readPostmaster(join(directory, 'data'))).to.deep.include({ owned: true, ready: true });
    } finally {
      await owner.kill();
    }
  });

  it('opens no TCP port and syncs to disk', async () => {
    const server = await startEmbedded(directory);
    const database = Database.open(server.address, silent(), 1);
    try {
      const rows = await database.query<{ name: string; setting: string }>(
        `select name, setting from pg_settings where name in ('listen_addresses', 'fsync', 'full_page_writes', 'max_connections')`,
      );
      expect(Object.fromEntries(rows.map((r) => [r.name, r.setting]))).to.deep.equal({
        listen_addresses: '',
        fsync: 'on',
        full_page_writes: 'on',
        max_connections: '100',
      });
    } finally {
      await database.close();
      await server.stop();
    }
  });

  it('says so when the directory is too deep for a socket', async () => {
    let message = '';
    await startEmbedded(join(directory, 'x'.repeat(100))).catch((error: Error) => (message = error.message));
    expect(message).to.match(/too long for a Unix socket/);
  });
});
