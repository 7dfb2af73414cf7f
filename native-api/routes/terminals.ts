import { EngineRefused, Invalid } from '#core/domain/errors.js';
import type { Engine } from '#core/engine/engine.js';
import {
  attachTicket,
  execInContainer,
  execTicket,
  noSuchExec,
  resizeExec,
  resizeTerminal,
} from '#core/engine/terminals.js';
import { type AnyRoute, route } from '#core/http/route.js';
import {
  type ExecuteParameters,
  type ExecuteResizeQuery,
  executeBody,
  executeParameters,
  executeResizeQuery,
  type TerminalSizeQuery,
  terminalSizeQuery,
} from '#schemas/native/actions.js';
import { InvalidValue } from '../errors.js';
import { containerOf } from '../find.js';
import { checkState } from '../state-check.js';
import { terminalUrl } from '../streams/url.js';
import { shellSplit } from '../translate/shell-split.js';

/** Commands in a container, and terminals of its processes, which clients reach by WebSocket (native-api.md 3.6, 5). */
export const terminalRoutes = (engine: Engine, webSocketUrl: string): AnyRoute[] => [
  route<ExecuteParameters | null, ExecuteParameters>({
    name: 'container:execute',
    method: 'POST',
    path: '/v1/containers/:container/execute',
    query: () => executeParameters,
    body: () => executeBody,
    handler: async (call) => {
      const { command, run = true, interactive = false } = { ...call.query, ...call.body };
      const container = await containerOf(engine, call);
      checkState(container, 'execute');
      const words = commandWords(command);
      if (run) {
        const { output, exitCode } = await execInContainer(engine, container, words, interactive);
        const body = { output: output.toString('utf8'), exit_code: exitCode, exec_id: null, proxy_url: null };
        return { status: 200, body };
      }
      const ticket = await execTicket(engine, container, words, interactive);
      const proxyUrl = terminalUrl(webSocketUrl, ticket);
      return { status: 200, body: { output: null, exit_code: null, exec_id: ticket.execId, proxy_url: proxyUrl } };
    },
  }),
  route({
    name: 'container:attach',
    method: 'GET',
    path: '/v1/containers/:container/attach',
    // It reads nothing: who has the URL may type.
    role: 'member',
    handler: async (call) => {
      const container = await containerOf(engine, call);
      checkState(container, 'attach');
      return { status: 200, body: terminalUrl(webSocketUrl, await attachTicket(engine, container)) };
    },
  }),
  route<undefined, TerminalSizeQuery>({
    name: 'container:resize',
    method: 'POST',
    path: '/v1/containers/:container/resize',
    query: () => terminalSizeQuery,
    handler: async (call) => {
      const { h: rows, w: columns } = call.query;
      const container = await containerOf(engine, call);
      checkState(container, 'resize');
      await resizeTerminal(engine, container, { rows, columns }).catch(badRequest((e) => e.reason));
      return { status: 200, body: null };
    },
  }),
  route<undefined, ExecuteResizeQuery>({
    name: 'container:execute_resize',
    method: 'POST',
    path: '/v1/containers/:container/execute_resize',
    query: () => executeResizeQuery,
    handler: async (call) => {
      const { exec_id: execId, h: rows, w: columns } = call.query;
      const container = await containerOf(engine, call);
      checkState(container, 'execute_resize');
      await resizeExec(engine, container, execId, { rows, columns }).catch(badRequest(() => noSuchExec(execId)));
      return { status: 200, body: null };
    },
  }),
];

/** A client that resizes ignores a 400, and ends at anything else (native-api.md 5.6). */
const badRequest =
  (text: (error: EngineRefused) => string) =>
  (error: unknown): never => {
    throw error instanceof EngineRefused ? new Invalid(text(error)) : error;
  };

/** @throws InvalidValue */
function commandWords(command: string | undefined): readonly string[] {
  if (command === undefined) throw new InvalidValue("'command' is a required parameter", 'command');
  const words = shellSplit(command);
  if (words === null)
    throw new InvalidValue(`The command ${command} has a quotation or an escape without its end.`, 'command');
  if (words.length === 0) throw new InvalidValue('The command is empty.', 'command');
  return words;
}
