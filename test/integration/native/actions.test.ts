import { expect } from 'chai';
import type { Answer, Json, RequestOptions } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

describe('native API: actions', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  before(async () => {
    zunova = await deploy();
  });
  after(() => zunova.close());

  type Options = RequestOptions & { version?: string };
  const call = (method: string, path: string, options: Options = {}): Promise<Answer> =>
    zunova.client.native(method, `/containers/${path}`, options);
  const act = (uuid: string, action: string, options: Options = {}): Promise<Answer> =>
    call('POST', `${uuid}/${action}`, options);
  const show = async (uuid: string): Promise<Json> => (await call('GET', uuid)).json;
  const reaches = (uuid: string, status: string): Promise<Json> =>
    until(`${status} of ${uuid}`, async () => {
      const seen = await show(uuid);
      return seen.str('status') === status && seen.get('task_state').value === null ? seen : null;
    });
  const gone = (uuid: string): Promise<boolean> =>
    until(`${uuid} is gone`, async () => (await call('GET', uuid)).status === 404);
  const title = ({ json }: Answer): string => json.str('errors', 0, 'title');

  async function make(status: 'Created' | 'Running', more: object = {}): Promise<string> {
    const body = { image: 'busybox', command: ['sleep', '600'], cpu: 0.1, memory: 64, ...more };
    const made = await zunova.client.native('POST', `/containers?run=${status === 'Running'}`, { body });
    expect(made.status, made.text).to.equal(202);
    await reaches(made.json.str('uuid'), status);
    return made.json.str('uuid');
  }

  const accepted = async (work: Promise<Answer>): Promise<Answer> => {
    const answer = await work;
    expect(answer.status, answer.text).to.equal(202);
    expect(answer.text).to.equal('null');
    expect(answer.headers.get('content-type')).to.equal('application/json');
    expect(answer.headers.get('openstack-api-version')).to.equal('container 1.40');
    return answer;
  };

  it('take a container through its life, each with its record', async () => {
    const uuid = await make('Created');
    const steps = [
      ['start', 'Running'],
      ['pause', 'Paused'],
      ['unpause', 'Running'],
      ['stop?timeout=0', 'Stopped'],
      ['reboot?timeout=0', 'Running'],
      ['kill?signal=None', 'Stopped'],
    ] as const;
    const requests: string[] = [];
    for (const [action, status] of steps) {
      // As the client sends it: JSON, and no body.
      const answer = await accepted(
        act(uuid, action, { rawBody: '', headers: { 'content-type': 'application/json' } }),
      );
      requests.push(answer.headers.get('x-openstack-request-id') ?? '');
      await reaches(uuid, status);
    }
    const list = (await call('GET', `${uuid}/container_actions`)).json.list('containerActions');
    expect(list.map((a) => a.str('action'))).to.deep.equal([
      'kill',
      'reboot',
      'stop',
      'unpause',
      'pause',
      'start',
      'create',
    ]);
    expect(
      list
        .map((a) => a.str('request_id'))
        .reverse()
        .slice(1),
    ).to.deep.equal(requests);
    for (const a of list) {
      expect(a.value).to.deep.include({ container_uuid: uuid, message: null });
      expect(a.str('finish_time')).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    }
    const stop = await call('GET', `${uuid}/container_actions/${requests[3]}`);
    expect(stop.json.get('events', 0).value).to.deep.include({
      event: 'compute__do_container_stop',
      result: 'Success',
      traceback: null,
    });
    const none = await call('GET', `${uuid}/container_actions/req-none`);
    expect(none.status).to.equal(404);
    expect(title(none)).to.equal('The Action resource req-none could not be found.');
  });

  it('are refused in the wrong state, and change nothing', async () => {
    const states = {
      Created: await make('Created'),
      Running: await make('Running'),
      Paused: await make('Running'),
      Stopped: await make('Running'),
    };
    await accepted(act(states.Paused, 'pause'));
    await accepted(act(states.Stopped, 'kill'));
    await Promise.all([reaches(states.Paused, 'Paused'), reaches(states.Stopped, 'Stopped')]);
    /** Rows of native-api.md 3.3 that may be tried without an effect: those that refuse. */
    const refusals = {
      start: ['Running', 'Paused'],
      stop: ['Created', 'Stopped', 'Paused'],
      reboot: ['Paused'],
      pause: ['Created', 'Stopped', 'Paused'],
      unpause: ['Created', 'Running', 'Stopped'],
      kill: ['Created', 'Stopped', 'Paused'],
      'execute?command=ls': ['Created', 'Stopped', 'Paused'],
      top: ['Created', 'Stopped', 'Paused'],
      stats: ['Created', 'Stopped', 'Paused'],
      delete: ['Running', 'Paused'],
      delete_after_stop: ['Paused'],
    } as const;
    for (const [row, wrong] of Object.entries(refusals)) {
      const name = row.split('?')[0] ?? row;
      for (const status of wrong) {
        const uuid = states[status];
        const refused =
          name === 'delete'
            ? await call('DELETE', uuid)
            : name === 'delete_after_stop'
              ? await call('DELETE', `${uuid}?stop=true`)
              : await call(name === 'top' || name === 'stats' ? 'GET' : 'POST', `${uuid}/${row}`);
        expect(refused.status, `${row} in ${status}`).to.equal(409);
        expect(refused.json.str('errors', 0, 'code')).to.equal('container.invalid-state-exception');
        expect(title(refused)).to.equal(`Cannot ${name} container ${uuid} in ${status} state`);
      }
    }
    for (const [status, uuid] of Object.entries(states)) expect((await show(uuid)).str('status')).to.equal(status);
  });

  it('are refused with parameters that make no sense, before anything is looked up', async () => {
    for (const path of [
      'stop?timeout=soon',
      'stop?timeout=-1',
      'stop?timeout=99999999999',
      'stop?force=1',
      'reboot?timeout=1.5',
      'kill?signal=SIGNOPE',
      'kill?sig=9',
      'execute?run=1&command=ls',
      'execute?command=',
    ]) {
      expect((await act('unknown', path)).status, path).to.equal(400);
    }
    expect((await call('GET', 'unknown/logs?since=yesterday')).status).to.equal(400);
    expect((await call('GET', 'unknown/logs?follow=1')).status).to.equal(400);
    expect((await call('GET', 'unknown/top?ps=1')).status).to.equal(400);
    expect((await act('unknown', 'kill', { body: { signal: 'SIGNOPE' } })).status).to.equal(400);
    expect((await act('unknown', 'start?whatever=1')).status).to.equal(404);
  });

  it('take parameters from a body, which wins', async () => {
    const uuid = await make('Running');
    await accepted(act(uuid, 'kill?signal=SIGKILL', { body: { signal: 'hup' } }));
    await reaches(uuid, 'Running');
    await accepted(act(uuid, 'kill', { body: { signal: '9' } }));
    const stopped = await reaches(uuid, 'Stopped');
    expect(stopped.str('status_detail')).to.match(/^(null|Exited\(137\) \d+ seconds ago )$/);
  });

  it('work on names that look like something else', async () => {
    for (const name of ['start', 'web.json', 'container_actions']) {
      const uuid = await make('Created', { name });
      expect((await call('GET', name)).json.str('uuid'), name).to.equal(uuid);
      await accepted(act(name, 'start'));
      await reaches(uuid, 'Running');
    }
  });

  describe('delete', () => {
    it('removes what is stopped, and leaves its record of actions', async () => {
      const uuid = await make('Created');
      const deleted = await call('DELETE', `${uuid}?force=False&stop=False&all_projects=False`, {
        headers: { 'content-type': 'application/octet-stream' },
      });
      expect(deleted.status).to.equal(204);
      expect(deleted.text).to.equal('');
      expect(deleted.headers.get('openstack-api-version')).to.equal('container 1.40');
      expect(deleted.headers.get('content-type')).to.equal(null);
      await gone(uuid);
      const list = (await call('GET', `${uuid}/container_actions`)).json.list('containerActions');
      expect(list.map((a) => a.str('action'))).to.deep.equal(['delete', 'create']);
      expect(list[0]?.get('finish_time').value).to.be.a('string');
    });

    it('stops first when asked', async () => {
      const uuid = await make('Running', { command: ['sh', '-c', 'trap "exit 0" TERM; sleep 600 & wait'] });
      expect((await call('DELETE', `${uuid}?stop=yes`)).status).to.equal(204);
      await gone(uuid);
    });

    it('is forced by administrators alone, and then always', async () => {
      const uuid = await make('Running');
      await accepted(act(uuid, 'pause'));
      await reaches(uuid, 'Paused');
      const member = await call('DELETE', `${uuid}?force=true`, { user: 'demo' });
      expect(member.status).to.equal(403);
      expect(title(member)).to.equal("Policy doesn't allow container:delete_force to be performed.");
      expect((await call('DELETE', `${uuid}?all_projects=1`, { user: 'demo' })).status).to.equal(403);
      expect((await call('DELETE', `${uuid}?force=true`)).status).to.equal(204);
      await gone(uuid);
    });

    it('knows its flags from their versions on', async () => {
      const uuid = await make('Created');
      for (const [query, version] of [
        ['force=true', '1.6'],
        ['stop=true', '1.11'],
      ] as const) {
        const refused = await call('DELETE', `${uuid}?${query}`, { version });
        expect(refused.status).to.equal(400);
        expect(refused.json.str('errors', 0, 'code')).to.equal('container.invalid-param-in-version');
      }
      expect((await call('DELETE', `${uuid}?bogus=1`)).status).to.equal(400);
      expect((await call('DELETE', `${uuid}?force=maybe`)).status).to.equal(400);
      expect((await show(uuid)).str('status')).to.equal('Created');
    });
  });

  describe('update', () => {
    it('changes name, healing and limits', async () => {
      const uuid = await make('Running');
      const changed = await call('PATCH', uuid, {
        body: { name: 'renamed', auto_heal: 'true', cpu: 0.2, memory: '128' },
      });
      expect(changed.status, changed.text).to.equal(200);
      expect(changed.json.value).to.deep.include({
        name: 'renamed',
        auto_heal: true,
        cpu: 0.2,
        memory: '128',
        task_state: null,
      });
      const inspected = await zunova.docker.getContainer(`zunova-${uuid}`).inspect();
      expect(inspected.HostConfig).to.deep.include({ NanoCpus: 200_000_000, Memory: 128 * 1_048_576 });
      expect((await show(uuid)).value).to.deep.include({ name: 'renamed', cpu: 0.2, memory: '128' });
      const list = (await call('GET', `${uuid}/container_actions`)).json.list('containerActions');
      expect(list.map((a) => a.str('action'))).to.deep.equal(['create']);
    });

    it('changes nothing when nothing is asked', async () => {
      const uuid = await make('Created');
      const before = await show(uuid);
      for (const body of [{}, { name: null, cpu: null }]) {
        const answer = await call('PATCH', uuid, { body });
        expect(answer.status).to.equal(200);
        expect(answer.json.value).to.deep.equal(before.value);
      }
    });

    it('is refused beyond the quota, the host and the schema', async () => {
      const uuid = await make('Created');
      const rows = [
        [{ cpu: 16 }, 409, /no room for 16 CPUs/],
        [{ cpu: 17 }, 400, /maximum of 16/],
        [{ disk: 5 }, 400, /'disk' was unexpected/],
        [{ name: 'x' }, 400, /too short/],
      ] as const;
      for (const [body, status, text] of rows) {
        const refused = await call('PATCH', uuid, { body });
        expect(refused.status).to.equal(status);
        expect(title(refused)).to.match(text);
      }
      expect((await show(uuid)).value).to.deep.include({ cpu: 0.1 });
    });

    it('resizes in the background as well', async () => {
      const uuid = await make('Running');
      const answer = await act(uuid, 'resize_container', { body: { memory: 96 } });
      expect(answer.status).to.equal(202);
      expect(answer.json.str('uuid')).to.equal(uuid);
      await until('the new limit', async () => {
        const { HostConfig } = await zunova.docker.getContainer(`zunova-${uuid}`).inspect();
        return HostConfig.Memory === 96 * 1_048_576;
      });
    });

    it('renames in old versions', async () => {
      const uuid = await make('Created', { name: 'before' });
      const renamed = await act(uuid, 'rename?name=after', { version: '1.13' });
      expect(renamed.status).to.equal(200);
      expect(renamed.json.str('name')).to.equal('after');
      const same = await act(uuid, 'rename?name=after', { version: '1.13' });
      expect(same.status).to.equal(409);
      expect(title(same)).to.equal('The new name for the container is the same as the old name.');
      expect((await act(uuid, 'rename', { version: '1.13' })).status).to.equal(400);
    });
  });
});
