import { WebSocket } from 'ws';
import type { Terminal } from '#core/engine/terminals.js';
import { wholeCharacters } from './characters.js';

/** Close codes of RFC 6455. */
export const NORMAL = 1000;
export const GOING_AWAY = 1001;

const WATCH_MS = 300;
/** How long a client may take to answer that the connection ends. */
const CLOSE_MS = 5_000;
/** One that has said farewell itself may take so long to read what stands before our answer. */
const FAREWELL_MS = 500;

/**
 * Carries bytes between a client and a process until one of them ends. A side that does not read makes the other one wait: no more
 * than a message of each direction is held here.
 * @returns when the connection is closed, and the terminal with it
 */
export async function relay(socket: WebSocket, terminal: Terminal): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // What breaks a side shows in the end of its stream; an error event without a listener would end the process.
  socket.on('error', () => socket.terminate());
  terminal.input.on('error', () => undefined);
  passInput(socket, terminal);
  let processEnded = false;
  const watch = watchClient(socket, terminal, () => (processEnded ? CLOSE_MS : FAREWELL_MS));
  try {
    for await (const frame of wholeCharacters(terminal.output)) await send(socket, frame);
  } catch {
    // The client is gone, or the engine: in both cases there is nothing more to carry.
  }
  processEnded = socket.readyState === WebSocket.OPEN;
  socket.resume();
  socket.close(NORMAL, 'Target closed');
  await closed;
  clearInterval(watch);
  terminal.close();
}

/** @throws the error of the connection */
const send = (socket: WebSocket, frame: Buffer): Promise<void> =>
  new Promise((resolve, reject) =>
    socket.send(frame, { binary: true }, (error) => (error ? reject(error) : resolve())),
  );

function passInput(socket: WebSocket, { input }: Terminal): void {
  socket.on('message', (data) => {
    const bytes = Array.isArray(data)
      ? Buffer.concat(data)
      : Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data);
    if (bytes.length === 0 || !input.writable || input.write(bytes)) return;
    // Messages that had been read already still come after a pause.
    if (socket.isPaused) return;
    socket.pause();
    input.once('drain', () => socket.resume());
  });
}

/**
 * Closes the terminal as soon as the client is gone, which its stream alone would not tell: not while we wait for a process that
 * does not read (then only writing finds out), nor while output that the client does not read stands before the answer to its farewell.
 */
function watchClient(socket: WebSocket, terminal: Terminal, patienceMs: () => number): NodeJS.Timeout {
  let closingSince: number | null = null;
  socket.once('close', () => terminal.close());
  return setInterval(() => {
    if (socket.readyState === WebSocket.OPEN) {
      if (socket.isPaused) socket.ping();
      return;
    }
    terminal.close();
    closingSince ??= performance.now();
    if (performance.now() - closingSince > patienceMs()) socket.terminate();
  }, WATCH_MS);
}
