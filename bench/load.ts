import { Connection, requestBytes } from './connection.js';

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

function run(slice: Slice): Promise<SliceResult> {
  const { method, path } = slice;
  const request = requestBytes(method, path, slice.headers, slice.body);
  const latencies: number[] = [];
  const open: Connection[] = [];
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const end = begun + slice.milliseconds;
    let ended = 0;
    const work = (connection: Connection): void => {
      const sent = performance.now();
      connection.send(request, (status, bytes) => {
        if (status >= 300) {
          // It would be the fastest answer.
          reject(new Error(`${method} ${path} answered ${status}`));
          return;
        }
        const now = performance.now();
        latencies.push(now - sent);
        if (now < end) {
          work(connection);
        } else if (++ended === slice.connections) {
          for (const c of open) c.end();
          resolve({ requests: latencies.length, seconds: (now - begun) / 1000, latencies, bytes });
        }
      });
    };
    for (let i = 0; i < slice.connections; i++) {
      const connection = new Connection(slice.port, false, reject);
      open.push(connection);
      work(connection);
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
