import { request } from 'undici';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The body as JSON. @throws when it is none */
  json(): Json;
}

/** A JSON value with the ways tests look at one. */
export class Json {
  constructor(readonly value: unknown) {}

  /** A member of an object or an array. @throws when it is not there */
  at(...path: readonly (string | number)[]): Json {
    let value = this.value;
    for (const key of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
        throw new Error(`no ${path.join('.')} in ${JSON.stringify(this.value)}`);
      }
      const next: unknown = Reflect.get(value, key);
      value = next;
    }
    return new Json(value);
  }

  has(key: string): boolean {
    return typeof this.value === 'object' && this.value !== null && Object.hasOwn(this.value, key);
  }

  /** @throws when it is no string */
  text(...path: readonly (string | number)[]): string {
    const { value } = this.at(...path);
    if (typeof value !== 'string') throw new Error(`${path.join('.')} is not a string: ${JSON.stringify(value)}`);
    return value;
  }

  /** @throws when it is no array */
  list(...path: readonly (string | number)[]): Json[] {
    const { value } = this.at(...path);
    if (!Array.isArray(value)) throw new Error(`${path.join('.')} is not a list: ${JSON.stringify(value)}`);
    return value.map((item: unknown) => new Json(item));
  }
}

export interface Sent {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; Buffers as they are. */
  readonly body?: unknown;
}

/** One HTTP request, its answer read to the end. */
export async function send(url: string, sent: Sent = {}): Promise<Answer> {
  const { body } = sent;
  const answer = await request(url, {
    method: sent.method ?? 'GET',
    headers: {
      ...(sent.token !== undefined && { 'x-auth-token': sent.token }),
      ...(body !== undefined && !Buffer.isBuffer(body) && { 'content-type': 'application/json' }),
      ...sent.headers,
    },
    ...(body !== undefined && { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
  return { status: answer.statusCode, headers, text, json: () => new Json(JSON.parse(text)) };
}
