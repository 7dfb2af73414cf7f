import { expect } from 'chai';
import {
  AlreadyExists,
  Ambiguous,
  AmbiguousNetwork,
  Busy,
  EngineRefused,
  Forbidden,
  InUse,
  Invalid,
  InvalidState,
  Locked,
  NotFound,
  QuotaExceeded,
  Unauthorized,
  Unavailable,
  Unsupported,
} from '#core/domain/errors.js';
import { AddressInUse, PortInUse } from '#core/domain/network-errors.js';
import {
  BodyTooLarge,
  DeadlineExceeded,
  MalformedBody,
  MethodNotAllowed,
  NotInVersion,
  ProjectMismatch,
  RouteNotFound,
  SchemaViolation,
  UnsupportedMediaType,
  VersionMalformed,
  VersionOutOfRange,
} from '#core/http/errors.js';
import { novaDialect } from '#nova/dialect.js';
import { badRequest, gone, NoSuchVersion, notImplemented } from '#nova/refusal.js';
import { MAX_VERSION } from '#nova/versions.js';

const dialect = novaDialect(MAX_VERSION);
const fault = (error: unknown) =>
  dialect.fault(error, { requestId: 'req-1', version: null, headers: {}, baseUrl: 'http://h:8774' });

const ID = 'ab640e60-8dfb-4d0a-b815-9496dd8b1870';
const NOT_FOUND = 'The resource could not be found.';

/** Error, name of the fault, status, message (nova-api.md 2.3). */
const TABLE: readonly (readonly [unknown, string, number, string])[] = [
  [new NotFound('container', ID), 'itemNotFound', 404, `Instance ${ID} could not be found.`],
  [new NotFound('flavor', 'zzz'), 'itemNotFound', 404, 'Flavor zzz could not be found.'],
  [new NotFound('network', 'n1'), 'itemNotFound', 404, 'Network n1 could not be found.'],
  [new NotFound('port', 'p1'), 'itemNotFound', 404, 'Port id p1 could not be found.'],
  [new NotFound('server group', 'g1'), 'itemNotFound', 404, 'Instance group g1 could not be found.'],
  [new NotFound('action', 'req-2'), 'itemNotFound', 404, 'Action req-2 not found'],
  [new NotFound('marker', 'zz'), 'badRequest', 400, 'marker [zz] not found'],
  [
    new InvalidState('start', ID, 'running'),
    'conflictingRequest',
    409,
    `Cannot 'start' instance ${ID} while it is in vm_state active`,
  ],
  [
    new InvalidState('reboot-soft', ID, 'stopped'),
    'conflictingRequest',
    409,
    `Cannot 'reboot' instance ${ID} while it is in vm_state stopped`,
  ],
  [
    new Busy('pause', ID, 'stop', null),
    'conflictingRequest',
    409,
    `Cannot 'pause' instance ${ID} while it is in task_state powering-off`,
  ],
  [
    new Busy('stop', ID, 'create', 'image'),
    'conflictingRequest',
    409,
    `Cannot 'stop' instance ${ID} while it is in task_state spawning`,
  ],
  [new Locked(ID), 'conflictingRequest', 409, `Instance ${ID} is locked`],
  [
    new Forbidden('os_compute_api:servers:stop'),
    'forbidden',
    403,
    "Policy doesn't allow os_compute_api:servers:stop to be performed.",
  ],
  [
    new QuotaExceeded([
      { resource: 'cores', requested: 72, used: 2, limit: 20 },
      { resource: 'ram', requested: 147_456, used: 1024, limit: 51_200 },
    ]),
    'forbidden',
    403,
    'Quota exceeded for cores, ram: Requested 72, 147456, but already used 2, 1024 of 20, 51200 cores, ram',
  ],
  [
    new QuotaExceeded([{ resource: 'key_pairs', requested: 1, used: 100, limit: 100 }]),
    'forbidden',
    403,
    'Quota exceeded, too many key pairs.',
  ],
  [new AlreadyExists('keypair', 'k1'), 'conflictingRequest', 409, "Key pair 'k1' already exists."],
  [new Ambiguous('security group', 'web'), 'conflictingRequest', 409, 'several security groups are named web'],
  [
    new AmbiguousNetwork('Multiple possible networks found.'),
    'conflictingRequest',
    409,
    'Multiple possible networks found.',
  ],
  [new PortInUse('p1', 'n1', 'd1'), 'conflictingRequest', 409, 'Port p1 is still in use.'],
  [new AddressInUse('n1', '10.0.0.2'), 'badRequest', 400, 'IP address 10.0.0.2 is in use on network n1.'],
  [new InUse('in use'), 'conflictingRequest', 409, 'in use'],
  [new Invalid('bad'), 'badRequest', 400, 'bad'],
  [new Unsupported('no'), 'badRequest', 400, 'no'],
  [new EngineRefused('name taken', 'conflict'), 'conflictingRequest', 409, 'name taken'],
  [new EngineRefused('broken', 'failed'), 'computeFault', 500, 'broken'],
  [new Unavailable('engine', 'no answer'), 'serviceUnavailable', 503, 'no answer'],
  [new RouteNotFound('/x'), 'itemNotFound', 404, NOT_FOUND],
  [new MethodNotAllowed(['GET']), 'itemNotFound', 404, NOT_FOUND],
  [new NotInVersion('2.1'), 'itemNotFound', 404, NOT_FOUND],
  [new MalformedBody('x'), 'badRequest', 400, 'Malformed request body'],
  [new UnsupportedMediaType('text/xml'), 'badMediaType', 415, 'Unsupported Content-Type'],
  [new DeadlineExceeded('x'), 'serviceUnavailable', 503, 'The service did not answer in time.'],
  [
    new ProjectMismatch('abcdef', 'p1'),
    'badRequest',
    400,
    "Malformed request URL: URL's project_id 'abcdef' doesn't match Context's project_id 'p1'",
  ],
  [
    new VersionMalformed('abc'),
    'badRequest',
    400,
    'API Version String abc is of invalid format. Must be of format MajorNum.MinorNum.',
  ],
  [
    new VersionOutOfRange('2.999'),
    'computeFault',
    406,
    'Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.96.',
  ],
  [
    new SchemaViolation(
      'body',
      ['server', 'imageRef'],
      'busybox',
      "'busybox' is not valid under any of the given schemas",
    ),
    'badRequest',
    400,
    "Invalid input for field/attribute imageRef. Value: busybox. 'busybox' is not valid under any of the given schemas",
  ],
  [
    new SchemaViolation('query', ['limit'], '-1', "'-1' does not match '^[0-9]*$'"),
    'badRequest',
    400,
    "Invalid input for query parameters limit. Value: -1. '-1' does not match '^[0-9]*$'",
  ],
  [
    new SchemaViolation('body', [], null, "None is not of type 'object'"),
    'badRequest',
    400,
    "None is not of type 'object'",
  ],
  [badRequest('why'), 'badRequest', 400, 'why'],
  [notImplemented('why'), 'notImplemented', 501, 'why'],
  [gone(), 'computeFault', 410, 'This resource is no longer available. No forwarding address is given.'],
];

describe('Nova faults', () => {
  for (const [error, name, status, message] of TABLE) {
    const what = error instanceof Error ? `${error.name}: ${message}` : message;
    it(`${status} ${what}`, () => {
      const answer = fault(error);
      expect(answer.status).to.equal(status);
      expect(answer.body).to.deep.equal({ [name]: { code: status, message } });
    });
  }

  it('say nothing of an error that nobody foresaw but its class', () => {
    const answer = fault(new TypeError('secret of /etc/passwd'));
    expect(answer.status).to.equal(500);
    expect(JSON.stringify(answer.body)).to.include("<class 'TypeError'>").and.not.include('secret');
  });

  it('have keystonemiddleware’s body for a bad token', () => {
    expect(fault(new Unauthorized('x'))).to.deep.include({
      status: 401,
      body: {
        error: { message: 'The request you have made requires authentication.', code: 401, title: 'Unauthorized' },
      },
    });
  });

  it('have WebOb’s body for a body that is too large', () => {
    const answer = fault(new BodyTooLarge(114_688));
    expect(answer.status).to.equal(413);
    expect(answer.body).to.have.property('code', '413 Request Entity Too Large');
  });

  it('echo the refused version', () => {
    expect(fault(new VersionOutOfRange('2.999')).headers).to.include({ 'OpenStack-API-Version': 'compute 2.999' });
  });

  it('answer choices to a path under no version', () => {
    const answer = fault(new NoSuchVersion('/foo'));
    expect(answer.status).to.equal(300);
    expect(answer.body).to.have.nested.property('choices[1].links[0].href', 'http://h:8774/v2.1/foo');
  });

  it('say when to try again what could not be reached', () => {
    expect(fault(new Unavailable('database', 'x')).headers).to.deep.equal({ 'Retry-After': '5' });
  });
});
