import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import type { Engine } from '#core/engine/engine.js';
import { killContainer } from '#core/engine/kill-container.js';
import { pauseContainer } from '#core/engine/pause-container.js';
import { rebootContainer } from '#core/engine/reboot-container.js';
import { startContainer } from '#core/engine/start-container.js';
import { stopContainer } from '#core/engine/stop-container.js';
import { unpauseContainer } from '#core/engine/unpause-container.js';
import { type AnyRoute, route } from '#core/http/route.js';
import {
  type KillParameters,
  killBody,
  killParameters,
  type TimeoutParameters,
  timeoutBody,
  timeoutParameters,
} from '#schemas/native/actions.js';
import { containerOf } from '../find.js';

/** What a client answers with a body of `null` (native-api.md 2.6). */
const ACCEPTED = { status: 202, body: null } as const;

const DEFAULT_SIGNAL = 'SIGKILL';

/** Actions that become an operation of the container (native-api.md 3.6). */
export const powerRoutes = (engine: Engine): AnyRoute[] => [
  plain(engine, 'start', (context, uuid) => startContainer(engine, context, uuid, 'native')),
  plain(engine, 'pause', (context, uuid) => pauseContainer(engine, context, uuid, 'native')),
  plain(engine, 'unpause', (context, uuid) => unpauseContainer(engine, context, uuid, 'native')),
  withTimeout(engine, 'stop', (context, uuid, timeout) => stopContainer(engine, context, uuid, 'native', timeout)),
  withTimeout(engine, 'reboot', (context, uuid, timeout) =>
    rebootContainer(engine, context, uuid, { frontEnd: 'native', timeout }),
  ),
  route<KillParameters | null, KillParameters>({
    name: 'container:kill',
    method: 'POST',
    path: '/v1/containers/:container/kill',
    query: () => killParameters,
    body: () => killBody,
    handler: async (call) => {
      const { uuid } = await containerOf(engine, call);
      await killContainer(engine, call.context, uuid, call.body?.signal ?? call.query.signal ?? DEFAULT_SIGNAL);
      return ACCEPTED;
    },
  }),
];

/** An action without parameters: whatever else the client sends does not matter, as upstream. */
const plain = (
  engine: Engine,
  action: string,
  verb: (context: RequestContext, uuid: string) => Promise<Container>,
): AnyRoute =>
  route({
    name: `container:${action}`,
    method: 'POST',
    path: `/v1/containers/:container/${action}`,
    handler: async (call) => {
      const { uuid } = await containerOf(engine, call);
      await verb(call.context, uuid);
      return ACCEPTED;
    },
  });

const withTimeout = (
  engine: Engine,
  action: string,
  verb: (context: RequestContext, uuid: string, timeout: number | null) => Promise<Container>,
): AnyRoute =>
  route<TimeoutParameters | null, TimeoutParameters>({
    name: `container:${action}`,
    method: 'POST',
    path: `/v1/containers/:container/${action}`,
    query: () => timeoutParameters,
    body: () => timeoutBody,
    handler: async (call) => {
      const { uuid } = await containerOf(engine, call);
      await verb(call.context, uuid, call.body?.timeout ?? call.query.timeout ?? null);
      return ACCEPTED;
    },
  });
