import { Socket } from 'node:net';

/** A slice of load: `connections` clients, each sending its next request when the last one is answered. */
export interface Slice {
  readonly port: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly milliseconds: number;
}

export interface SliceResult {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds of each request. */
  readonly latencies: readonly number[];
  /** Length of the last body. */
  readonly bytes: number;
}

/** Answers of another status end the slice: they would be the fastest. */
type Answered = (status: number, bytes: number) => void;

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** Reads answers off a connection without building objects of them: the load should cost less than what it measures. */
class Connection {
  private readonly socket = new Socket();
  private head: Buffer = Buffer.alloc(0);
  private left = -1;
  private status = 0;
  private length = 0;

  constructor(
    port: number,
    private readonly request: Buffer,
    private readonly answered: Answered,
    failed: (error: Error) => void,
  ) {
    this.socket.setNoDelay(true);
    this.socket.on('data', (part) => this.read(part));
    this.socket.on('error', failed);
    this.socket.on('close', () => failed(new Error('the connection was closed')));
    this.socket.connect(port, '127.0.0.1', () => this.next());
  }

  next(): void {
    this.socket.write(this.request);
  }

  end(): void {
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
      const head = seen.toString('latin1', 0, end);
      this.status = Number(head.slice(9, 12));
      this.length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? Number.NaN);
      if (Number.isNaN(this.length)) throw new Error(`an answer without a length: ${head}`);
      this.left = this.length;
      this.head = Buffer.alloc(0);
      body = seen.subarray(end + END_OF_HEAD.length);
    }
    this.left -= body.length;
    if (this.left > 0) return;
    this.left = -1;
    this.answered(this.status, this.length);
  }
}

function run(slice: Slice): Promise<SliceResult> {
  const { method, path, headers, body } = slice;
  const lines = Object.entries({
    host: '127.0.0.1',
    ...headers,
    ...(body && { 'content-length': String(body.length) }),
  });
  const head = `${method} ${path} HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`;
  const request = Buffer.from(head + body);
  const latencies: number[] = [];
  const open: Connection[] = [];
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const end = begun + slice.milliseconds;
    let bytes = 0;
    let ended = 0;
    const finish = (): void => {
      for (const c of open) c.end();
      resolve({ requests: latencies.length, seconds: (performance.now() - begun) / 1000, latencies, bytes });
    };
    for (let i = 0; i < slice.connections; i++) {
      let sent = performance.now();
      const connection = new Connection(
        slice.port,
        request,
        (status, length) => {
          if (status >= 300) {
            reject(new Error(`${method} ${path} answered ${status}`));
            return;
          }
          const now = performance.now();
          latencies.push(now - sent);
          bytes = length;
          if (now < end) {
            sent = now;
            connection.next();
          } else if (++ended === slice.connections) finish();
        },
        reject,
      );
      open.push(connection);
    }
  });
}

/** A process of its own: slices come as messages, results go back. */
process.on('message', (slice: Slice) => {
  run(slice).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
