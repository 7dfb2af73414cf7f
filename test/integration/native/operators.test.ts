import { expect } from 'chai';
import type { Answer } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

const SERVICE = 'host=testhost&binary=zun-compute';

describe('native API: services and quotas', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  before(async () => {
    zunova = await deploy();
  });
  after(() => zunova.close());

  const title = (a: Answer): string => a.json.str('errors', 0, 'title');
  const create = (name: string): Promise<Answer> =>
    zunova.client.native('POST', '/containers', { user: 'alt', body: { image: 'busybox', name, cpu: 0.1, memory: 8 } });
  const novaService = async () =>
    (await zunova.client.nova('GET', '/os-services?binary=nova-compute', { version: '2.53' })).json
      .list('services')
      .map((s) => [s.str('status'), s.str('state'), s.get('disabled_reason').value, s.get('forced_down').value]);
  const projectOf = async (user: 'demo' | 'alt'): Promise<string> => {
    const made = await zunova.client.native('POST', '/containers', {
      user,
      body: { image: 'busybox', cpu: 0.1, memory: 8 },
    });
    return made.json.str('project_id');
  };

  it('are for administrators alone, with a token', async () => {
    for (const [method, path, rule] of [
      ['PUT', '/services/enable', 'zun-service:enable'],
      ['PUT', '/services/disable', 'zun-service:disable'],
      ['PUT', '/services/force_down', 'zun-service:force_down'],
      ['DELETE', `/services?${SERVICE}`, 'zun-service:delete'],
      ['PUT', '/quotas/p', 'quota:update'],
      ['DELETE', '/quotas/p', 'quota:delete'],
      ['GET', '/quota_classes/default', 'quota_class:get'],
      ['PUT', '/quota_classes/default', 'quota_class:update'],
    ] as const) {
      expect((await zunova.client.native(method, path, { user: null })).status, path).to.equal(401);
      const refused = await zunova.client.native(method, path, { user: 'demo' });
      expect(refused.status, path).to.equal(403);
      expect(title(refused)).to.equal(`Policy doesn't allow ${rule} to be performed.`);
    }
  });

  describe('services', () => {
    const put = (verb: string, query: string, body?: unknown): Promise<Answer> =>
      zunova.client.native('PUT', `/services/${verb}?${query}`, body === undefined ? {} : { body });

    it('refuse what names none, or none that is there', async () => {
      for (const [verb, query] of [
        ['enable', 'host=testhost'],
        ['disable', 'binary=zun-compute'],
        ['disable', `${SERVICE}&disabled_reason=`],
        ['force_down', SERVICE],
        ['force_down', `${SERVICE}&forced_down=perhaps`],
        ['enable', `${SERVICE}&host=twice`],
        ['enable', 'host=a%20b&binary=zun-compute'],
      ] as const) {
        expect((await put(verb, query)).status, `${verb} ${query}`).to.equal(400);
      }
      for (const query of ['host=nope&binary=zun-compute', 'host=testhost&binary=nova-compute']) {
        const unknown = await put('enable', query);
        expect(unknown.status).to.equal(404);
        expect(unknown.json.str('errors', 0, 'code')).to.equal('container.zun-service-not-found');
        expect((await zunova.client.native('DELETE', `/services?${query}`)).status).to.equal(404);
      }
      expect((await zunova.client.native('DELETE', '/services')).status).to.equal(400);
    });

    it('that are disabled take no new containers, in both APIs', async () => {
      const off = await put('disable', '', { host: 'testhost', binary: 'zun-compute', disabled_reason: 'maintenance' });
      expect(off.status).to.equal(200);
      const service = { host: 'testhost', binary: 'zun-compute', disabled: true, disabled_reason: 'maintenance' };
      expect(off.json.value).to.deep.equal({ service });
      expect(await novaService()).to.deep.equal([['disabled', 'up', 'maintenance', false]]);
      expect((await create('off')).json.str('status')).to.equal('Error');
      const server = { name: 'off', imageRef: '', flavorRef: 'c1', networks: 'none' };
      const images = await zunova.client.request('image', 'GET', '/v2/images');
      const imageRef = images.json.list('images')[0]?.str('id');
      const made = await zunova.client.nova('POST', '/servers', {
        version: '2.37',
        body: { server: { ...server, imageRef } },
      });
      expect(made.status).to.equal(202);
      const shown = await zunova.client.nova('GET', `/servers/${made.json.str('server', 'id')}`);
      expect(shown.json.str('server', 'status')).to.equal('ERROR');

      const on = await put('enable', SERVICE);
      expect(on.json.get('service').value).to.deep.equal({ ...service, disabled: false, disabled_reason: null });
      expect(await novaService()).to.deep.equal([['enabled', 'up', null, false]]);
      expect((await create('on')).json.str('status')).to.equal('Creating');
    });

    it('that are forced down are down until that is taken back, whatever the agent reports', async () => {
      const down = await put('force_down', `${SERVICE}&forced_down=True`);
      expect(down.json.value).to.deep.equal({
        service: { host: 'testhost', binary: 'zun-compute', forced_down: true },
      });
      expect(await novaService()).to.deep.equal([['enabled', 'down', null, true]]);
      expect((await create('down')).json.str('status')).to.equal('Error');
      await put('force_down', `${SERVICE}&forced_down=False`);
      expect(await novaService()).to.deep.equal([['enabled', 'up', null, false]]);
    });

    it('are not deleted while their host has containers; a live one comes back, with its images', async () => {
      const refused = await zunova.client.native('DELETE', `/services?${SERVICE}`);
      expect(refused.status).to.equal(409);
      for (const c of (await zunova.client.native('GET', '/containers?all_projects=1')).json.list('containers')) {
        await zunova.client.native('DELETE', `/containers/${c.str('uuid')}?force=true`);
      }
      await until('no containers', async () => {
        const left = await zunova.client.native('GET', '/containers?all_projects=1');
        return left.json.list('containers').length === 0;
      });
      const deleted = await zunova.client.native('DELETE', `/services?${SERVICE}`, {
        headers: { 'content-type': 'application/octet-stream' },
      });
      expect(deleted.status).to.equal(200);
      await until(
        'the host is back with its images',
        async () => {
          const row = await zunova.db.database.one<{ n: number }>('select count(*)::integer as n from host_images');
          return (row?.n ?? 0) > 0 && (await novaService()).length === 1;
        },
        30_000,
      );
    });
  });

  describe('quotas', () => {
    it('refuse what is no limit', async () => {
      for (const body of [{ containers: -2 }, { cpu: 'x' }, { disk: 1.5 }, { memory: 2 ** 31 }, { instances: 1 }, []]) {
        for (const path of ['/quotas/p', '/quota_classes/default']) {
          const refused = await zunova.client.native('PUT', path, { body });
          expect(refused.status, `${path} ${JSON.stringify(body)}`).to.equal(400);
        }
      }
    });

    it('of a project hold over those of class default, which hold over the built-in ones', async () => {
      const { client } = zunova;
      const built = { containers: 40, memory: 51200, cpu: 20, disk: 100 };
      expect((await client.native('GET', '/quota_classes/default')).json.value).to.deep.equal(built);
      const byClass = { ...built, containers: 7, disk: 50 };
      expect(
        (await client.native('PUT', '/quota_classes/default', { body: { containers: 7, disk: '50' } })).json.value,
      ).to.deep.equal(byClass);
      expect((await client.native('GET', '/quota_classes/other')).json.value).to.deep.equal(built);
      expect((await client.native('GET', '/quotas/p')).json.value).to.deep.equal(byClass);
      const own = { ...byClass, containers: -1, cpu: 3 };
      expect((await client.native('PUT', '/quotas/p?cpu=3', { body: { containers: -1 } })).json.value).to.deep.equal(
        own,
      );
      expect((await client.native('GET', '/quotas/p')).json.value).to.deep.equal(own);
      expect((await client.native('GET', '/quotas/p/defaults')).json.value).to.deep.equal(byClass);
      const reset = await client.native('DELETE', '/quotas/p');
      expect([reset.status, reset.text]).to.deep.equal([200, 'null']);
      expect((await client.native('GET', '/quotas/p')).json.value).to.deep.equal(byClass);
      await client.native('PUT', '/quota_classes/default', { body: built });
    });

    it('are not made twice by parallel writes', async () => {
      const writes = Array.from({ length: 20 }, (_, n) =>
        zunova.client.native('PUT', '/quotas/parallel', { body: { disk: n, cpu: n } }),
      );
      for (const w of await Promise.all(writes)) expect(w.status).to.equal(200);
      const rows = await zunova.db.database.query(`select resource from quotas where scope_id = 'parallel'`);
      expect(rows.length).to.equal(2);
    });

    it('let exactly one of 50 parallel creates through when there is room for one', async () => {
      const project = await projectOf('alt');
      const used = await zunova.client.native('GET', `/quotas/${project}?usages=True`);
      const limit = Number(used.json.get('containers', 'in_use').value) + 1;
      await zunova.client.native('PUT', `/quotas/${project}`, { body: { containers: limit } });
      const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => create(`race-${n}`)));
      const statuses = answers.map((a) => a.status).sort((a, b) => a - b);
      expect(statuses).to.deep.equal([202, ...Array.from({ length: 49 }, () => 403)]);
      const refused = answers.find((a) => a.status === 403);
      expect(refused && title(refused)).to.equal("Quota exceeded for resources: ['containers']");
      const after = await zunova.client.native('GET', `/quotas/${project}?usages=True`);
      expect(after.json.get('containers').value).to.deep.equal({ limit, in_use: limit });
    });
  });
});
