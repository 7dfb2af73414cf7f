import { createHash, randomUUID } from 'node:crypto';
import type { Container } from '#core/domain/container.js';
import { Invalid } from '#core/domain/errors.js';
import { deriveState } from '#core/domain/state.js';
import { checkTransition, type NativeRow } from '#core/domain/transitions.js';
import type { ExecResult, Terminal, TerminalSize } from '#core/runtime/driver.js';
import type { TerminalSession } from '#core/store/terminal-store.js';
import type { Engine } from './engine.js';

export type { Terminal, TerminalSize } from '#core/runtime/driver.js';
export type { TerminalSession } from '#core/store/terminal-store.js';

/** Terminals: a request makes a ticket, a connection uses it up (native-api.md 5). */
export interface TerminalTicket {
  /** A random uuid. Whoever has it gets the terminal, once, within minutes. */
  readonly token: string;
  readonly container: string;
  /** null: the main process. */
  readonly execId: string | null;
}

const check = (container: Container, row: NativeRow): void =>
  checkTransition({ frontEnd: 'native', row }, container.uuid, deriveState(container.facts));

/**
 * Lets one connection attach to the main process.
 * @throws InvalidState; Invalid for a container without an open standard input
 */
export async function attachTicket(engine: Engine, container: Container): Promise<TerminalTicket> {
  check(container, 'attach');
  if (!container.spec.interactive) {
    throw new Invalid(`Container ${container.uuid} is not interactive: it cannot be attached to.`, 'interactive');
  }
  return ticket(engine, container, null, container.spec.tty);
}

/**
 * Prepares a command in a running container, and lets one connection start it and talk to it.
 * @param interactive with a terminal and an open standard input
 * @throws InvalidState, EngineRefused, Unavailable
 */
export async function execTicket(
  engine: Engine,
  container: Container,
  command: readonly string[],
  interactive: boolean,
): Promise<TerminalTicket & { readonly execId: string }> {
  check(container, 'execute');
  const want = { command, tty: interactive, stdin: interactive };
  const execId = await engine.hosts.agentOf(container.host).execCreate(container.uuid, want);
  return { ...(await ticket(engine, container, execId, interactive)), execId };
}

async function ticket(
  engine: Engine,
  { uuid }: Container,
  execId: string | null,
  tty: boolean,
): Promise<TerminalTicket> {
  const token = randomUUID();
  const session = { tokenHash: hashOf(token), container: uuid, execId, tty };
  await engine.store.terminals.insert(session, engine.defaults.terminalTokenSeconds);
  return { token, container: uuid, execId };
}

/**
 * Looked up by its hash, a token gives nothing away in the time that the comparison takes: what is compared is nothing that the
 * sender of a guess can choose, and 122 bits of chance need no slow hash.
 */
const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Uses a ticket up. `container`, uuid or name, and `execId` must be those that it was made for.
 * @returns null for a ticket that is unknown, used, too old, or for something else
 * @throws Unavailable
 */
export const useTicket = (
  engine: Engine,
  { token, container, execId }: TerminalTicket,
): Promise<TerminalSession | null> => engine.store.terminals.use(hashOf(token), container, execId);

/**
 * Connects to the process; a prepared command starts here. The caller closes the terminal, and then calls `endSession`.
 * @throws NotFound, InvalidState; EngineRefused when the process is not there any more, Unavailable
 */
export async function openTerminal(engine: Engine, session: TerminalSession): Promise<Terminal> {
  const { container, host, execId, tty } = session;
  // To a container that has stopped since the ticket was made the engine would attach, and wait for ever.
  check(await engine.store.containers.byUuid(container), execId === null ? 'attach' : 'execute');
  const agent = engine.hosts.agentOf(host);
  return execId === null ? agent.attach(container) : agent.execAttach(execId, tty);
}

/** @throws Unavailable */
export const endSession = (engine: Engine, session: TerminalSession): Promise<void> =>
  engine.store.terminals.remove(session.tokenHash);

/** Sets the size of the terminal of the main process. @throws InvalidState, EngineRefused, Unavailable */
export async function resizeTerminal(engine: Engine, container: Container, size: TerminalSize): Promise<void> {
  check(container, 'resize');
  await engine.hosts.agentOf(container.host).resize(container.uuid, size);
}

/**
 * Sets the size of the terminal of a command that runs.
 * @throws InvalidState, EngineRefused, Unavailable; Invalid for an exec that is none of this container, or has not started
 */
export async function resizeExec(
  engine: Engine,
  container: Container,
  execId: string,
  size: TerminalSize,
): Promise<void> {
  check(container, 'execute_resize');
  // The engine knows execs by their ids alone: whose they are is our knowledge. And it waits for those that have not started.
  if (!(await engine.store.terminals.hasStartedExec(container.uuid, execId)))
    throw new Invalid(noSuchExec(execId), 'exec_id');
  await engine.hosts.agentOf(container.host).execResize(execId, size);
}

export const noSuchExec = (execId: string): string => `no such exec instance: ${execId}`;

/**
 * Runs a command in a running container to its end.
 * @param tty give it a terminal: its input is empty
 * @throws InvalidState, ExecTimeout, EngineRefused, Unavailable
 */
export async function execInContainer(
  engine: Engine,
  container: Container,
  command: readonly string[],
  tty = false,
): Promise<ExecResult> {
  check(container, 'execute');
  const options = { timeoutMs: engine.defaults.execTimeoutMs };
  return engine.hosts.agentOf(container.host).exec(container.uuid, { command, tty, stdin: false }, options);
}
