import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Answer } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';

/** What the real services refuse is refused with their code and body, and changes nothing (nova-api.md 2.3, native-api.md 2). */
describe('bad input', function () {
  this.timeout(120_000);
  let zunova: Deployment;
  let image: string;
  let uuid: string;

  before(async () => {
    zunova = await deploy();
    image = (await zunova.client.request('image', 'GET', '/v2/images?name=busybox')).json.str('images', 0, 'id');
    const body = { image: 'busybox', name: 'one', cpu: 0.1, memory: 16, interactive: true };
    uuid = (await zunova.client.native('POST', '/containers?run=true', { body })).json.str('uuid');
    await until(
      'it runs',
      async () => (await zunova.client.native('GET', '/containers/one')).json.str('status') === 'Running',
    );
  });
  after(() => zunova.close());

  /** Rows that a write would change. */
  const counts = async (): Promise<unknown> =>
    zunova.db.database.one(
      `select (select count(*)::integer from containers) c, (select count(*)::integer from operations) o,
         (select count(*)::integer from network_ports) p, (select max(revision)::text from containers) r`,
    );
  const unchanged = async (work: () => Promise<void>): Promise<void> => {
    const before = await counts();
    await work();
    expect(await counts()).to.deep.equal(before);
  };
  const novaFault = (a: Answer, status: number, name: string, message: string | RegExp): void => {
    expect(a.status, a.text).to.equal(status);
    expect(a.json.get(name, 'code').value).to.equal(status);
    const text = a.json.str(name, 'message');
    if (typeof message === 'string') expect(text).to.equal(message);
    else expect(text).to.match(message);
    expect(a.headers.get('x-openstack-request-id')).to.match(/^req-/);
    expect(a.headers.get('x-compute-request-id')).to.equal(a.headers.get('x-openstack-request-id'));
  };
  const nativeFault = (a: Answer, status: number, title: string | RegExp): void => {
    expect(a.status, a.text).to.equal(status);
    expect(a.json.get('errors', 0, 'status').value).to.equal(status);
    if (typeof title === 'string') expect(a.json.str('errors', 0, 'title')).to.equal(title);
    else expect(a.json.str('errors', 0, 'title')).to.match(title);
    expect(a.json.str('errors', 0, 'request_id')).to.equal(a.headers.get('x-openstack-request-id'));
    expect(a.headers.get('openstack-api-version')).to.match(/^container 1\./);
  };

  describe('Nova', () => {
    const server = (over: object): object => ({
      server: { name: 'x', imageRef: image, flavorRef: 'c1', networks: 'none', ...over },
    });
    const create = (body: unknown) => zunova.client.nova('POST', '/servers', { body, version: '2.96' });

    const cases: readonly [string, () => object, number, string, string | RegExp][] = [
      [
        'an unknown member',
        () => server({ foo: 1 }),
        400,
        'badRequest',
        /Additional properties are not allowed \('foo' was unexpected\)/,
      ],
      [
        'a wrong type',
        () => server({ name: 5 }),
        400,
        'badRequest',
        /^Invalid input for field\/attribute name\. Value: 5\./,
      ],
      [
        'a name of 256 characters',
        () => server({ name: 'n'.repeat(256) }),
        400,
        'badRequest',
        /^Invalid input for field\/attribute name\./,
      ],
      ['a name with a blank at the end', () => server({ name: 'x ' }), 400, 'badRequest', /name/],
      [
        'an image that is no uuid',
        () => server({ imageRef: 'busybox' }),
        400,
        'badRequest',
        "Invalid input for field/attribute imageRef. Value: busybox. 'busybox' is not valid under any of the given schemas",
      ],
      ['an unknown image', () => server({ imageRef: NOBODY }), 400, 'badRequest', 'Can not find requested image'],
      ['no image', () => server({ imageRef: undefined }), 400, 'badRequest', 'Missing imageRef attribute'],
      ['an unknown flavor', () => server({ flavorRef: 'zzz' }), 400, 'badRequest', 'Flavor zzz could not be found.'],
      [
        'an unknown network',
        () => server({ networks: [{ uuid: NOBODY }] }),
        400,
        'badRequest',
        `Network ${NOBODY} could not be found.`,
      ],
      ['a network that is no uuid', () => server({ networks: [{ uuid: 'private' }] }), 400, 'badRequest', /uuid/],
      ['an unknown key', () => server({ key_name: 'nope' }), 400, 'badRequest', 'Invalid key_name provided.'],
      [
        'an unknown zone',
        () => server({ availability_zone: 'moon' }),
        400,
        'badRequest',
        'The requested availability zone is not available',
      ],
      [
        'more than the quota',
        () => server({ min_count: 11 }),
        403,
        'forbidden',
        /^Quota exceeded for instances: Requested 11, but already used 1 of 10 instances$/,
      ],
      ['min_count above max_count', () => server({ min_count: 3, max_count: 2 }), 400, 'badRequest', /min_count/],
      ['user data that is no base64', () => server({ user_data: '???' }), 400, 'badRequest', /user_data/],
      [
        'a boot from volume',
        () =>
          server({
            block_device_mapping_v2: [
              { boot_index: 0, uuid: NOBODY, source_type: 'volume', destination_type: 'volume' },
            ],
          }),
        400,
        'badRequest',
        'Booting from volume is not supported for containers.',
      ],
      [
        'an unknown container option',
        () => server({ metadata: { 'container:nope': '1' } }),
        400,
        'badRequest',
        'Invalid container option container:nope',
      ],
    ];
    for (const [what, body, status, name, message] of cases) {
      it(`${what}: ${status}`, () => unchanged(async () => novaFault(await create(body()), status, name, message)));
    }

    it('networks are required from 2.37', () =>
      unchanged(async () =>
        novaFault(
          await create(server({ networks: undefined })),
          400,
          'badRequest',
          /'networks' is a required property/,
        ),
      ));
    it('a body that is no JSON: 400', () =>
      unchanged(async () => {
        const answer = await zunova.client.nova('POST', '/servers', {
          rawBody: '{"server": ',
          headers: { 'content-type': 'application/json' },
        });
        novaFault(answer, 400, 'badRequest', 'Malformed request body');
      }));
    it('a body of another type: 415', () =>
      unchanged(async () => {
        const answer = await zunova.client.nova('POST', '/servers', {
          rawBody: '<server/>',
          headers: { 'content-type': 'application/xml' },
        });
        novaFault(answer, 415, 'badMediaType', 'Unsupported Content-Type');
      }));
    it('a body of 10 MB: 413', () =>
      unchanged(async () => {
        const answer = await zunova.client.nova('POST', '/servers', {
          body: server({ user_data: 'A'.repeat(10_000_000) }),
        });
        expect(answer.status).to.equal(413);
      }));
    it('no token, a bad token: 401 with where to get one', () =>
      unchanged(async () => {
        for (const headers of [{}, { 'x-auth-token': 'gAAAAAnonsense' }]) {
          const answer = await zunova.client.nova('GET', '/servers', { user: null, headers });
          expect(answer.status).to.equal(401);
          expect(answer.json.value).to.deep.equal({
            error: { message: 'The request you have made requires authentication.', code: 401, title: 'Unauthorized' },
          });
          expect(answer.headers.get('www-authenticate')).to.match(/^Keystone uri="http:/);
        }
      }));
    it('an action in the wrong state: 409, and why', () =>
      unchanged(async () => {
        const act = (body: object) => zunova.client.nova('POST', `/servers/${uuid}/action`, { body });
        novaFault(
          await act({ 'os-start': null }),
          409,
          'conflictingRequest',
          `Cannot 'start' instance ${uuid} while it is in vm_state active`,
        );
        novaFault(
          await act({ unpause: null }),
          409,
          'conflictingRequest',
          `Cannot 'unpause' instance ${uuid} while it is in vm_state active`,
        );
      }));
    it('an unknown action, two at once, no body: 400', () =>
      unchanged(async () => {
        const act = (body: object) => zunova.client.nova('POST', `/servers/${uuid}/action`, { body });
        novaFault(await act({ bogus: null }), 400, 'badRequest', 'There is no such action: bogus');
        novaFault(await act({ 'os-start': null, 'os-stop': null }), 400, 'badRequest', 'Malformed request body');
        novaFault(
          await zunova.client.nova('POST', `/servers/${uuid}/action`),
          400,
          'badRequest',
          'Malformed request body',
        );
      }));
    it('what containers do not have is refused, never accepted', () =>
      unchanged(async () => {
        const act = (body: object) => zunova.client.nova('POST', `/servers/${uuid}/action`, { body });
        expect((await act({ suspend: null })).status).to.equal(400);
        expect((await act({ resume: null })).status).to.equal(409);
        expect((await act({ rescue: null })).status).to.equal(501);
        novaFault(
          await act({ changePassword: { adminPass: 'x' } }),
          501,
          'notImplemented',
          'Unable to set password on instance',
        );
        expect(
          (await act({ 'os-migrateLive': { host: null, block_migration: false, disk_over_commit: false } })).status,
        ).to.equal(400);
      }));
    it('unknown servers, bad uuids, unknown paths and methods: 404', () =>
      unchanged(async () => {
        novaFault(
          await zunova.client.nova('GET', `/servers/${NOBODY}`),
          404,
          'itemNotFound',
          `Instance ${NOBODY} could not be found.`,
        );
        novaFault(
          await zunova.client.nova('GET', '/servers/no-uuid'),
          404,
          'itemNotFound',
          'Instance no-uuid could not be found.',
        );
        novaFault(await zunova.client.nova('GET', '/nonsense'), 404, 'itemNotFound', /./);
        novaFault(await zunova.client.nova('PATCH', `/servers/${uuid}`, { body: {} }), 404, 'itemNotFound', /./);
      }));
    it('bad list parameters: 400', () =>
      unchanged(async () => {
        const get = (query: string) => zunova.client.nova('GET', `/servers?${query}`, { version: '2.96' });
        novaFault(
          await get('limit=-1'),
          400,
          'badRequest',
          "Invalid input for query parameters limit. Value: -1. '-1' does not match '^[0-9]*$'",
        );
        novaFault(await get('marker=zz'), 400, 'badRequest', 'marker [zz] not found');
        expect((await get('nonsense=1')).status).to.equal(400);
        expect((await get('name=(')).status).to.equal(400);
        expect((await zunova.client.nova('GET', '/servers?nonsense=1')).status).to.equal(200);
      }));
    it('versions: malformed 400, out of range 406', async () => {
      const get = (version: string) => zunova.client.nova('GET', '/servers', { version });
      expect((await get('abc')).json.str('badRequest', 'message')).to.equal(
        'API Version String abc is of invalid format. Must be of format MajorNum.MinorNum.',
      );
      const answer = await get('2.999');
      expect(answer.status).to.equal(406);
      expect(answer.json.str('computeFault', 'message')).to.equal(
        'Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.96.',
      );
      expect(answer.headers.get('openstack-api-version')).to.equal('compute 2.999');
    });
  });

  describe('Zun', () => {
    const create = (over: object) =>
      zunova.client.native('POST', '/containers', { body: { image: 'busybox', ...over } });
    const cases: readonly [string, object, number, string | RegExp][] = [
      ['an unknown member', { foo: 1 }, 400, /Additional properties are not allowed \('foo' was unexpected\)/],
      ['a wrong type', { environment: 5 }, 400, /^Invalid input for field 'environment'\.Value: '5'\./],
      ['a name of one character', { name: 'x' }, 400, /^Invalid input for field 'name'\.Value: 'x'\./],
      ['a name of 256 characters', { name: 'n'.repeat(256) }, 400, /^Invalid input for field 'name'/],
      ['memory below the minimum', { memory: '1' }, 400, /^Invalid input for field 'memory'/],
      ['more CPUs than there may be', { cpu: 99 }, 400, /^Invalid input for field 'cpu'/],
      ['an unknown restart policy', { restart_policy: { Name: 'maybe' } }, 400, /restart_policy|Name/],
      [
        'always with a count',
        { restart_policy: { Name: 'always', MaximumRetryCount: 3 } },
        400,
        'maximum retry count not valid with restart policy of always',
      ],
      ['a port that is none', { exposed_ports: { '99999/tcp': {} } }, 400, /99999/],
      ['an unknown network', { nets: [{ network: NOBODY }] }, 404, `Neutron network ${NOBODY} could not be found.`],
      ['an unknown security group', { security_groups: ['nope'] }, 400, 'Security group nope not found.'],
      ['an unknown host', { host: 'nowhere' }, 404, /nowhere/],
      ['privileged', { privileged: true }, 403, "Policy doesn't allow container:create:privileged to be performed."],
      ['more than the quota', { cpu: 16, memory: 8192, disk: 160 }, 403, /^Quota exceeded for resources: \['disk'\]$/],
      ['a mount, which is not supported yet', { mounts: [{ destination: '/t', size: '1' }] }, 400, /mount|volume/i],
    ];
    for (const [what, over, status, title] of cases) {
      it(`${what}: ${status}`, () => unchanged(async () => nativeFault(await create(over), status, title)));
    }
    it('no image: 400', () =>
      unchanged(async () =>
        nativeFault(
          await zunova.client.native('POST', '/containers', { body: {} }),
          400,
          "'image' is a required property",
        ),
      ));
    it('a body that is no JSON: 400', () =>
      unchanged(async () => {
        const answer = await zunova.client.native('POST', '/containers', {
          rawBody: '{',
          headers: { 'content-type': 'application/json' },
        });
        expect(answer.status).to.equal(400);
      }));
    it('a body of another type: 415', () =>
      unchanged(async () => {
        const answer = await zunova.client.native('POST', '/containers', {
          rawBody: 'x',
          headers: { 'content-type': 'application/xml' },
        });
        expect(answer.status).to.equal(415);
      }));
    it('a body of 10 MB: 413', () =>
      unchanged(async () => {
        expect((await create({ environment: { A: 'A'.repeat(10_000_000) } })).status).to.equal(413);
      }));
    it("no token: 401 in Keystone's form", async () => {
      const answer = await zunova.client.native('GET', '/containers', { user: null });
      expect(answer.status).to.equal(401);
      expect(answer.json.str('error', 'title')).to.equal('Unauthorized');
    });
    it('an action in the wrong state: 409, and why', () =>
      unchanged(async () => {
        nativeFault(
          await zunova.client.native('POST', '/containers/one/start'),
          409,
          `Cannot start container ${uuid} in Running state`,
        );
        nativeFault(
          await zunova.client.native('DELETE', '/containers/one'),
          409,
          `Cannot delete container ${uuid} in Running state`,
        );
      }));
    it('an unknown path 404, a wrong method 405 with what is allowed', () =>
      unchanged(async () => {
        expect((await zunova.client.native('GET', `/containers/${uuid}/bogus`)).status).to.equal(404);
        expect((await zunova.client.native('GET', `/containers/${uuid}/start`)).status).to.equal(404);
        const put = await zunova.client.native('PUT', `/containers/${uuid}`, { body: {} });
        expect(put.status).to.equal(405);
        expect(put.headers.get('allow')).to.include('PATCH');
      }));
    it('versions: out of range 406 with the range, parameters of later versions 400', async () => {
      const answer = await zunova.client.native('GET', '/containers', { version: '1.41' });
      expect(answer.status).to.equal(406);
      expect(answer.json.get('errors', 0).value).to.include({
        code: 'zun.microversion-unsupported',
        max_version: '1.40',
        min_version: '1.1',
      });
      await unchanged(async () => {
        const early = await zunova.client.native('POST', '/containers', {
          version: '1.8',
          body: { image: 'busybox', hostname: 'h' },
        });
        nativeFault(
          early,
          400,
          'Invalid param hostname because current request version is 1.8. hostname is only supported from version 1.9',
        );
      });
    });
    it('an id that is in no form an id has: 404', () =>
      unchanged(async () =>
        nativeFault(await zunova.client.native('GET', `/containers/${randomUUID()}`), 404, /could not be found\.$/),
      ));
  });
});
