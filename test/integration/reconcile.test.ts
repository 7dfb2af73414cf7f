import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type Docker from 'dockerode';
import { type Containers, containersOf, SLEEP, visibleAfter } from '#test/lib/containers.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

const VISIBLE_MS = 2_000;

/** Goes on with `what` once it is told to. */
const onceTold = (what: string): string[] => ['sh', '-c', `until [ -e /go ]; do sleep 0.05; done; ${what}`];

async function tell(container: Docker.Container): Promise<void> {
  const answer = await (await container.exec({ Cmd: ['touch', '/go'] })).start({ Detach: true });
  // Empty, and unread it would keep its connection, and so the process of the tests.
  answer.destroy();
}

const hasEnded = (container: Docker.Container): Promise<boolean> =>
  until('the process has ended', async () => !(await container.inspect()).State.Running);

/** Lists come every 30 s here: what is visible sooner was heard of as an event. */
describe('what happens outside of the service', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  let containers: Containers;
  before(async () => {
    zunova = await deploy();
    containers = containersOf(zunova);
  });
  after(() => zunova?.close());

  const engineOf = async (uuid: string): Promise<Docker.Container> =>
    zunova.docker.getContainer((await containers.inEngine()).get(uuid) ?? '');
  const status = async (uuid: string): Promise<string> => (await containers.show(uuid)).str('status');
  const one = async <T extends object>(sql: string, uuid: string): Promise<T | null> =>
    zunova.db.database.one<T>(sql, [uuid]);
  /** How soon a status shows after something was done in the engine. */
  async function expectVisible(uuid: string, work: () => Promise<unknown>, wanted: string): Promise<void> {
    const ms = await visibleAfter(`${uuid} is ${wanted}`, work, async () => (await status(uuid)) === wanted);
    expect(ms, wanted).to.be.lessThan(VISIBLE_MS);
  }

  it('docker stop, start, pause, unpause, kill and restart show within two seconds', async () => {
    const uuid = await containers.running();
    const engine = await engineOf(uuid);
    const steps = [
      ['stop', () => engine.stop(), 'Stopped'],
      ['start', () => engine.start(), 'Running'],
      ['pause', () => engine.pause(), 'Paused'],
      ['unpause', () => engine.unpause(), 'Running'],
      ['kill', () => engine.kill(), 'Stopped'],
      ['restart', () => engine.restart(), 'Running'],
    ] as const;
    for (const [name, work, wanted] of steps) {
      const answer = await visibleAfter(name, work, async () => (await status(uuid)) === wanted);
      expect(answer, name).to.be.lessThan(VISIBLE_MS);
    }
    // The Nova API says the same.
    const server = await zunova.client.nova('GET', `/servers/${uuid}`);
    expect(server.json.get('server', 'status').value).to.equal('ACTIVE');
    // None of it was an action of a user.
    const actions = await zunova.client.native('GET', `/containers/${uuid}/container_actions`);
    expect(actions.json.list('containerActions').map((a) => a.str('action'))).to.deep.equal(['create']);
  });

  for (const code of [0, 3]) {
    it(`a process that ends by itself with ${code}`, async () => {
      const uuid = await containers.running({ command: onceTold(`exit ${code}`) });
      const engine = await engineOf(uuid);
      await tell(engine);
      await expectVisible(uuid, () => hasEnded(engine), 'Stopped');
      const facts = 'select exit_code, oom_killed, failure, stop_requested from containers where uuid = $1';
      expect(await one(facts, uuid)).to.deep.equal({
        exit_code: code,
        oom_killed: false,
        failure: null,
        stop_requested: false,
      });
    });
  }

  it('a process that wants more memory than it may have', async () => {
    const uuid = await containers.running({ command: onceTold('exec tail /dev/zero') });
    const engine = await engineOf(uuid);
    await tell(engine);
    await expectVisible(uuid, () => hasEnded(engine), 'Stopped');
    const facts = await one('select exit_code, oom_killed from containers where uuid = $1', uuid);
    expect(facts).to.deep.equal({ exit_code: 137, oom_killed: true });
  });

  it('docker rm: an error with its reason, which a delete ends', async () => {
    const uuid = await containers.running();
    const engine = await engineOf(uuid);
    await expectVisible(uuid, () => engine.remove({ force: true }), 'Error');
    const seen = await containers.show(uuid);
    expect(seen.str('status_reason'))
      .to.include(engine.id)
      .and.to.match(/removed outside of this service; delete it/);
    const server = await zunova.client.nova('GET', `/servers/${uuid}`);
    expect(server.json.get('server', 'status').value).to.equal('ERROR');
    // Its address is kept, since it can be made anew.
    expect(seen.get('addresses').value).to.not.deep.equal({});
    await containers.remove(uuid);
    await containers.gone(uuid);
    await containers.expectNothingLeft(uuid);
  });

  it('docker rm, and made anew by a hard reboot', async () => {
    const uuid = await containers.running();
    const before = await containers.show(uuid);
    await expectVisible(uuid, async () => (await engineOf(uuid)).remove({ force: true }), 'Error');
    const answer = await zunova.client.nova('POST', `/servers/${uuid}/action`, { body: { reboot: { type: 'HARD' } } });
    expect(answer.status, answer.text).to.equal(202);
    const after = await containers.reaches(uuid, 'Running');
    expect(after.get('status_reason').value).to.equal(null);
    expect(after.get('addresses').value).to.deep.equal(before.get('addresses').value);
  });

  it('a container with auto_remove that ends is gone, with its port', async () => {
    const uuid = await containers.running({ auto_remove: true });
    const engine = await engineOf(uuid);
    const ms = await visibleAfter(
      'it is gone',
      () => engine.kill(),
      async () => (await zunova.client.native('GET', `/containers/${uuid}`)).status === 404,
    );
    expect(ms).to.be.lessThan(VISIBLE_MS);
    await containers.expectNothingLeft(uuid);
  });

  it('a container with auto_remove that a user stops is gone', async () => {
    const uuid = await containers.running({ auto_remove: true });
    await containers.act(uuid, 'stop?timeout=1');
    await containers.gone(uuid, 5_000);
    await containers.expectNothingLeft(uuid);
  });

  it('docker tag and rmi show in the list of images', async () => {
    const name = `tagged-${randomUUID().slice(0, 8)}`;
    const listed = async (): Promise<number> =>
      (await zunova.client.request('image', 'GET', `/v2/images?name=${name}`)).json.list('images').length;
    const image = zunova.docker.getImage('busybox');
    try {
      const tag = async (): Promise<unknown> => image.tag({ repo: name, tag: 'latest' });
      expect(await visibleAfter('tag', tag, async () => (await listed()) === 1)).to.be.lessThan(VISIBLE_MS);
    } finally {
      const untag = async (): Promise<unknown> => zunova.docker.getImage(name).remove();
      expect(await visibleAfter('rmi', untag, async () => (await listed()) === 0)).to.be.lessThan(VISIBLE_MS);
    }
  });
});

describe('engine containers without a row', function () {
  this.timeout(60_000);
  const GRACE_SECONDS = 3;
  let zunova: Deployment;
  let containers: Containers;
  let deployment: string;
  const made: Docker.Container[] = [];
  before(async () => {
    zunova = await deploy({
      ZUNOVA_RECONCILE_LIST_SECONDS: '0.2',
      ZUNOVA_RECONCILE_ORPHAN_GRACE_SECONDS: String(GRACE_SECONDS),
    });
    containers = containersOf(zunova);
    deployment = (await zunova.db.database.one<{ id: string }>('select id from deployment'))?.id ?? '';
  });
  after(async () => {
    await Promise.all(made.map((c) => c.remove({ force: true }).catch(() => undefined)));
    await zunova?.close();
  });

  async function inEngine(name: string, labels: Record<string, string>): Promise<Docker.Container> {
    const container = await zunova.docker.createContainer({ name, Image: 'busybox', Cmd: SLEEP, Labels: labels });
    made.push(container);
    await container.start();
    return container;
  }
  const labelsOf = (uuid: string, of: string): Record<string, string> => ({
    'zunova.uuid': uuid,
    'zunova.deployment': of,
    'zunova.generation': '1',
    'zunova.project': 'p',
    'zunova.host': 'testhost',
  });
  const exists = (container: Docker.Container): Promise<boolean> =>
    container.inspect().then(
      () => true,
      () => false,
    );

  it('are removed after the grace period when they are ours, and never when they are not', async () => {
    const uuid = randomUUID();
    const other = randomUUID();
    const owned = await containers.running();
    const foreign = [
      await inEngine(`foreign-${uuid}`, {}),
      await inEngine(`zunova-${other}`, labelsOf(other, randomUUID())),
      // Our label on something that we cannot have made.
      await inEngine(`marked-${uuid}`, { 'zunova.deployment': deployment }),
      await inEngine(`invalid-${uuid}`, { ...labelsOf('not-a-uuid', deployment) }),
      // An image made from one of ours hands its labels on.
      await inEngine(`copy-${uuid}`, labelsOf(uuid, deployment)),
    ];
    const orphan = await inEngine(`zunova-${uuid}`, labelsOf(uuid, deployment));
    const ms = await visibleAfter(
      'the orphan is removed',
      () => Promise.resolve(),
      async () => !(await exists(orphan)),
    );
    expect(ms).to.be.within((GRACE_SECONDS - 1) * 1000, (GRACE_SECONDS + 3) * 1000);
    for (const container of foreign) expect(await exists(container)).to.equal(true);
    expect((await containers.show(owned)).str('status')).to.equal('Running');
  });
});
