import { STATUS_CODES } from 'node:http';
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
import { PortInUse } from '#core/domain/network-errors.js';
import type { Fault, FaultSource } from '#core/http/dialect.js';
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
import { pythonRepr } from '#core/http/joi-text.js';
import {
  Base64Invalid,
  Conflict,
  InvalidParameterValue,
  InvalidParamInVersion,
  InvalidValue,
  RequestedHostNotFound,
} from './errors.js';
import { ambiguous, busy, notFound, type Told, told, unavailable, violationText } from './fault-texts.js';
import { MAX, MIN, refusalText } from './versions.js';
import { DOCUMENTATION } from './views/versions.js';

type Row = (error: unknown) => Told | null;

const row =
  <E extends Error>(kind: abstract new (...args: never[]) => E, tell: (error: E) => Told): Row =>
  (error) =>
    error instanceof kind ? tell(error) : null;

/** A refusal of HTTP as such. */
const framework = (status: number, detail: string, more: Partial<Told> = {}): Told => ({
  status,
  code: '',
  title: STATUS_CODES[status] ?? 'Error',
  detail,
  ...more,
});

/** The one table from what happened to what Zun says (native-api.md 2.2). The first row that fits holds: kinds before their bases. */
const TABLE: readonly Row[] = [
  row(RequestedHostNotFound, (e) =>
    told(404, 'requested-host-not-found', `Requested host ${e.id} could not be found.`),
  ),
  row(NotFound, notFound),
  row(Ambiguous, (e) => told(409, 'conflict', ambiguous(e))),
  row(AlreadyExists, (e) =>
    told(409, `${kebab(e.kind)}-already-exists`, `A ${e.kind} with name ${e.id} already exists.`),
  ),
  row(InvalidParamInVersion, (e) => told(400, 'invalid-param-in-version', e.message)),
  row(InvalidParameterValue, (e) => told(400, 'invalid-parameter-value', e.message)),
  row(Base64Invalid, (e) => told(400, 'base64-exception', e.message)),
  row(InvalidValue, (e) => told(400, 'invalid-value', e.message)),
  row(Invalid, (e) => told(400, 'invalid', e.message)),
  row(SchemaViolation, (e) => told(400, 'schema-validation-error', violationText(e))),
  row(MalformedBody, () => told(400, 'invalid', 'The request body is not valid JSON.')),
  row(InvalidState, (e) =>
    told(409, 'invalid-state-exception', `Cannot ${e.action} container ${e.uuid} in ${capital(e.state)} state`),
  ),
  row(Busy, busy),
  row(Locked, (e) => told(409, 'conflict', `Container ${e.uuid} is locked.`)),
  row(PortInUse, (e) => told(400, 'port-in-use', e.message)),
  row(InUse, (e) => told(409, 'conflict', e.message)),
  row(Conflict, (e) => told(409, 'conflict', e.message)),
  row(AmbiguousNetwork, (e) => told(409, 'conflict', e.message)),
  row(NoValidHost, (e) => told(409, 'conflict', e.message)),
  row(ExecTimeout, (e) => told(409, 'conflict', e.message)),
  row(Forbidden, (e) => told(403, 'policy-not-authorized', `Policy doesn't allow ${e.rule} to be performed.`)),
  row(QuotaExceeded, (e) =>
    told(403, 'over-quota', `Quota exceeded for resources: ${pythonRepr(e.excess.map((x) => x.resource).sort())}`),
  ),
  row(Unsupported, (e) => told(501, 'operation-not-supported', e.message)),
  row(Unavailable, unavailable),
  row(RouteNotFound, () => framework(404, '')),
  row(MethodNotAllowed, (e) => framework(405, '', { headers: { Allow: e.allow.join(', ') } })),
  row(NotInVersion, (e) => framework(406, refusalText(e))),
  row(VersionMalformed, (e) => framework(406, refusalText(e))),
  row(BodyTooLarge, (e) => framework(413, e.message)),
  row(UnsupportedMediaType, (e) => framework(415, `The content type ${e.message} is not supported.`)),
  row(DeadlineExceeded, (e) => framework(504, e.message)),
];

/** What the engine said: a 500 of it goes into the log, not to the client. */
const ENGINE: Readonly<Record<EngineRefused['kind'], (e: EngineRefused) => Told | null>> = {
  conflict: (e) => told(409, 'conflict', e.reason),
  'not-running': (e) => told(409, 'conflict', e.reason),
  invalid: (e) => told(400, 'invalid', e.reason),
  // The container itself: it was there when the request began.
  'not-found': (e) => told(409, 'conflict', e.reason),
  failed: () => null,
};

/** Turns any error into Zun's answer. What the table does not know is a 500 that says nothing but where to look in the log. */
export function fault(error: unknown, source: FaultSource): Fault {
  if (error instanceof Unauthorized)
    return middleware(401, 'Unauthorized', 'The request you have made requires authentication.');
  if (error instanceof Unavailable && error.part === 'identity') {
    return middleware(503, 'Service Unavailable', 'The identity service cannot be reached.');
  }
  if (error instanceof VersionOutOfRange) return outOfRange(error, source);
  const known = error instanceof EngineRefused ? ENGINE[error.kind](error) : firstOf(error);
  const { status, code, title, detail, headers } = known ?? unexpected(source.requestId);
  const body = {
    errors: [{ request_id: source.requestId, code: `container.${code}`, status, title, detail, links: [] }],
  };
  return { status, body, headers: { ...JSON_TYPE, ...headers } };
}

/** Without a charset, as all answers of Zun. */
const JSON_TYPE = { 'Content-Type': 'application/json' };

function firstOf(error: unknown): Told | null {
  for (const tell of TABLE) {
    const answer = tell(error);
    if (answer !== null) return answer;
  }
  return null;
}

/** The id is that of the request, which every line of the log has. */
const unexpected = (requestId: string): Told => ({
  status: 500,
  code: '',
  title: 'Internal Server Error',
  detail: `Your request could not be handled because of a problem in the server. Error Correlation id is: ${requestId.replace('req-', '')}`,
});

/** The shape of keystonemiddleware, which stands in front of the service. */
const middleware = (status: number, title: string, message: string): Fault => ({
  status,
  body: { error: { code: status, title, message } },
  headers: JSON_TYPE,
});

const outOfRange = (error: VersionOutOfRange, source: FaultSource): Fault => ({
  status: 406,
  headers: JSON_TYPE,
  body: {
    errors: [
      {
        request_id: source.requestId,
        code: 'zun.microversion-unsupported',
        status: 406,
        title: 'Requested microversion is unsupported',
        detail: refusalText(error),
        max_version: MAX.toString(),
        min_version: MIN.toString(),
        links: [{ rel: 'help', href: DOCUMENTATION }],
      },
    ],
  },
});

function kebab(text: string): string {
  return text.replaceAll(' ', '-');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
