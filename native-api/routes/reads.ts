import { Invalid } from '#core/domain/errors.js';
import type { Engine } from '#core/engine/engine.js';
import { containerLogs, containerStats, containerTop } from '#core/engine/read-container.js';
import { type AnyRoute, route } from '#core/http/route.js';
import { type LogsQuery, logsQuery, type TopQuery, topQuery } from '#schemas/native/actions.js';
import { containerOf } from '../find.js';
import { checkState } from '../state-check.js';
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
