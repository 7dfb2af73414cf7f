import { expect } from 'chai';
import type { EngineEvent } from '#core/runtime/driver.js';
import { until } from '#test/lib/until.js';
import { type Bench, refusal } from './subject.js';

/** Create, start, stop, kill, pause, remove, inspect, list and events: what every driver, the fake one too, must do. */
export function lifeCycleContract(bench: Bench): void {
  const state = async (uuid: string) => {
    const seen = await bench.driver.inspect(uuid);
    if (seen === null) throw new Error(`no container ${uuid}`);
    return seen;
  };

  describe('create', () => {
    it('makes a container that has not run', async () => {
      const want = bench.want({ generation: 3, exposedPorts: ['80/tcp'] });
      const id = await bench.driver.create(want);
      const seen = await state(want.uuid);
      expect(seen.engineId).to.equal(id);
      expect(seen).to.include({ uuid: want.uuid, generation: 3, running: false, paused: false, exitCode: null });
      expect(seen.startedAt).to.equal(null);
      expect(seen.finishedAt).to.equal(null);
      expect(Math.abs(Date.now() - seen.createdAt.getTime())).to.be.lessThan(60_000);
      expect(seen.command).to.deep.equal(['sleep', '600']);
      expect(seen.exposedPorts).to.deep.equal(['80/tcp']);
    });

    it('adopts the container of an earlier create of the same generation', async () => {
      const want = bench.want();
      const first = await bench.driver.create(want);
      await bench.driver.start(want.uuid);
      expect(await bench.driver.create(want)).to.equal(first);
      expect((await state(want.uuid)).running).to.equal(true);
    });

    it('replaces a container of another generation', async () => {
      const want = bench.want();
      const first = await bench.driver.create(want);
      await bench.driver.start(want.uuid);
      const second = await bench.driver.create({ ...want, generation: 2 });
      expect(second).not.to.equal(first);
      expect(await state(want.uuid)).to.include({ engineId: second, generation: 2, running: false });
    });

    it('makes one container out of several creates at once', async () => {
      const want = bench.want();
      const ids = await Promise.all([1, 2, 3].map(() => bench.driver.create(want)));
      expect(new Set(ids).size).to.equal(1);
    });

    it('never takes the container of another deployment', async () => {
      const theirs = bench.want({}, bench.foreign);
      const id = await bench.foreign.create(theirs);
      expect((await refusal(bench.driver.create(theirs))).kind).to.equal('conflict');
      expect((await refusal(bench.driver.remove(theirs.uuid))).kind).to.equal('conflict');
      expect(await bench.driver.inspect(theirs.uuid)).to.equal(null);
      expect((await bench.foreign.inspect(theirs.uuid))?.engineId).to.equal(id);
    });

    it('is refused for an image that is not there', async () => {
      const want = bench.want({ image: 'no-such-image:1' });
      const error = await refusal(bench.driver.create(want));
      expect(error.kind).to.equal('not-found');
      expect(error.reason).to.include('no-such-image');
      expect(await bench.driver.inspect(want.uuid)).to.equal(null);
    });

    it('keeps our labels from those of the user', async () => {
      const want = bench.want({ labels: { 'zunova.uuid': 'forged', 'zunova.deployment': 'forged', mine: 'yes' } });
      await bench.driver.create(want);
      expect((await state(want.uuid)).uuid).to.equal(want.uuid);
      expect((await bench.driver.list()).map(({ uuid }) => uuid)).to.include(want.uuid);
    });
  });

  describe('start, stop and kill', () => {
    it('start what is created, twice over', async () => {
      const uuid = await bench.started();
      await bench.driver.start(uuid);
      const seen = await state(uuid);
      expect(seen).to.include({ running: true, exitCode: null });
      expect(seen.startedAt).to.be.instanceOf(Date);
    });

    it('stop what runs, twice over, and start it again', async () => {
      const uuid = await bench.started();
      await bench.driver.stop(uuid, 5);
      await bench.driver.stop(uuid, 5);
      const seen = await state(uuid);
      expect(seen).to.include({ running: false, exitCode: 143 });
      expect(seen.finishedAt).to.be.instanceOf(Date);
      await bench.driver.start(uuid);
      expect((await state(uuid)).running).to.equal(true);
    });

    it('kill sends the signal', async () => {
      const uuid = await bench.started();
      await bench.driver.kill(uuid, 'SIGTERM');
      await until('exit by signal', async () => (await state(uuid)).exitCode === 143);
      await bench.driver.kill(uuid, 'SIGKILL');
      expect((await refusal(bench.driver.kill(uuid, 'SIGUSR1'))).kind).to.equal('not-running');
    });

    it('are refused for a container that is not there', async () => {
      const { uuid } = bench.want();
      const { driver } = bench;
      const works = [
        () => driver.start(uuid),
        () => driver.stop(uuid, 1),
        () => driver.stop(uuid, null),
        () => driver.kill(uuid, 'SIGKILL'),
        () => driver.pause(uuid),
        () => driver.unpause(uuid),
      ];
      for (const work of works) {
        expect((await refusal(work())).kind).to.equal('not-found');
      }
    });
  });

  describe('pause and unpause', () => {
    it('are the same done twice', async () => {
      const uuid = await bench.started();
      await bench.driver.pause(uuid);
      await bench.driver.pause(uuid);
      expect(await state(uuid)).to.include({ running: true, paused: true });
      await bench.driver.unpause(uuid);
      await bench.driver.unpause(uuid);
      expect(await state(uuid)).to.include({ running: true, paused: false });
    });

    it('are refused while it does not run', async () => {
      const uuid = await bench.created();
      expect((await refusal(bench.driver.pause(uuid))).kind).to.equal('not-running');
      expect((await refusal(bench.driver.unpause(uuid))).kind).to.equal('not-running');
    });
  });

  describe('remove', () => {
    it('removes a running container', async () => {
      const uuid = await bench.started();
      await bench.driver.remove(uuid);
      expect(await bench.driver.inspect(uuid)).to.equal(null);
    });

    it('succeeds when there is nothing, and for several at once', async () => {
      const uuid = await bench.started();
      await Promise.all([1, 2, 3].map(() => bench.driver.remove(uuid)));
      expect(await bench.driver.inspect(uuid)).to.equal(null);
      await bench.driver.remove(uuid);
    });
  });

  describe('list', () => {
    it('gives all containers of this deployment and no other', async () => {
      const created = await bench.created();
      const running = await bench.started();
      const theirs = bench.want({}, bench.foreign);
      await bench.foreign.create(theirs);
      const seen = new Map((await bench.driver.list()).map((item) => [item.uuid, item]));
      expect(seen.get(created)?.state).to.equal('created');
      expect(seen.get(running)).to.include({ state: 'running', generation: 1 });
      expect(seen.has(theirs.uuid)).to.equal(false);
      expect(seen.get(running)?.engineId).to.equal((await state(running)).engineId);
    });
  });

  describe('events', () => {
    it('tell what happens to the containers of this deployment only', async () => {
      const seen: EngineEvent[] = [];
      const watching = new AbortController();
      let isOpen = false;
      const watch = bench.driver.events(
        (event) => seen.push(event),
        watching.signal,
        () => {
          isOpen = true;
        },
      );
      await until('event stream open', () => isOpen);
      const theirs = bench.want({}, bench.foreign);
      await bench.foreign.create(theirs);
      const uuid = await bench.started();
      await bench.driver.remove(uuid);
      await until('the last event', () => seen.find((event) => event.action === 'destroy' && event.uuid === uuid));
      const actions = seen.filter((event) => event.uuid === uuid).map(({ action }) => action);
      expect(actions).to.include.members(['create', 'start', 'die', 'destroy']);
      expect(seen.some((event) => event.uuid === theirs.uuid)).to.equal(false);
      watching.abort();
      await watch;
    });
  });
}
