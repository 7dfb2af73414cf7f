import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An engine on a Unix socket that misbehaves below HTTP, as a real one does when it hangs or dies. */
export interface FakeEngine {
  readonly socketPath: string;
  close(): Promise<void>;
}

/** @param onRequest gets each connection with the first that was sent on it */
export async function fakeEngine(onRequest: (socket: Socket, sent: Buffer) => void): Promise<FakeEngine> {
  const directory = mkdtempSync(join(tmpdir(), 'zunova-fake-engine-'));
  const socketPath = join(directory, 'e.sock');
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // The client destroys its side when its deadline has passed.
    socket.on('error', () => socket.destroy());
    socket.once('data', (sent) => onRequest(socket, sent));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Accepts and never answers. */
export const hangingEngine = (): Promise<FakeEngine> => fakeEngine(() => undefined);

/** Sends the head of an answer and the beginning of its body, and then `after`: dies, or says no more. */
export const halfAnsweringEngine = (after: 'dies' | 'hangs', body = '[{"Id":"'): Promise<FakeEngine> =>
  fakeEngine((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n${body}`, () => {
      if (after === 'dies') socket.destroy();
    });
  });
