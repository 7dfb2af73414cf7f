import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { DomainError, EngineRefused, Unavailable } from '#core/domain/errors.js';
import type { Engine } from '#core/engine/engine.js';
import { endSession, openTerminal, type Terminal, type TerminalSession, useTicket } from '#core/engine/terminals.js';
import { type Listening, listen } from '#core/http/server.js';
import { isAllowedOrigin } from './origin.js';
import { GOING_AWAY, relay } from './relay.js';
import { ticketOf } from './url.js';

export interface StreamParts {
  readonly engine: Engine;
  /** Hosts whose web pages may connect, beside the one that serves. */
  readonly allowedOrigins: readonly string[];
  /** Clients are told to connect by `wss://`. */
  readonly secure: boolean;
  readonly log: Engine['log'];
}

/** The only sub-protocol: raw bytes in binary messages. Clients also offer `base64`, and never need it. */
const PROTOCOL = 'binary';
/** Clients send at most 1024 bytes in a message. */
const MAX_MESSAGE_BYTES = 1024 ** 2;
/** After so long without a sign of the client its kernel is asked for one. */
const KEEP_ALIVE_MS = 30_000;

/** No upgrade: what the client is told instead, over plain HTTP. */
class HandshakeRefused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The WebSockets of attach and exec (native-api.md 5). All that is wrong with a request is said before the upgrade. */
export async function listenStreams(parts: StreamParts, host: string, port: number): Promise<Listening> {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const listening = await listen(noUpgrade, host, port);
  let isClosing = false;
  listening.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // The client may leave at any moment before there is a WebSocket that would mind.
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
    const work = async (): Promise<void> => {
      if (isClosing) throw new HandshakeRefused(503, 'The service is stopping.');
      const session = await admit(parts, request);
      try {
        const terminal = await openTerminal(parts.engine, session);
        await connect(server, { request, socket, head, onError }, terminal);
      } finally {
        await endSession(parts.engine, session);
      }
    };
    work().catch((error: unknown) => refuse(socket, error, parts.log));
  });
  return {
    ...listening,
    close: async (graceMs) => {
      isClosing = true;
      for (const client of server.clients) client.close(GOING_AWAY, 'The service is stopping');
      const cut = setTimeout(() => {
        for (const client of server.clients) client.terminate();
      }, graceMs);
      await listening.close(graceMs);
      clearTimeout(cut);
    },
  };
}

/** Uses up the ticket of a request. @throws HandshakeRefused, Unavailable */
async function admit(
  { engine, allowedOrigins, secure }: StreamParts,
  request: IncomingMessage,
): Promise<TerminalSession> {
  const { headers } = request;
  const forwarded = headers['x-forwarded-proto'];
  const origin = {
    origin: headers.origin,
    host: headers.host,
    forwardedProto: Array.isArray(forwarded) ? forwarded[0] : forwarded,
  };
  if (!isAllowedOrigin(origin, allowedOrigins, secure)) throw new HandshakeRefused(403, 'The origin is not allowed.');
  const offered = headers['sec-websocket-protocol'];
  if (offered !== undefined && !offered.split(',').some((name) => name.trim() === PROTOCOL)) {
    throw new HandshakeRefused(400, `The only sub-protocol is ${PROTOCOL}.`);
  }
  const ticket = ticketOf(request.url ?? '');
  if (ticket === null) throw new HandshakeRefused(400, 'The parameters token and uuid are required.');
  const session = await useTicket(engine, ticket);
  if (session === null) throw new HandshakeRefused(403, 'The token is not valid, or not any more.');
  return session;
}

interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly onError: () => void;
}

/** Turns the connection into a WebSocket, and serves it to its end. */
async function connect(server: WebSocketServer, upgrade: Upgrade, terminal: Terminal): Promise<void> {
  const { request, socket, head, onError } = upgrade;
  await new Promise<void>((resolve, reject) => {
    // What is wrong with its headers the library answers itself, and ends the connection.
    const onClose = (): void => {
      terminal.close();
      resolve();
    };
    if (socket.destroyed) return onClose();
    socket.once('close', onClose);
    server.handleUpgrade(request, socket, head, (client) => {
      socket.off('close', onClose);
      socket.off('error', onError);
      if (socket instanceof Socket) socket.setKeepAlive(true, KEEP_ALIVE_MS);
      // At once: the first message may have come with the request.
      relay(client, terminal).then(resolve, reject);
    });
  });
}

function refuse(socket: Duplex, error: unknown, log: Engine['log']): void {
  const { status, message } = answerTo(error);
  if (status === 500) log.error({ err: error }, 'a terminal could not be opened');
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(message)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${message}`);
  // Whatever the client still sends is not waited for.
  socket.once('finish', () => socket.destroy());
}

function answerTo(error: unknown): { status: number; message: string } {
  if (error instanceof HandshakeRefused) return error;
  if (error instanceof Unavailable) return { status: 503, message: error.message };
  if (error instanceof EngineRefused && error.kind === 'failed') return { status: 500, message: 'Internal error.' };
  if (error instanceof DomainError) return { status: 409, message: error.message };
  return { status: 500, message: 'Internal error.' };
}

/** There is nothing else to see. */
function noUpgrade(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(426, { Upgrade: 'websocket', Connection: 'Upgrade', 'Content-Type': 'text/plain' });
  response.end('This port speaks WebSocket.\n');
  return Promise.resolve();
}
