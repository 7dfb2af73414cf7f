import { IncomingMessage } from 'node:http';
import { Duplex, type Readable } from 'node:stream';
import Docker from 'dockerode';
import { EngineRefused, Unavailable } from '#core/domain/errors.js';
import { withDeadline } from '#core/lib/deadline.js';
import type { CallOptions } from '#core/runtime/driver.js';
import { fields, text } from './answer.js';
import type { DockerDeadlines } from './deadlines.js';
import { EngineStatus, toDomainError } from './errors.js';
import { readAll, uploadable } from './streams.js';

export interface EngineRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Made by `enginePath`, so that no name can leave its segment. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | readonly string[] | object>>;
  readonly body?: object;
  readonly file?: Buffer | Readable;
  /** Docker's X-Registry-Auth. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/** The options of a request that is one of several under a common deadline. */
export type StepOptions = Required<CallOptions>;

interface Call {
  /** For people: "start container x". */
  readonly what: string;
  readonly deadline?: keyof DockerDeadlines;
}

/** Every status is let through: we read the body of a refusal ourselves, since docker-modem keeps no clean text of it. */
const anyStatus: Record<number, true> = {};
for (let status = 100; status < 600; status++) anyStatus[status] = true;

/**
 * The only door to the engine. It uses dockerode's transport (`modem`) and not its methods, which are typed `any`, partly take
 * no abort signal (`image.get`, `network.inspect`), and read a JSON body in a way that never settles when the connection
 * dies inside it (anchors C.3). Here each answer is opened as a stream and read by us.
 *
 * No API version is sent: the engine then speaks its own newest one, so that no release can be too new or too old for us
 * by a pinned number. The driver sends only members that have kept their meaning, or are ignored where unknown.
 */
export class EngineConnection {
  readonly #docker: Docker;

  constructor(
    readonly socketPath: string,
    readonly deadlines: DockerDeadlines,
  ) {
    // The members given as undefined would otherwise be filled in from DOCKER_HOST and DOCKER_CLIENT_TIMEOUT.
    this.#docker = new Docker({
      socketPath,
      protocol: 'http',
      host: undefined,
      port: undefined,
      timeout: undefined,
      ca: undefined,
      cert: undefined,
      key: undefined,
    });
  }

  /**
   * Runs `work` under the deadline of the call.
   * @throws Unavailable, EngineRefused; the reason of `options.signal` when that fires
   */
  async run<T>(call: Call, options: CallOptions | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ms = options?.timeoutMs ?? this.deadlines[call.deadline ?? 'call'];
    try {
      return await withDeadline(call.what, ms, options?.signal, work);
    } catch (error) {
      // Given up by the caller: its own reason, not one of ours.
      if (options?.signal?.aborted && !(error instanceof EngineStatus)) throw error;
      throw toDomainError(call.what, this.socketPath, error);
    }
  }

  /** Several requests under one deadline. `work` hands its options on to each of them. */
  async steps<T>(call: Call, options: CallOptions | undefined, work: (inner: StepOptions) => Promise<T>): Promise<T> {
    const timeoutMs = options?.timeoutMs ?? this.deadlines[call.deadline ?? 'call'];
    return this.run(call, options, (signal) => work({ signal, timeoutMs }));
  }

  /** A request with a JSON answer. @returns the parsed body; null when it is empty */
  async call(call: Call, request: EngineRequest, options?: CallOptions): Promise<unknown> {
    return this.run(call, options, async (signal) => parseJson(await readAll(await this.open(request, signal))));
  }

  /**
   * A request whose answer is read by the caller. Belongs inside `run`; `signal` ends it until it has been handed over.
   * @throws EngineStatus, and errors of Node that `run` translates
   */
  async open(request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const answer = await this.#dial(request, signal, false);
    if (!(answer instanceof IncomingMessage)) {
      throw new Unavailable('engine', `The container engine answered ${request.path} in an unexpected way.`);
    }
    if (signal.aborted) answer.destroy();
    if ((answer.statusCode ?? 500) >= 400) throw await statusError(answer);
    return answer;
  }

  /** A request that turns the connection into a raw byte stream to a process. Same rules as `open`. */
  async hijack(request: EngineRequest, signal: AbortSignal): Promise<Duplex> {
    const answer = await this.#dial(request, signal, true);
    if (answer instanceof IncomingMessage) {
      if ((answer.statusCode ?? 500) >= 400) throw await statusError(answer);
      answer.destroy();
    } else if (answer instanceof Duplex) {
      if (signal.aborted) answer.destroy();
      return answer;
    }
    throw new Unavailable('engine', `The container engine did not open a stream for ${request.path}.`);
  }

  #dial(request: EngineRequest, signal: AbortSignal, hijack: boolean): Promise<unknown> {
    // An upgrade without a body must say so (Content-Length: 0): docker-modem would send a chunked one, whose end mark the
    // engine could pass on to the process as input.
    const file = request.file ?? (hijack && request.body === undefined ? Buffer.alloc(0) : undefined);
    return new Promise((resolve, reject) => {
      this.#docker.modem.dial(
        {
          path: `${request.path}?`,
          method: request.method,
          options: { _query: request.query ?? {}, _body: request.body ?? {} },
          file: file === undefined || Buffer.isBuffer(file) ? file : uploadable(file),
          ...(request.credentials ? { authconfig: request.credentials } : {}),
          isStream: true,
          hijack,
          statusCodes: anyStatus,
          abortSignal: signal,
        },
        (error: Error | null, answer: unknown) => (error ? reject(error) : resolve(answer)),
      );
    });
  }
}

async function statusError(answer: IncomingMessage): Promise<EngineStatus> {
  const body = await readAll(answer);
  const message = text(fields(parseJson(body))['message']) ?? body.toString('utf8').trim();
  return new EngineStatus(answer.statusCode ?? 500, message || `HTTP status ${answer.statusCode}`);
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return null;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // `_ping` answers in plain text, and so do proxies before an engine.
    return body.toString('utf8');
  }
}

/**
 * A path of the engine's API: `enginePath('containers', name, 'json')`.
 * @throws EngineRefused for a segment that would lead elsewhere
 */
export function enginePath(...segments: readonly string[]): string {
  return segments
    .flatMap((segment) => segment.split('/'))
    .map((segment) => {
      if (segment === '' || segment === '.' || segment === '..') {
        throw new EngineRefused(`invalid name: ${segments.join('/')}`, 'invalid');
      }
      return `/${encodeURIComponent(segment)}`;
    })
    .join('');
}
