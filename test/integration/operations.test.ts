import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { silent } from '#core/logging/logger.js';
import { HostSession } from '#core/store/host-session.js';
import type { Answer } from '#test/lib/api-client.js';
import { type Containers, containersOf } from '#test/lib/containers.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

/** One operation at a time on a container; what is accepted is carried out once; what fails leaves nothing and says why. */
describe('operations', function () {
  this.timeout(120_000);
  let zunova: Deployment;
  let containers: Containers;

  before(async () => {
    zunova = await deploy();
    containers = containersOf(zunova);
  });
  after(() => zunova.close());

  const native = (method: string, path: string, body?: unknown): Promise<Answer> =>
    zunova.client.native(method, path, body === undefined ? {} : { body });
  const statuses = (answers: readonly Answer[]): number[] => answers.map((a) => a.status).sort((a, b) => a - b);
  const actionsOf = async (uuid: string): Promise<string[]> => {
    const list = (await native('GET', `/containers/${uuid}/container_actions`)).json.list('containerActions');
    return list.map((a) => a.str('action'));
  };

  describe('at the same time', () => {
    it('ten stops are one', async () => {
      const uuid = await containers.running();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => native('POST', `/containers/${uuid}/stop?timeout=5`)),
      );
      // One may come when the stop is done already, and is told so.
      expect(answers.every((a) => a.status === 202 || a.status === 409)).to.equal(true);
      await containers.reaches(uuid, 'Stopped');
      expect(await actionsOf(uuid)).to.deep.equal(['stop', 'create']);
      await containers.remove(uuid);
      await containers.gone(uuid);
    });

    it('another kind is refused as busy, with what is in progress', async () => {
      const uuid = await containers.running({ command: ['sleep', '1000'] });
      // The process does not listen to SIGTERM: the stop takes its whole grace.
      const stop = await native('POST', `/containers/${uuid}/stop?timeout=2`);
      expect(stop.status).to.equal(202);
      const pause = await native('POST', `/containers/${uuid}/pause`);
      expect(pause.status).to.equal(409);
      const nova = await zunova.client.nova('POST', `/servers/${uuid}/action`, { body: { pause: null } });
      expect(nova.status).to.equal(409);
      expect(nova.json.str('conflictingRequest', 'message')).to.equal(
        `Cannot 'pause' instance ${uuid} while it is in task_state powering-off`,
      );
      await containers.reaches(uuid, 'Stopped');
      await containers.remove(uuid);
      await containers.gone(uuid);
    });

    it('twenty deletes are one', async () => {
      const uuid = await containers.running();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => native('DELETE', `/containers/${uuid}?force=true`)),
      );
      expect(statuses(answers).every((s) => s === 204 || s === 404)).to.equal(true);
      await containers.gone(uuid);
      await containers.expectNothingLeft(uuid);
    });

    it('a delete overtakes the create, at whatever moment it comes', async () => {
      for (let round = 0; round < 12; round += 1) {
        const uuid = await containers.create();
        // The moment is moved through the steps of the create by reads, each of which takes a millisecond or so.
        for (let i = 0; i < round * 8; i += 1) await containers.show(uuid);
        await containers.remove(uuid);
        await containers.gone(uuid);
        await containers.expectNothingLeft(uuid);
      }
    });

    it('fifty creates at one below the quota give exactly one container', async () => {
      const project = (await native('GET', '/containers')).json;
      expect(project.list('containers')).to.have.length(0);
      const id = (await zunova.db.database.one<{ id: string }>(`select id from identity_projects where name = 'demo'`))
        ?.id;
      await zunova.db.database.query(
        `insert into quotas (scope, scope_id, resource, hard_limit) values ('project', $1, 'containers', 1) returning scope`,
        [id],
      );
      const body = { image: 'busybox', cpu: 0.1, memory: 16 };
      const answers = await Promise.all(Array.from({ length: 50 }, () => native('POST', '/containers', body)));
      expect(answers.filter((a) => a.status === 202)).to.have.length(1);
      expect(answers.filter((a) => a.status === 403)).to.have.length(49);
      const refused = answers.find((a) => a.status === 403);
      expect(refused?.json.str('errors', 0, 'title')).to.equal("Quota exceeded for resources: ['containers']");
      await zunova.db.database.query('delete from quotas returning scope');
      const uuid = answers.find((a) => a.status === 202)?.json.str('uuid') ?? '';
      await containers.remove(uuid);
      await containers.gone(uuid);
    });

    it('parallel creates never promise more than the host has', async () => {
      const memory = (await native('GET', '/hosts')).json.get('hosts', 0, 'mem_total').value;
      const each = 8192;
      const fit = Math.floor((Number(memory) - 512) / each);
      const body = { image: 'busybox', cpu: 0.1, memory: each };
      const answers = await Promise.all(Array.from({ length: fit + 2 }, () => native('POST', '/containers', body)));
      const placed = answers.filter((a) => a.json.str('status') === 'Creating');
      const refused = answers.filter((a) => a.json.str('status') === 'Error');
      expect(placed).to.have.length(fit);
      expect(refused).to.have.length(2);
      expect(refused[0]?.json.str('status_reason')).to.equal('There are not enough hosts available.');
      for (const a of answers) await containers.remove(a.json.str('uuid'));
      for (const a of answers) await containers.gone(a.json.str('uuid'));
    });
  });

  describe('leases', () => {
    it('an agent that lost its lease writes nothing more', async () => {
      const uuid = await containers.running({ command: ['sleep', '1000'] });
      const request = await containers.act(uuid, 'stop?timeout=2');
      const stolen = await until('the stop runs', () =>
        zunova.db.database.one<{ id: string }>(
          `update operations set lease_owner = $2 where container = $1 and action = 'stop' and state = 'running' and step = 'stop' returning id`,
          [uuid, randomUUID()],
        ),
      );
      const state = async (): Promise<string> =>
        (await zunova.docker.getContainer(`zunova-${uuid}`).inspect()).State.Status;
      await until('the engine has stopped it', async () => (await state()) === 'exited');
      const row = await zunova.db.database.one<{ state: string; finished_at: Date | null }>(
        'select state, finished_at from operations where id = $1',
        [stolen.id],
      );
      expect(row).to.deep.equal({ state: 'running', finished_at: null });
      // The thief never does anything: when its lease runs out the operation is taken again, and found done.
      await zunova.db.database.query(`update operations set lease_until = now() where id = $1 returning id`, [
        stolen.id,
      ]);
      expect((await containers.ended(uuid, request)).state).to.equal('done');
      await containers.reaches(uuid, 'Stopped');
      await containers.remove(uuid);
      await containers.gone(uuid);
    });

    it('a second agent for the host waits for the end of the first one', async () => {
      const second = new HostSession(zunova.db.database, silent());
      let owned = false;
      const opening = second.open('testhost', {
        onOwned: () => {
          owned = true;
          return Promise.resolve();
        },
        onWake: () => undefined,
        onLost: () => undefined,
      });
      const waits = await until('it waits for the lock', () =>
        zunova.db.database.one<{ n: number }>(
          `select count(*)::integer n from pg_locks l join pg_stat_activity a using (pid)
           where l.locktype = 'advisory' and not l.granted and a.datname = current_database() having count(*) > 0`,
        ),
      );
      expect(waits.n).to.equal(1);
      expect(owned).to.equal(false);
      await zunova.db.database.query(
        `select pg_terminate_backend(a.pid) from pg_locks l join pg_stat_activity a using (pid)
         where l.locktype = 'advisory' and l.granted and a.datname = current_database() and a.application_name = 'zunova-session'`,
      );
      await opening;
      expect(owned).to.equal(true);
      await second.close();
      // The first one comes back as soon as it can, and goes on.
      const uuid = await containers.running();
      await containers.remove(uuid);
      await containers.gone(uuid);
    });
  });

  describe('that fail say why, and leave nothing', () => {
    const fails = async (body: object, reason: RegExp): Promise<string> => {
      const made = await native('POST', '/containers?run=true', { cpu: 0.1, memory: 16, ...body });
      expect(made.status, made.text).to.equal(202);
      const uuid = made.json.str('uuid');
      const shown = await containers.reaches(uuid, 'Error', 30_000);
      expect(shown.str('status_reason')).to.match(reason);
      return uuid;
    };
    const remove = async (uuid: string): Promise<void> => {
      await containers.remove(uuid);
      await containers.gone(uuid);
      await containers.expectNothingLeft(uuid);
    };

    it('an image that is nowhere', async () => {
      const uuid = await fails({ image: 'localhost:1/no/such:image' }, /localhost:1\/no\/such:image/);
      await containers.expectUndone(uuid);
      await remove(uuid);
    });
    it('a program that is not in the image', async () => {
      const uuid = await fails({ image: 'busybox', command: ['/nonexistent'] }, /\/nonexistent/);
      await remove(uuid);
    });
    it('a server of Nova shows the same as its fault', async () => {
      const uuid = await fails({ image: 'busybox', command: ['/nonexistent'] }, /\/nonexistent/);
      const server = (await zunova.client.nova('GET', `/servers/${uuid}`)).json.get('server');
      expect(server.str('status')).to.equal('ERROR');
      expect(server.str('fault', 'message')).to.match(/\/nonexistent/);
      expect(server.get('fault', 'code').value).to.equal(500);
      const [action] = (await zunova.client.nova('GET', `/servers/${uuid}/os-instance-actions`)).json.list(
        'instanceActions',
      );
      expect(action?.str('message')).to.equal('Error');
      await remove(uuid);
    });
    it('a start that failed can be tried again', async () => {
      const uuid = await fails({ image: 'busybox', command: ['/bin/late'] }, /\/bin\/late/);
      const again = await native('POST', `/containers/${uuid}/start`);
      expect(again.status).to.equal(202);
      await containers.reaches(uuid, 'Error');
      await remove(uuid);
    });
  });
});
