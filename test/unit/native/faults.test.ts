import { expect } from 'chai';
import {
  AlreadyExists,
  Ambiguous,
  AmbiguousNetwork,
  Busy,
  EngineRefused,
  ExecTimeout,
  Forbidden,
  InUse,
  Invalid,
  InvalidState,
  Locked,
  NotFound,
  NoValidHost,
  QuotaExceeded,
  Unauthorized,
  Unavailable,
  Unsupported,
} from '#core/domain/errors.js';
import { NoNetworkAvailable, PortInUse } from '#core/domain/network-errors.js';
import {
  BodyTooLarge,
  DeadlineExceeded,
  MalformedBody,
  MethodNotAllowed,
  NotInVersion,
  RouteNotFound,
  SchemaViolation,
  UnsupportedMediaType,
  VersionMalformed,
  VersionOutOfRange,
} from '#core/http/errors.js';
import {
  Base64Invalid,
  Conflict,
  InvalidParameterValue,
  InvalidParamInVersion,
  InvalidValue,
  RequestedHostNotFound,
} from '#native/errors.js';
import { fault } from '#native/faults.js';
import { Json } from '#test/lib/request.js';

const REQUEST = 'req-12f74c28-60a3-4b6f-ab88-c3aa52013ebf';
const source = { requestId: REQUEST, version: null, headers: {}, baseUrl: 'http://zun:9517' };
const uuid = '574ec831-5d1d-4163-bfb7-1ab7cc4ab51b';
const quota = (...resources: string[]): QuotaExceeded =>
  new QuotaExceeded(resources.map((resource) => ({ resource, requested: 1, used: 1, limit: 1 })));

/** Error, status, code, title = detail. */
const SERVICE: readonly (readonly [Error, number, string, string])[] = [
  [new NotFound('container', 'zzz'), 404, 'container-not-found', 'Container zzz could not be found.'],
  [new NotFound('marker', uuid), 404, 'container-not-found', `Container ${uuid} could not be found.`],
  [new NotFound('image', 'nope'), 400, 'image-not-found', 'Image nope could not be found.'],
  [new NotFound('network', 'n'), 404, 'network-not-found', 'Neutron network n could not be found.'],
  [new NotFound('port', 'p'), 404, 'port-not-found', 'Neutron port p could not be found.'],
  [new NotFound('security group', 'g'), 400, 'invalid-value', 'Security group g not found.'],
  [new NotFound('host', 'h'), 404, 'compute-node-not-found', 'Compute node h could not be found.'],
  [new NotFound('action', 'req-1'), 404, 'resource-not-found', 'The Action resource req-1 could not be found.'],
  [new NotFound('registry', 'r'), 404, 'registry-not-found', 'Registry r could not be found.'],
  [new RequestedHostNotFound('h'), 404, 'requested-host-not-found', 'Requested host h could not be found.'],
  [
    new Ambiguous('container', 'web'),
    409,
    'conflict',
    'Multiple containers exist with same name. Please use the container uuid instead.',
  ],
  [
    new Ambiguous('network', 'n'),
    409,
    'conflict',
    'Multiple neutron networks exist with same name. Please use the uuid instead.',
  ],
  [new Ambiguous('image', 'n'), 409, 'conflict', 'Multiple images exist with same name. Please use the uuid instead.'],
  [new AlreadyExists('container', 'web'), 409, 'container-already-exists', 'A container with name web already exists.'],
  [new Invalid('Cannot operate an uncreated container.'), 400, 'invalid', 'Cannot operate an uncreated container.'],
  [new InvalidValue('Limit must be positive integer'), 400, 'invalid-value', 'Limit must be positive integer'],
  [new InvalidParameterValue('The sort_key value "k" is'), 400, 'invalid-parameter-value', 'The sort_key value "k" is'],
  [new Base64Invalid('no'), 400, 'base64-exception', 'no'],
  [
    new InvalidParamInVersion('runtime', '1.5', '1.4'),
    400,
    'invalid-param-in-version',
    'Invalid param runtime because current request version is 1.4. runtime is only supported from version 1.5',
  ],
  [
    new InvalidState('stop', uuid, 'creating'),
    409,
    'invalid-state-exception',
    `Cannot stop container ${uuid} in Creating state`,
  ],
  [
    new Busy('stop', uuid, 'create', null),
    409,
    'invalid-state-exception',
    `Cannot stop container ${uuid} in Creating state`,
  ],
  [
    new Busy('stop', uuid, 'delete', null),
    409,
    'invalid-state-exception',
    `Cannot stop container ${uuid} in Deleting state`,
  ],
  [
    new Busy('stop', uuid, 'reboot', null),
    409,
    'invalid-state-exception',
    `Cannot stop container ${uuid} in Restarting state`,
  ],
  [new Busy('stop', uuid, 'pause', null), 409, 'conflict', `Cannot stop container ${uuid} while pause is in progress.`],
  [new Locked(uuid), 409, 'conflict', `Container ${uuid} is locked.`],
  [new PortInUse('p', 'n', 'd'), 400, 'port-in-use', 'Port p is still in use.'],
  [new InUse('in use'), 409, 'conflict', 'in use'],
  [new Conflict('same name'), 409, 'conflict', 'same name'],
  [new AmbiguousNetwork('several'), 409, 'conflict', 'several'],
  [new NoNetworkAvailable(), 409, 'conflict', 'There is no neutron network available'],
  [new NoValidHost([]), 409, 'conflict', 'There are not enough hosts available.'],
  [new ExecTimeout('sleep 9'), 409, 'conflict', 'Timeout on executing command: sleep 9'],
  [new EngineRefused('is not running', 'not-running'), 409, 'conflict', 'is not running'],
  [new EngineRefused('is paused', 'conflict'), 409, 'conflict', 'is paused'],
  [new EngineRefused('No such container', 'not-found'), 409, 'conflict', 'No such container'],
  [new EngineRefused('bad ps arguments', 'invalid'), 400, 'invalid', 'bad ps arguments'],
  [
    new Forbidden('container:delete_force'),
    403,
    'policy-not-authorized',
    "Policy doesn't allow container:delete_force to be performed.",
  ],
  [quota('cpu'), 403, 'over-quota', "Quota exceeded for resources: ['cpu']"],
  [quota('memory', 'containers'), 403, 'over-quota', "Quota exceeded for resources: ['containers', 'memory']"],
  [new Unsupported('not here'), 501, 'operation-not-supported', 'not here'],
  [
    new Unavailable('host', 'node1 at 10.0.0.1'),
    503,
    'container-host-not-up',
    'The compute host of the container is not up.',
  ],
  [new Unavailable('database', 'secret'), 503, 'service-unavailable', 'The database cannot be reached.'],
  [
    new SchemaViolation('body', [], {}, "'image' is a required property"),
    400,
    'schema-validation-error',
    "'image' is a required property",
  ],
  [
    new SchemaViolation('body', ['nets', 0, 'network'], '', 'too short'),
    400,
    'schema-validation-error',
    "Invalid input for field 'network'.Value: ''. too short",
  ],
  [
    new SchemaViolation('query', ['force'], 'maybe', 'is not one of'),
    400,
    'schema-validation-error',
    "Invalid input for query parameters 'force'. Value: 'maybe'. is not one of",
  ],
  [new MalformedBody('x'), 400, 'invalid', 'The request body is not valid JSON.'],
];

/** Error, status, title, detail: refusals of HTTP as such have no code. */
const FRAMEWORK: readonly (readonly [Error, number, string, string])[] = [
  [new RouteNotFound('/x'), 404, 'Not Found', ''],
  [new MethodNotAllowed(['GET', 'POST']), 405, 'Method Not Allowed', ''],
  [
    new NotInVersion('1.3'),
    406,
    'Not Acceptable',
    'Version 1.3 was requested but the requested API is not supported for this version.',
  ],
  [new VersionMalformed('1'), 406, 'Not Acceptable', 'Invalid value for OpenStack-API-Version header'],
  [new BodyTooLarge(5), 413, 'Payload Too Large', 'the body is larger than 5 bytes'],
  [new UnsupportedMediaType('text/xml'), 415, 'Unsupported Media Type', 'The content type text/xml is not supported.'],
  [new DeadlineExceeded('too long'), 504, 'Gateway Timeout', 'too long'],
];

describe('native faults', () => {
  const rows = [
    ...SERVICE.map(([error, status, code, text]) => [error, status, code, text, text] as const),
    ...FRAMEWORK.map(([error, status, title, detail]) => [error, status, '', title, detail] as const),
  ];
  for (const [error, status, code, title, detail] of rows) {
    it(`${error.name}: ${status} ${title}`, () => {
      const told = fault(error, source);
      expect(told.status).to.equal(status);
      expect(told.body).to.deep.equal({
        errors: [{ request_id: REQUEST, code: `container.${code}`, status, title, detail, links: [] }],
      });
      expect(told.headers).to.include({ 'Content-Type': 'application/json' });
    });
  }

  it('says which methods are allowed', () => {
    expect(fault(new MethodNotAllowed(['GET', 'POST']), source).headers).to.include({ Allow: 'GET, POST' });
  });

  it('says nothing of what it does not know', () => {
    for (const error of [
      new Error('password=x'),
      new EngineRefused('dial unix /run/docker.sock', 'failed'),
      'text',
      undefined,
    ]) {
      const told = fault(error, source);
      expect(told.status).to.equal(500);
      expect(told.body).to.deep.equal({
        errors: [
          {
            request_id: REQUEST,
            code: 'container.',
            status: 500,
            title: 'Internal Server Error',
            detail:
              'Your request could not be handled because of a problem in the server. ' +
              'Error Correlation id is: 12f74c28-60a3-4b6f-ab88-c3aa52013ebf',
            links: [],
          },
        ],
      });
    }
  });

  it('has the shape of the Keystone middleware where that would answer', () => {
    expect(fault(new Unauthorized('x'), source).body).to.deep.equal({
      error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
    });
    expect(fault(new Unavailable('identity', 'x'), source)).to.deep.include({
      status: 503,
      body: { error: { code: 503, title: 'Service Unavailable', message: 'The identity service cannot be reached.' } },
    });
  });

  it('tells the range of versions', () => {
    const told = new Json(fault(new VersionOutOfRange('1.41'), source).body).at('errors', 0);
    expect(told.value).to.deep.equal({
      request_id: REQUEST,
      code: 'zun.microversion-unsupported',
      status: 406,
      title: 'Requested microversion is unsupported',
      detail:
        'Version 1.41 was requested but the minor version is not supported by this service. ' +
        'The supported version range is: [container 1.1, container 1.40].',
      max_version: '1.40',
      min_version: '1.1',
      links: [{ rel: 'help', href: told.text('links', 0, 'href') }],
    });
  });

  it('does not send back megabytes', () => {
    const told = new Json(fault(new SchemaViolation('body', ['name'], 'x'.repeat(1_000_000), 'too long'), source).body);
    expect(told.text('errors', 0, 'title').length).to.be.lessThan(2000);
  });
});
