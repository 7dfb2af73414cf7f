import { Connection, requestBytes } from './connection.js';

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** A client of one service, for one request at a time. */
export class Client {
  private readonly connection: Connection;
  private failed: (error: Error) => void = () => undefined;

  constructor(
    port: number,
    readonly headers: Readonly<Record<string, string>>,
  ) {
    this.connection = new Connection(port, true, (error) => this.failed(error));
  }

  send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Reply> {
    const headers = { ...this.headers, ...(body && { 'content-type': 'application/json' }) };
    const bytes = requestBytes(method, path, headers, body === undefined ? '' : JSON.stringify(body));
    return new Promise((resolve, reject) => {
      this.failed = reject;
      this.connection.send(bytes, (status, _length, text) => resolve({ status, body: text }));
    });
  }

  close(): void {
    this.connection.end();
  }
}
