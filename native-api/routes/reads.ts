import { Invalid, Unsupported } from '#core/domain/errors.js';
import type { Engine } from '#core/engine/engine.js';
import { containerLogs, containerStats, containerTop, execInContainer } from '#core/engine/read-container.js';
import { type AnyRoute, route } from '#core/http/route.js';
import {
  type ExecuteParameters,
  executeBody,
  executeParameters,
  type LogsQuery,
  logsQuery,
  type TopQuery,
  topQuery,
} from '#schemas/native/actions.js';
import { InvalidValue } from '../errors.js';
import { containerOf } from '../find.js';
import { checkState } from '../state-check.js';
import { shellSplit } from '../translate/shell-split.js';
import { networkListView } from '../views/network-list.js';
import { statsView } from '../views/stats.js';

/** What is asked of a container at once: it changes nothing of its record (native-api.md 3.6). */
export const readRoutes = (engine: Engine): AnyRoute[] => [
  route<undefined, LogsQuery>({
    name: 'container:logs',
    method: 'GET',
    path: '/v1/containers/:container/logs',
    query: () => logsQuery,
    handler: async (call) => {
      const { stdout = true, stderr = true, timestamps = false, tail = null, since = null } = call.query;
      const container = await containerOf(engine, call);
      checkState(container, 'logs');
      if (!stdout && !stderr) throw new Invalid('At least one of stdout and stderr must be chosen.', 'stdout');
      const log = await containerLogs(engine, container, { stdout, stderr, timestamps, tail, since });
      return { status: 200, body: log.toString('utf8') };
    },
  }),
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
      if (!run || interactive) throw new Unsupported('Interactive commands are not supported by this service.');
      const { output, exitCode } = await execInContainer(engine, container, commandWords(command));
      return {
        status: 200,
        body: { output: output.toString('utf8'), exit_code: exitCode, exec_id: null, proxy_url: null },
      };
    },
  }),
  route<undefined, TopQuery>({
    name: 'container:top',
    method: 'GET',
    path: '/v1/containers/:container/top',
    query: () => topQuery,
    handler: async (call) => {
      const container = await containerOf(engine, call);
      checkState(container, 'top');
      const { titles, processes } = await containerTop(engine, container, call.query.ps_args || null);
      return { status: 200, body: { Titles: titles, Processes: processes } };
    },
  }),
  route({
    name: 'container:stats',
    method: 'GET',
    path: '/v1/containers/:container/stats',
    handler: async (call) => {
      const container = await containerOf(engine, call);
      checkState(container, 'stats');
      return { status: 200, body: statsView(container, await containerStats(engine, container)) };
    },
  }),
  route({
    // It has no rule of its own upstream (gap 26): who may see the container may see its addresses.
    name: 'container:get_one',
    method: 'GET',
    path: '/v1/containers/:container/network_list',
    versions: { min: 13 },
    handler: async (call) => {
      const container = await containerOf(engine, call);
      return { status: 200, body: networkListView(container.ports, call.version) };
    },
  }),
];

/** @throws InvalidValue */
function commandWords(command: string | undefined): readonly string[] {
  if (command === undefined) throw new InvalidValue("'command' is a required parameter", 'command');
  const words = shellSplit(command);
  if (words === null)
    throw new InvalidValue(`The command ${command} has a quotation or an escape without its end.`, 'command');
  if (words.length === 0) throw new InvalidValue('The command is empty.', 'command');
  return words;
}
