import { deleteContainer } from '#core/engine/delete-container.js';
import { pauseContainer } from '#core/engine/pause-container.js';
import { rebootContainer } from '#core/engine/reboot-container.js';
import { startContainer } from '#core/engine/start-container.js';
import { stopContainer } from '#core/engine/stop-container.js';
import { unpauseContainer } from '#core/engine/unpause-container.js';
import { rebootArgument } from '#schemas/nova/action.js';
import { ACCEPTED, type ActionCall, action, plainAction, type ServerAction } from './action.js';

type Verb = (a: ActionCall) => Promise<unknown>;

/** Accepted once the engine has written the operation: the answer and every later look show its task state. */
const simple = (key: string, rule: string, verb: Verb): ServerAction =>
  plainAction({ key, rule, role: 'member' }, async (a) => {
    await verb(a);
    return ACCEPTED;
  });

export const powerActions: readonly ServerAction[] = [
  simple('os-start', 'servers:start', ({ engine, call, server }) =>
    startContainer(engine, call.context, server.uuid, 'nova'),
  ),
  simple('os-stop', 'servers:stop', ({ engine, call, server }) =>
    stopContainer(engine, call.context, server.uuid, 'nova'),
  ),
  simple('pause', 'os-pause-server:pause', ({ engine, call, server }) =>
    pauseContainer(engine, call.context, server.uuid, 'nova'),
  ),
  simple('unpause', 'os-pause-server:unpause', ({ engine, call, server }) =>
    unpauseContainer(engine, call.context, server.uuid, 'nova'),
  ),
  simple('forceDelete', 'os-deferred-delete:force', ({ engine, call, server }) =>
    deleteContainer(engine, call.context, server.uuid, { frontEnd: 'nova' }),
  ),
  action(
    { key: 'reboot', rule: 'servers:reboot', role: 'member' },
    rebootArgument,
    async ({ engine, call, server }, argument) => {
      const type = argument.type.toUpperCase() === 'HARD' ? 'HARD' : 'SOFT';
      await rebootContainer(engine, call.context, server.uuid, { frontEnd: 'nova', type });
      return ACCEPTED;
    },
  ),
];
