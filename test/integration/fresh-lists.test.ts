import { expect } from 'chai';
import type { Json } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

/**
 * Lists are put together of what was rendered before. After any change, by whichever way, the very next list of both APIs must say what
 * the container itself says.
 */
describe('lists after a change', function () {
  this.timeout(60_000);
  let d: Deployment;
  let uuid: string;

  before(async () => {
    d = await deploy();
    const made = await d.client.native('POST', '/containers?run=true', {
      body: { name: 'fresh', image: 'busybox', command: ['sleep', '600'], interactive: true, memory: '16' },
    });
    expect(made.status, made.text).to.equal(202);
    uuid = made.json.str('uuid');
  });
  after(() => d.close());

  const nova = async (): Promise<Json | undefined> =>
    (await d.client.nova('GET', '/servers/detail', { user: 'demo', version: '2.96' })).json
      .list('servers')
      .find((s) => s.str('id') === uuid);
  const native = async (): Promise<Json | undefined> =>
    (await d.client.native('GET', '/containers')).json.list('containers').find((c) => c.str('uuid') === uuid);

  /** Both lists, and then both single views: equal, unless something happened in between. */
  const same = (): Promise<true> =>
    until('lists that say what the container says', async () => {
      const [before, fromNova, fromNative] = [await revision(), await nova(), await native()];
      const server = await d.client.nova('GET', `/servers/${uuid}`, { user: 'demo', version: '2.96' });
      const container = await d.client.native('GET', `/containers/${uuid}`);
      if ((await revision()) !== before) return null;
      const { server_groups: _groups, ...shownServer } = object(server.json.get('server'));
      const { links: _links, status_detail: _detail, ...shownContainer } = object(container.json);
      const { status_detail: _listedDetail, ...listedContainer } = object(fromNative);
      expect(object(fromNova)).to.deep.equal(shownServer);
      expect(listedContainer).to.deep.equal(shownContainer);
      return true;
    });
  const object = (json: Json | undefined): Record<string, unknown> =>
    Object.fromEntries(Object.entries(json?.value ?? {}));
  const revision = async (): Promise<string> =>
    (await d.db.database.one<{ revision: string }>('select revision from containers where uuid = $1', [uuid]))
      ?.revision ?? '';
  const statusOf = async (): Promise<string> => (await native())?.str('status') ?? '';

  it('show a new container at once, at every step of its creation, and when it runs', async () => {
    expect(await nova()).to.not.equal(undefined);
    expect(await native()).to.not.equal(undefined);
    await until('running', async () => {
      await same();
      return (await statusOf()) === 'Running';
    });
    await same();
  });

  it('show a change by the other API at once', async () => {
    const renamed = await d.client.nova('PUT', `/servers/${uuid}`, { body: { server: { name: 'renamed' } } });
    expect(renamed.status, renamed.text).to.equal(200);
    expect((await native())?.str('name')).to.equal('renamed');
    expect((await nova())?.str('name')).to.equal('renamed');
    await same();
  });

  it('show an operation under way and its end', async () => {
    const stop = await d.client.native('POST', `/containers/${uuid}/stop?timeout=1`);
    expect(stop.status, stop.text).to.equal(202);
    const status = await statusOf();
    if (status === 'Running') expect((await nova())?.str('OS-EXT-STS:task_state')).to.match(/powering-off|null/);
    await until('stopped', async () => (await statusOf()) === 'Stopped');
    expect((await nova())?.str('status')).to.equal('SHUTOFF');
    await same();
  });

  it('show what somebody did to the engine', async () => {
    await d.docker.getContainer(`zunova-${uuid}`).start();
    await until('running again', async () => (await statusOf()) === 'Running');
    expect((await nova())?.str('status')).to.equal('ACTIVE');
    await same();
    await d.docker.getContainer(`zunova-${uuid}`).pause();
    await until('paused', async () => (await nova())?.str('status') === 'PAUSED');
    expect(await statusOf()).to.equal('Paused');
    await same();
  });

  it('show administrators what they alone see, and others not', async () => {
    const asAdmin = (await d.client.nova('GET', '/servers/detail', { user: 'admin', version: '2.96' })).json
      .list('servers')
      .find((s) => s.str('id') === uuid);
    expect(asAdmin?.str('host_status')).to.equal('UP');
    expect(Object.keys(object(await nova()))).to.not.include('host_status');
    await d.db.database.query('update hosts set enabled = false');
    const disabled = (await d.client.nova('GET', '/servers/detail', { user: 'admin', version: '2.96' })).json
      .list('servers')
      .find((s) => s.str('id') === uuid);
    expect(disabled?.str('host_status'), 'a host has no part in the record of a server').to.equal('MAINTENANCE');
  });

  it('show nothing of what was deleted', async () => {
    const gone = await d.client.native('DELETE', `/containers/${uuid}?force=true`, { user: 'admin' });
    expect(gone.status, gone.text).to.equal(204);
    await until('gone', async () => (await d.client.native('GET', `/containers/${uuid}`)).status === 404);
    expect(await nova()).to.equal(undefined);
    expect(await native()).to.equal(undefined);
  });
});
