import { Client as Connection } from 'undici';

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** A client that keeps one connection: what is timed is the service, not the set-up of sockets. */
export class Client {
  private readonly connection: Connection;

  constructor(
    port: number,
    readonly headers: Readonly<Record<string, string>>,
  ) {
    this.connection = new Connection(`http://127.0.0.1:${port}`);
  }

  async send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Reply> {
    const answer = await this.connection.request({
      method,
      path,
      headers: { ...this.headers, ...(body && { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: answer.statusCode, body: await answer.body.text() };
  }

  close(): Promise<void> {
    return this.connection.destroy();
  }
}
