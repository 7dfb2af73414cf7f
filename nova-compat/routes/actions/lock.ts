import { updateContainer } from '#core/engine/update-container.js';
import { lockArgument } from '#schemas/nova/action.js';
import { authorize } from '../../policy.js';
import { ACCEPTED, action, plainAction, type ServerAction } from './action.js';

/** Who locks: Nova calls everybody of the server's own project its owner. */
const lockerOf = (own: boolean): 'owner' | 'admin' => (own ? 'owner' : 'admin');

export const lockActions: readonly ServerAction[] = [
  action(
    { key: 'lock', rule: 'os-lock-server:lock', role: 'member' },
    lockArgument,
    async ({ engine, call, server }, argument) => {
      await updateContainer(engine, call.context, server.uuid, (current) => ({
        server: {
          locked: lockerOf(current.projectId === call.context.projectId),
          lockedReason: argument?.locked_reason ?? null,
        },
      }));
      return ACCEPTED;
    },
  ),
  plainAction({ key: 'unlock', rule: 'os-lock-server:unlock', role: 'member' }, async ({ engine, call, server }) => {
    await updateContainer(engine, call.context, server.uuid, (current) => {
      const { locked } = current.server;
      if (locked !== null && locked !== lockerOf(current.projectId === call.context.projectId)) {
        authorize(call.context, 'os-lock-server:unlock:unlock_override', 'admin');
      }
      return { server: { locked: null, lockedReason: null } };
    });
    return ACCEPTED;
  }),
];
