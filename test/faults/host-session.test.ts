import { expect } from 'chai';
import { type Running, serve } from '#bin/serve.js';
import { type Containers, containersOf } from '#test/lib/containers.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

/** An agent owns its host by a session of the database. It can lose it, and there can be two agents for one host. */
describe('the session that owns a host', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  let containers: Containers;
  before(async () => {
    zunova = await deploy();
    containers = containersOf(zunova);
  });
  after(() => zunova?.close());

  interface Row {
    readonly state: string;
    readonly attempt: number;
    readonly owner: string | null;
  }
  const operation = (uuid: string, action: string): Promise<Row | null> =>
    zunova.db.database.one<Row>(
      'select state, attempt, lease_owner as owner from operations where container = $1 and action = $2',
      [uuid, action],
    );
  const isRunning = async (uuid: string, action: string): Promise<Row> =>
    until(`${action} of ${uuid} runs`, async () => {
      const row = await operation(uuid, action);
      return row?.state === 'running' ? row : null;
    });
  const sessions = async (granted: boolean): Promise<number[]> => {
    const rows = await zunova.db.database.query<{ pid: number }>(
      `select pid from pg_locks l join pg_stat_activity a using (pid)
       where l.locktype = 'advisory' and l.granted = $1 and a.datname = current_database() and a.application_name = 'zunova-session'`,
      [granted],
    );
    return rows.map((r) => r.pid);
  };
  const cut = async (): Promise<void> => {
    for (const pid of await sessions(true)) await zunova.db.database.query('select pg_terminate_backend($1)', [pid]);
  };
  /** Does not listen to SIGTERM: a stop takes its whole grace. */
  const deaf = { command: ['sleep', '1000'] };

  it('cut while an operation runs: the operation goes on, and is not begun a second time', async () => {
    const uuid = await containers.running(deaf);
    const request = await containers.act(uuid, 'stop?timeout=2');
    const before = await isRunning(uuid, 'stop');
    const [old] = await sessions(true);
    await cut();
    await until('the agent has a session again', async () => {
      const [pid] = await sessions(true);
      return pid !== undefined && pid !== old;
    });
    // What comes after it is heard of.
    await containers.running();
    expect((await containers.ended(uuid, request)).state).to.equal('done');
    expect(await operation(uuid, 'stop')).to.deep.equal({ state: 'done', attempt: 1, owner: before.owner });
    await containers.reaches(uuid, 'Stopped');
  });

  it('a second agent waits for it, takes over what was under way, and gives it back when it ends', async () => {
    const busy = await containers.running(deaf);
    const first = (await operation(busy, 'create'))?.owner;
    let second: Running | null = null;
    const starting = serve(zunova.config, () => undefined).then((running) => {
      second = running;
      return running;
    });
    await until('the second agent waits', async () => (await sessions(false)).length === 1);
    expect((await operation(await containers.running(), 'create'))?.owner).to.equal(first);
    expect(second).to.equal(null);

    const request = await containers.act(busy, 'stop?timeout=3');
    await isRunning(busy, 'stop');
    await cut();
    const running = await starting;
    try {
      expect((await containers.ended(busy, request)).state).to.equal('done');
      const taken = await operation(busy, 'stop');
      expect(taken?.attempt).to.equal(2);
      expect(taken?.owner).to.not.equal(first);
      await containers.reaches(busy, 'Stopped');
      // The first one is alive and takes nothing, although it is woken and polls.
      const made = await Promise.all(Array.from({ length: 4 }, () => containers.running()));
      const owners = await Promise.all(made.map(async (uuid) => (await operation(uuid, 'create'))?.owner));
      expect(new Set(owners)).to.deep.equal(new Set([taken?.owner]));
    } finally {
      await running.stop(2_000);
    }
    expect((await operation(await containers.running(), 'create'))?.owner).to.equal(first);
  });
});
