import { expect } from 'chai';
import Docker from 'dockerode';
import type { Action } from '#core/domain/operation.js';
import { boundaries } from '#core/operations/plans.js';
import type { ApiClient } from '#test/lib/api-client.js';
import { type TestDatabase, testDatabase } from '#test/lib/database.js';
import { sweep } from '#test/lib/deployment.js';
import { type ProcessHome, processHome, startProcess, type ZunovaProcess } from '#test/lib/process.js';
import { until } from '#test/lib/until.js';

/**
 * The process is killed at every boundary between two steps; the list of boundaries comes from the plans themselves. After a
 * restart every operation must have ended, nothing may be left over, and there is at most one engine container for a uuid.
 */
describe('kill -9 at every step boundary', function () {
  this.timeout(120_000);
  const docker = new Docker({ socketPath: '/var/run/docker.sock' });
  let db: TestDatabase;
  let home: ProcessHome;
  let deployment: string;
  let process: ZunovaProcess | null = null;

  before(async () => {
    db = await testDatabase();
    home = processHome();
    deployment = (await db.database.one<{ id: string }>('select id from deployment'))?.id ?? '';
  });
  afterEach(async () => {
    await process?.kill();
    process = null;
  });
  after(async () => {
    await sweep(docker, deployment);
    await db.close();
    home.remove();
  });

  const start = async (failpoints = ''): Promise<ZunovaProcess> => {
    process = await startProcess(home, {
      ZUNOVA_DATABASE_URL: db.url,
      ZUNOVA_HOST_NAME: 'killhost',
      ZUNOVA_SUBNET_BASE: '10.88.0.0/16',
      ZUNOVA_FAILPOINTS: failpoints,
    });
    return process;
  };

  const create = async (client: ApiClient, run: boolean): Promise<string> => {
    const answer = await client.native('POST', `/containers?run=${run}`, {
      body: {
        image: 'busybox',
        cpu: 0.1,
        memory: 16,
        command: ['sh', '-c', 'trap exit TERM; while :; do sleep 0.1; done'],
      },
    });
    expect(answer.status, answer.text).to.equal(202);
    return answer.json.str('uuid');
  };
  const statusOf = async (client: ApiClient, uuid: string): Promise<string | null> => {
    const answer = await client.native('GET', `/containers/${uuid}`);
    if (answer.status === 404) return null;
    return answer.json.get('task_state').value === null ? answer.json.str('status') : 'busy';
  };
  const settle = (client: ApiClient, uuid: string): Promise<string> =>
    until(
      `the operation of ${uuid} ends`,
      async () => {
        const status = await statusOf(client, uuid);
        return status === null ? 'gone' : status !== 'busy' && status !== 'Creating' && status !== 'Deleting' && status;
      },
      30_000,
    );

  /** What the state of a container must be before the action, how it is asked for, and what must come of it. */
  const actions: readonly {
    readonly action: Action;
    readonly before: 'none' | 'created' | 'running';
    readonly ask: (client: ApiClient, uuid: string) => Promise<unknown>;
    readonly becomes: string;
  }[] = [
    { action: 'create', before: 'none', ask: () => Promise.resolve(), becomes: 'Running' },
    {
      action: 'start',
      before: 'created',
      ask: (c, u) => c.native('POST', `/containers/${u}/start`),
      becomes: 'Running',
    },
    {
      action: 'stop',
      before: 'running',
      ask: (c, u) => c.native('POST', `/containers/${u}/stop?timeout=0`),
      becomes: 'Stopped',
    },
    {
      action: 'delete',
      before: 'running',
      ask: (c, u) => c.native('DELETE', `/containers/${u}?stop=true`),
      becomes: 'gone',
    },
  ];

  for (const { action, before: state, ask, becomes } of actions) {
    for (const boundary of boundaries(action)) {
      it(boundary, async () => {
        const first = await start(`${boundary}=kill`);
        // The process may die before it answers: what counts is what the database holds.
        let uuid: string;
        if (state === 'none') uuid = await create(first.client, true);
        else {
          uuid = await create(first.client, state === 'running');
          await settle(first.client, uuid);
          await ask(first.client, uuid).catch(() => undefined);
        }
        expect(await first.ended).to.equal('SIGKILL');
        const second = await start();
        expect(await settle(second.client, uuid)).to.equal(becomes);
        await check(uuid, becomes !== 'gone');
        if (becomes !== 'gone') {
          expect((await second.client.native('DELETE', `/containers/${uuid}?force=true`)).status).to.equal(204);
          expect(await settle(second.client, uuid)).to.equal('gone');
          await check(uuid, false);
        }
        expect(await second.stop()).to.equal('0');
      });
    }
  }

  /** Engine and database agree, and hold nothing more than they should. */
  async function check(uuid: string, exists: boolean): Promise<void> {
    const engine = await docker.listContainers({ all: true, filters: { label: [`zunova.deployment=${deployment}`] } });
    expect(engine.map((c) => c.Labels['zunova.uuid'])).to.deep.equal(exists ? [uuid] : []);
    const count = async (sql: string): Promise<number> => (await db.database.one<{ n: number }>(sql))?.n ?? -1;
    expect(await count(`select count(*)::integer n from operations where state in ('queued', 'running')`)).to.equal(0);
    expect(await count('select count(*)::integer n from containers where deleted_at is null')).to.equal(exists ? 1 : 0);
    expect(await count(`select count(*)::integer n from network_ports where device_id <> ''`)).to.equal(exists ? 1 : 0);
    expect(await count('select count(*)::integer n from network_addresses')).to.equal(exists ? 1 : 0);
    const quota = await process?.client.native('GET', `/quotas/${await project()}?usages=true`);
    expect(quota?.json.get('containers', 'in_use').value).to.equal(exists ? 1 : 0);
    const hosts = await process?.client.native('GET', '/hosts');
    expect(hosts?.json.get('hosts', 0, 'cpu_used').value).to.equal(exists ? 0.1 : 0);
  }

  const project = async (): Promise<string> =>
    (await db.database.one<{ id: string }>(`select id from identity_projects where name = 'demo'`))?.id ?? '';
});
