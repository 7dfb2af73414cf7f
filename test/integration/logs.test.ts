import { expect } from 'chai';
import Docker from 'dockerode';
import { loadSecrets } from '#core/config/secrets.js';
import { Json } from '#test/lib/api-client.js';
import { type TestDatabase, testDatabase } from '#test/lib/database.js';
import { sweep } from '#test/lib/deployment.js';
import { FROM_SOURCE, type ProcessHome, processHome, startProcess, type ZunovaProcess } from '#test/lib/process.js';
import { until } from '#test/lib/until.js';

/** The log of a process that says all it can: it follows a request to the engine, and tells no secret. */
describe('the log', function () {
  this.timeout(120_000);
  const docker = new Docker({ socketPath: '/var/run/docker.sock' });
  const lines: string[] = [];
  let db: TestDatabase;
  let home: ProcessHome;
  let process: ZunovaProcess;

  before(async () => {
    db = await testDatabase();
    home = processHome();
    const settings = {
      ZUNOVA_DATABASE_URL: db.url,
      ZUNOVA_HOST_NAME: 'loghost',
      ZUNOVA_SUBNET_BASE: '10.94.0.0/16',
      ZUNOVA_LOG_LEVEL: 'trace',
    };
    process = await startProcess(home, settings, FROM_SOURCE, (line) => lines.push(line));
  });
  after(async () => {
    await process.kill();
    await sweep(docker, (await db.database.one<{ id: string }>('select id from deployment'))?.id ?? '');
    await db.close();
    home.remove();
  });

  const records = (): Json[] =>
    lines.map((line) => {
      const value: unknown = JSON.parse(line);
      return new Json(value);
    });

  it('names the request from the edge to the operation on the host', async () => {
    const body = {
      image: 'busybox',
      name: 'logged',
      cpu: 0.1,
      memory: 16,
      environment: { SECRET: 'hunter2-in-the-environment' },
    };
    const made = await process.client.native('POST', '/containers', { body });
    const request = made.headers.get('x-openstack-request-id');
    const ended = await until('the operation ended', () =>
      records().find((r) => r.str('req_id') === request && r.str('msg') === 'operation ended'),
    );
    expect(ended.str('container')).to.equal(made.json.str('uuid'));
    const edge = records().find((r) => r.str('req_id') === request && r.str('msg') === 'request');
    expect(edge?.str('route')).to.equal('container:create');
    expect(edge?.get('status').value).to.equal(202);
    expect(edge?.str('project_id')).to.equal(made.json.str('project_id'));
  });

  it('tells no password, token, secret, environment, user data or private key', async () => {
    const { client } = process;
    const image = (await client.request('image', 'GET', '/v2/images?name=busybox')).json.str('images', 0, 'id');
    const key = await client.nova('POST', '/os-keypairs', { body: { keypair: { name: 'k' } } });
    const userData = Buffer.from('#!/bin/sh\necho hunter2-in-the-user-data\n').toString('base64');
    const server = {
      name: 's',
      imageRef: image,
      flavorRef: 'c1',
      user_data: userData,
      metadata: { PW: 'hunter2-in-the-metadata' },
    };
    expect((await client.nova('POST', '/servers', { body: { server } })).status).to.equal(202);
    // Refusals too: what is wrong is told to the user, not to the log.
    await client.nova('POST', '/servers', {
      body: { server: { ...server, adminPass: 'hunter2-in-a-refused-body', foo: 1 } },
    });
    await until('all is done', async () =>
      (await client.native('GET', '/containers')).json.list('containers').every((c) => c.str('task_state') === 'null'),
    );
    const log = lines.join('\n');
    const secrets = [
      ...Object.values<string>({ ...loadSecrets(home.dataDir) }),
      await client.token('admin'),
      userData,
      key.json.str('keypair', 'private_key').split('\n')[1] ?? 'no key',
      'hunter2',
    ];
    for (const secret of secrets)
      expect(log.includes(secret), `${secret.slice(0, 12)}... is in the log`).to.equal(false);
    expect(log).to.include('"msg":"sql"');
  });
});
