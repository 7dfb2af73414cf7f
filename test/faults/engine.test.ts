import { expect } from 'chai';
import { type Containers, containersOf, visibleAfter } from '#test/lib/containers.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { type OwnEngine, ownEngine } from '#test/lib/own-engine.js';

/**
 * The engine is killed, stopped and frozen under two deployments: `patient` waits for it, `hasty` gives up after a second.
 * Reads go on, writes are accepted and end, and nothing is concluded from an engine that does not answer.
 */
describe('an engine that is away', function () {
  this.timeout(120_000);
  let engine: OwnEngine;
  let patient: Deployment;
  let hasty: Deployment;
  let waits: Containers;
  let givesUp: Containers;

  before(async () => {
    engine = await ownEngine({ liveRestore: false });
    const settings = {
      ZUNOVA_DOCKER_SOCKET_PATH: engine.socketPath,
      // Many lists fail while it is away.
      ZUNOVA_RECONCILE_LIST_SECONDS: '0.5',
      ZUNOVA_EXEC_TIMEOUT_SECONDS: '2',
    };
    patient = await deploy({ ...settings, ZUNOVA_OPERATIONS_ENGINE_WAIT_SECONDS: '90' });
    hasty = await deploy({ ...settings, ZUNOVA_OPERATIONS_ENGINE_WAIT_SECONDS: '1' });
    waits = containersOf(patient);
    givesUp = containersOf(hasty);
  });
  // One test that fails shall not take the others with it.
  beforeEach(() => engine.start());
  after(async () => {
    try {
      await engine?.start();
      await patient?.close();
      await hasty?.close();
    } finally {
      await engine?.down();
    }
  });

  /** Answers come from the store, as they were when the engine was last heard of. */
  async function expectReads(zunova: Deployment, uuid: string, status: string): Promise<void> {
    const paths = ['/containers', `/containers/${uuid}`, '/hosts', `/containers/${uuid}/container_actions`];
    const reads = [...paths.map((path) => ['native', path] as const), ['nova', '/servers/detail'] as const];
    for (const [api, path] of reads) {
      const begun = performance.now();
      const answer = await zunova.client[api]('GET', path);
      expect(answer.status, path).to.equal(200);
      expect(performance.now() - begun, path).to.be.lessThan(1_000);
    }
    expect((await containersOf(zunova).show(uuid)).str('status')).to.equal(status);
  }

  /** What was accepted ended with a reason, and can be deleted when the engine is back. */
  async function expectGivenUp(running: string, reason: RegExp): Promise<string> {
    const created = await givesUp.create();
    const stop = await givesUp.act(running, 'stop?timeout=0');
    const failed = await givesUp.reaches(created, 'Error', 15_000);
    expect(failed.str('status_reason')).to.match(reason);
    const ended = await givesUp.ended(running, stop, 15_000);
    expect(ended.state).to.equal('failed');
    expect(ended.error).to.match(reason);
    // A stop that did not happen says nothing of the container.
    expect((await givesUp.show(running)).str('status')).to.equal('Running');
    return created;
  }

  /** It is as if it had never been away: new containers, and events. */
  async function expectBack(): Promise<void> {
    const fresh = await waits.running();
    const id = (await waits.inEngine()).get(fresh) ?? '';
    const ms = await visibleAfter(
      'a kill by docker',
      () => engine.docker.getContainer(id).kill(),
      async () => (await waits.show(fresh)).str('status') === 'Stopped',
    );
    expect(ms).to.be.lessThan(2_000);
    await waits.remove(fresh);
    await waits.gone(fresh);
    await waits.expectNothingLeft(fresh);
  }

  it('killed: what was accepted waits for it, or fails with the reason; then all states are right', async () => {
    const running = await waits.running();
    const stopped = await waits.running();
    await waits.act(stopped, 'stop?timeout=0');
    await waits.reaches(stopped, 'Stopped');
    const doomed = await waits.running();
    const other = await givesUp.running();
    await engine.kill9();

    await expectReads(patient, running, 'Running');
    const created = await waits.create();
    const start = await waits.act(stopped, 'start');
    await waits.remove(doomed);
    const failed = await expectGivenUp(other, /container engine (cannot be reached|.* broke)/);
    await expectReads(patient, running, 'Running');
    expect((await waits.show(created)).str('status')).to.equal('Creating');

    // Without live-restore it kills what has survived it.
    await engine.start();
    await waits.reaches(created, 'Running');
    expect(await waits.ended(stopped, start)).to.deep.equal({ state: 'done', error: null });
    await waits.gone(doomed);
    await waits.expectNothingLeft(doomed);
    const after = await waits.reaches(running, 'Stopped');
    const { State } = await engine.docker.getContainer((await waits.inEngine()).get(running) ?? '').inspect();
    expect(after.str('status_detail')).to.match(new RegExp(`^Exited\\(${State.ExitCode}\\) `));
    await givesUp.reaches(other, 'Stopped');
    await givesUp.remove(failed);
    await givesUp.gone(failed);
    await givesUp.expectNothingLeft(failed);
    await expectBack();
  });

  it('stopped: a start that is asked for meanwhile happens when it is there again', async () => {
    const uuid = await waits.running();
    await engine.stop();
    // It said what it did before it went, or it is found out afterwards.
    const status = (await waits.show(uuid)).str('status');
    expect(status).to.be.oneOf(['Running', 'Stopped']);
    await expectReads(patient, uuid, status);
    const reboot = await waits.act(uuid, 'reboot?timeout=0');
    await engine.start();
    expect(await waits.ended(uuid, reboot)).to.deep.equal({ state: 'done', error: null });
    await waits.reaches(uuid, 'Running');
    await expectBack();
  });

  it('frozen: nothing hangs, and nothing has changed when it goes on', async () => {
    const running = await waits.running();
    const other = await givesUp.running();
    engine.freeze();
    try {
      const streams = Promise.allSettled(
        (
          [
            ['POST', 'execute?command=true', 2],
            ['GET', 'stats', 15],
            ['GET', 'logs', 30],
            ['GET', 'top', 30],
          ] as const
        ).map(async ([method, path, seconds]) => {
          const begun = performance.now();
          const answer = await patient.client.native(method, `/containers/${running}/${path}`);
          expect(answer.status, path).to.equal(503);
          expect(answer.json.str('errors', 0, 'detail'), path).to.match(/container engine does not answer/);
          expect(performance.now() - begun, path).to.be.lessThan(seconds * 1000 + 2_000);
        }),
      );
      await expectReads(patient, running, 'Running');
      const created = await waits.create();
      await expectGivenUp(other, /container engine did not answer/);
      const wrong = (await streams).flatMap((s) => (s.status === 'rejected' ? [String(s.reason)] : []));
      expect(wrong).to.deep.equal([]);
      await expectReads(patient, running, 'Running');
      expect((await waits.show(created)).str('status')).to.equal('Creating');
      engine.thaw();
      await waits.reaches(created, 'Running');
    } finally {
      engine.thaw();
    }
    expect((await waits.show(running)).str('status')).to.equal('Running');
    await givesUp.reaches(other, 'Running');
    await expectBack();
  });
});
