import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Answer } from '#test/lib/api-client.js';
import { type Containers, containersOf } from '#test/lib/containers.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

/** Requests that come at the same moment, and what the engine or the network refuses after a request was accepted. */
describe('operations that meet', function () {
  this.timeout(120_000);
  let zunova: Deployment;
  let containers: Containers;
  before(async () => {
    zunova = await deploy();
    containers = containersOf(zunova);
  });
  after(() => zunova?.close());

  const post = (path: string, body?: unknown): Promise<Answer> =>
    zunova.client.native('POST', `/containers${path}`, body === undefined ? {} : { body });
  const count = async (sql: string, bind: unknown[] = []): Promise<number> =>
    (await zunova.db.database.one<{ n: number }>(`select count(*)::integer n from ${sql}`, bind))?.n ?? -1;
  const remove = async (uuid: string): Promise<void> => {
    await containers.remove(uuid);
    await containers.gone(uuid);
    await containers.expectNothingLeft(uuid);
  };

  it('several starts are one', async () => {
    const uuid = await containers.running();
    await containers.act(uuid, 'stop?timeout=0');
    await containers.reaches(uuid, 'Stopped');
    // One may come when it runs already, and is told so.
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(`/${uuid}/start`)));
    expect(answers.map((a) => a.status)).to.include(202);
    for (const a of answers) expect(a.status, a.text).to.be.oneOf([202, 409]);
    await containers.reaches(uuid, 'Running');
    expect(await count(`operations where container = $1 and action = 'start'`, [uuid])).to.equal(1);
    await remove(uuid);
  });

  it('of a pause and a stop one is refused, and the other one happens', async () => {
    const uuid = await containers.running();
    const [pause, stop] = await Promise.all([post(`/${uuid}/pause`), post(`/${uuid}/stop?timeout=0`)]);
    expect([pause.status, stop.status]).to.have.members([202, 409]);
    await containers.reaches(uuid, pause.status === 202 ? 'Paused' : 'Stopped');
    await remove(uuid);
  });

  it('thirty deletes overtake their creates, whenever they come', async () => {
    const delays = Array.from({ length: 30 }, (_, i) => (i < 6 ? 0 : Math.round(Math.random() * 600)));
    const race = async (delay: number): Promise<void> => {
      const uuid = await containers.create();
      await sleep(delay);
      await containers.remove(uuid);
      await containers.gone(uuid);
      await containers.expectNothingLeft(uuid);
    };
    for (let i = 0; i < delays.length; i += 6) {
      const wave = delays.slice(i, i + 6);
      const failed = (await Promise.allSettled(wave.map(race))).flatMap((r) =>
        r.status === 'rejected' ? [String(r.reason)] : [],
      );
      expect(failed, `delays ${wave.join()}`).to.deep.equal([]);
    }
    expect((await containers.inEngine()).size).to.equal(0);
    expect(await count('network_addresses')).to.equal(0);
    const hosts = await zunova.client.native('GET', '/hosts');
    expect(hosts.json.get('hosts', 0, 'cpu_used').value).to.equal(0);
    expect(hosts.json.get('hosts', 0, 'mem_used').value).to.equal(0);
    const limits = await zunova.client.nova('GET', '/limits');
    expect(limits.json.get('limits', 'absolute', 'totalInstancesUsed').value).to.equal(0);
  });

  it('two creates for one address: one gets it, the other one says why not', async () => {
    const used = await containers.running();
    const shown = await containers.show(used);
    const addresses = shown.get('addresses').value;
    const [network = ''] = typeof addresses === 'object' && addresses !== null ? Object.keys(addresses) : [];
    const taken = shown.str('addresses', network, 0, 'addr');
    const free = taken.replace(/\d+$/, '200');
    const nets = [{ network, 'v4-fixed-ip': free }];
    const body = { image: 'busybox', cpu: 0.1, memory: 16, command: ['sleep', '1000'], nets };
    const answers = await Promise.all([post('?run=true', body), post('?run=true', body)]);
    const accepted = answers.filter((a) => a.status === 202).map((a) => a.json.str('uuid'));
    const refused = answers.filter((a) => a.status !== 202);
    for (const a of refused) expect(a.text).to.include(free);
    const ends = await Promise.all(
      accepted.map((uuid) =>
        until(`the create of ${uuid} ends`, async () => {
          const seen = await containers.show(uuid);
          return seen.get('task_state').value === null ? seen : null;
        }),
      ),
    );
    const failed = ends.filter((c) => c.str('status') === 'Error');
    expect(ends.filter((c) => c.str('status') === 'Running')).to.have.length(1);
    expect(failed.length + refused.length).to.equal(1);
    for (const c of failed) {
      expect(c.str('status_reason'))
        .to.include(free)
        .and.match(/in use/i);
      await containers.expectUndone(c.str('uuid'));
    }
    for (const uuid of [used, ...accepted]) await remove(uuid);
  });

  it('more processors than any host has: an error at once, and nothing is left', async () => {
    const uuid = await containers.create({ cpu: cpus().length + 1 });
    const seen = await containers.show(uuid);
    expect(seen.str('status')).to.equal('Error');
    expect(seen.str('status_reason')).to.equal('There are not enough hosts available.');
    expect(seen.get('task_state').value).to.equal(null);
    await containers.expectUndone(uuid);
    await remove(uuid);
  });

  it('a create that fails and a delete that overtakes it leave nothing', async () => {
    const uuids = await Promise.all(
      Array.from({ length: 4 }, () => containers.create({ image: '127.0.0.1:1/none:1' })),
    );
    await Promise.all(uuids.map((uuid) => containers.remove(uuid)));
    for (const uuid of uuids) {
      await containers.gone(uuid);
      await containers.expectNothingLeft(uuid);
    }
  });
});
