import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { isAlive } from '#core/store/postmaster.js';
import { type Containers, containersOf, visibleAfter } from '#test/lib/containers.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { type OwnEngine, ownEngine } from '#test/lib/own-engine.js';
import { until } from '#test/lib/until.js';

/** An engine that keeps containers running while it is away, killed in the middle of things. */
describe('an engine with live-restore that is killed', function () {
  this.timeout(120_000);
  let engine: OwnEngine;
  let zunova: Deployment;
  let containers: Containers;

  before(async () => {
    engine = await ownEngine({ liveRestore: true });
    zunova = await deploy({
      ZUNOVA_DOCKER_SOCKET_PATH: engine.socketPath,
      ZUNOVA_RECONCILE_LIST_SECONDS: '0.5',
      ZUNOVA_OPERATIONS_ENGINE_WAIT_SECONDS: '60',
    });
    containers = containersOf(zunova);
  });
  // One test that fails shall not take the others with it.
  beforeEach(() => engine.start());
  after(async () => {
    try {
      await engine?.start();
      await zunova?.close();
    } finally {
      await engine?.down();
    }
  });

  const one = async <T extends object>(sql: string, uuid: string): Promise<T | null> =>
    zunova.db.database.one<T>(sql, [uuid]);
  const facts = (uuid: string): Promise<object | null> =>
    one('select running, started_at, finished_at, exit_code, failure from containers where uuid = $1', uuid);

  it('leaves no trace on a container that ran on', async () => {
    const uuid = await containers.running();
    // The engine's own time of the start is recorded once the operation has ended.
    const before = await until('the start time is the observed one', async () => {
      const seen = await one<{ observed_at: Date | null }>('select observed_at from containers where uuid = $1', uuid);
      return seen?.observed_at == null ? null : facts(uuid);
    });
    const statuses = new Set<string>();
    let watching = true;
    const watch = (async () => {
      while (watching) {
        const seen = await containers.show(uuid);
        statuses.add(`${seen.str('status')} ${seen.str('task_state')} ${seen.str('status_reason')}`);
        await sleep(10);
      }
    })();
    await engine.kill9();
    // It is away for as long as it takes to notice, and for several lists that fail.
    const created = await containers.create();
    await until(
      'the create was tried and put back',
      async () =>
        (await one<{ n: number }>('select attempt as n from operations where container = $1', created))?.n === 2,
    );
    await engine.start();
    await containers.reaches(created, 'Running');
    const ms = await visibleAfter(
      'a pause by docker',
      async () => engine.docker.getContainer((await containers.inEngine()).get(created) ?? '').pause(),
      async () => (await containers.show(created)).str('status') === 'Paused',
    );
    expect(ms).to.be.lessThan(2_000);
    watching = false;
    await watch;
    expect([...statuses]).to.deep.equal(['Running null null']);
    expect(await facts(uuid)).to.deep.equal(before);
    const actions = await zunova.client.native('GET', `/containers/${uuid}/container_actions`);
    expect(actions.json.list('containerActions')).to.have.length(1);
    const exec = await zunova.client.native('POST', `/containers/${uuid}/execute?command=echo+there`);
    expect(exec.json.get('output').value, exec.text).to.equal('there\n');
  });

  it('what ended while it was away is seen with its exit code', async () => {
    const uuid = await containers.running({
      command: ['sh', '-c', 'trap "exit 7" TERM; echo listens; while :; do sleep 0.1; done'],
    });
    await until('it listens to the signal', async () =>
      (await zunova.client.native('GET', `/containers/${uuid}/logs`)).text.includes('listens'),
    );
    const id = (await containers.inEngine()).get(uuid) ?? '';
    const { State } = await engine.docker.getContainer(id).inspect();
    await engine.kill9();
    process.kill(State.Pid, 'SIGTERM');
    await until('the process has ended', () => !isAlive(State.Pid));
    await engine.start();
    await containers.reaches(uuid, 'Stopped');
    expect(await one('select exit_code from containers where uuid = $1', uuid)).to.deep.equal({ exit_code: 7 });
  });

  /** From when the engine has the request of a step: before, in the middle of and after the start of its process. */
  const moments = [
    ['container', 0],
    ['start', 0],
    ['start', 40],
    ['start', 80],
    ['start', 120],
    ['start', 160],
    ['start', 220],
  ] as const;
  for (const [step, ms] of moments) {
    it(`${ms} ms into the step "${step}" of a create: it goes on, and a delete leaves nothing`, async () => {
      const uuid = await containers.create();
      await until(`the create is at ${step}`, async () => {
        const seen = await one<{ step: string }>('select step from operations where container = $1', uuid);
        // The step of the engine container is short, and may be over when we look.
        return seen?.step === step || seen?.step === 'start';
      });
      await sleep(ms);
      await engine.kill9();
      await engine.start();
      await containers.reaches(uuid, 'Running', 30_000);
      const id = (await containers.inEngine()).get(uuid);
      await containers.remove(uuid);
      await containers.gone(uuid);
      await containers.expectNothingLeft(uuid);
      await until('its processes are gone', () => !engine.hasProcesses(id ?? ''));
    });
  }
});
