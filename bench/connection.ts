import { Socket } from 'node:net';

export type Answered = (status: number, length: number, body: string) => void;

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const NO_CONTENT = 204;

/**
 * One connection that is kept, for one request at a time. It reads answers without building objects of them: whoever measures on the
 * machine that is measured should cost as little as can be.
 */
export class Connection {
  private readonly socket = new Socket();
  private head: Buffer = Buffer.alloc(0);
  private parts: Buffer[] = [];
  private left = -1;
  private status = 0;
  private length = 0;
  private answered: Answered = () => undefined;

  /** @param keepsBodies false: answers come with their length only */
  constructor(
    port: number,
    private readonly keepsBodies: boolean,
    private readonly failed: (error: Error) => void,
  ) {
    this.socket.setNoDelay(true);
    this.socket.on('data', (part) => this.read(part));
    this.socket.on('error', failed);
    this.socket.on('close', () => failed(new Error('the connection was closed')));
    this.socket.connect(port, '127.0.0.1');
  }

  send(request: Buffer, answered: Answered): void {
    // It may have ended while nobody was asking.
    if (this.socket.destroyed) this.failed(new Error('the connection was closed'));
    this.answered = answered;
    this.socket.write(request);
  }

  end(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  private read(part: Buffer): void {
    let body = part;
    if (this.left < 0) {
      const seen = this.head.length === 0 ? part : Buffer.concat([this.head, part]);
      const end = seen.indexOf(END_OF_HEAD);
      if (end < 0) {
        this.head = seen;
        return;
      }
      this.begin(seen.toString('latin1', 0, end));
      body = seen.subarray(end + END_OF_HEAD.length);
    }
    this.left -= body.length;
    if (this.keepsBodies) this.parts.push(body);
    if (this.left > 0) return;
    this.left = -1;
    this.head = Buffer.alloc(0);
    const text = Buffer.concat(this.parts).toString('utf8');
    this.parts = [];
    this.answered(this.status, this.length, text);
  }

  private begin(head: string): void {
    this.status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (length === undefined && this.status !== NO_CONTENT) throw new Error(`an answer without a length: ${head}`);
    this.length = Number(length ?? 0);
    this.left = this.length;
  }
}

/** A request as it goes over the wire. */
export function requestBytes(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Buffer {
  const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host: '127.0.0.1', ...headers, ...length }).map(([k, v]) => `${k}: ${v}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}
