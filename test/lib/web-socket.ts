import { WebSocket } from 'ws';
import { until } from './until.js';

/** One end of a terminal, as a client of the API has it. */
export interface Screen {
  readonly socket: WebSocket;
  /** All that came, in the pieces in which it came. */
  readonly frames: Buffer[];
  text(): string;
  /** Waits until it shows this. */
  shows(text: string, ms?: number): Promise<void>;
  /** Code and reason of the end. */
  readonly closed: Promise<{ code: number; reason: string }>;
}

/** Connects as the stock client does, which offers these sub-protocols. @throws Error when it is refused, with the status */
export async function connect(
  url: string,
  headers: Record<string, string> = {},
  protocols: string[] = ['binary', 'base64'],
): Promise<Screen> {
  const socket = new WebSocket(url, protocols, { headers, perMessageDeflate: false });
  const frames: Buffer[] = [];
  socket.on('message', (data: Buffer) => frames.push(data));
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  // Later errors show in how it closes.
  socket.on('error', () => undefined);
  const text = (): string => Buffer.concat(frames).toString('utf8');
  return {
    socket,
    frames,
    text,
    closed,
    shows: async (wanted, ms) => {
      await until(`'${wanted}' in '${text()}'`, () => text().includes(wanted), ms);
    },
  };
}
