import { expect } from 'chai';
import Docker from 'dockerode';
import { type TestDatabase, testDatabase } from '#test/lib/database.js';
import { sweep } from '#test/lib/deployment.js';
import { type ProcessHome, processHome, startProcess, type ZunovaProcess } from '#test/lib/process.js';
import { until } from '#test/lib/until.js';

/** Ctrl-C and a second start: nothing is lost, and what runs goes on running. */
describe('stopping and starting the service', function () {
  this.timeout(120_000);
  const docker = new Docker({ socketPath: '/var/run/docker.sock' });
  let db: TestDatabase;
  let home: ProcessHome;
  let deployment: string;
  let process: ZunovaProcess;

  const start = (): Promise<ZunovaProcess> =>
    startProcess(home, {
      ZUNOVA_DATABASE_URL: db.url,
      ZUNOVA_HOST_NAME: 'restarthost',
      ZUNOVA_SUBNET_BASE: '10.89.0.0/16',
    });

  before(async () => {
    db = await testDatabase();
    home = processHome();
    deployment = (await db.database.one<{ id: string }>('select id from deployment'))?.id ?? '';
    process = await start();
  });
  after(async () => {
    await process.kill();
    await sweep(docker, deployment);
    await db.close();
    home.remove();
  });

  it('leaves containers running, ends within ten seconds, and finds all as it was', async () => {
    const body = { image: 'busybox', name: 'stays', cpu: 0.1, memory: 16, interactive: true, tty: true };
    const made = await process.client.native('POST', '/containers?run=true', { body });
    const uuid = made.json.str('uuid');
    const shown = async (): Promise<string> =>
      (await process.client.native('GET', '/containers/stays')).json.str('status');
    await until('it runs', async () => (await shown()) === 'Running');
    const state = async () => (await docker.getContainer(`zunova-${uuid}`).inspect()).State;
    const before = await state();

    const begun = performance.now();
    expect(await process.stop()).to.equal('0');
    expect(performance.now() - begun).to.be.below(10_000);
    expect(await state()).to.include({ Running: true, Pid: before.Pid });

    process = await start();
    expect(await shown()).to.equal('Running');
    expect(await state()).to.include({ Pid: before.Pid, StartedAt: before.StartedAt });
    const exec = await process.client.native('POST', '/containers/stays/execute?command=echo+still+here');
    expect(exec.json.str('output')).to.include('still here');
  });

  it('a token that was issued before is still good', async () => {
    const token = await process.client.token('demo');
    await process.stop();
    process = await start();
    const answer = await process.client.native('GET', '/containers', {
      user: null,
      headers: { 'x-auth-token': token },
    });
    expect(answer.status).to.equal(200);
  });

  it('an operation that was accepted just before the stop is carried out after the start', async () => {
    const body = { image: 'busybox', name: 'late', cpu: 0.1, memory: 16, interactive: true, tty: true };
    expect((await process.client.native('POST', '/containers?run=true', { body })).status).to.equal(202);
    expect(await process.stop()).to.equal('0');
    process = await start();
    await until(
      'it runs',
      async () => (await process.client.native('GET', '/containers/late')).json.str('status') === 'Running',
      30_000,
    );
  });
});
