import type { Role } from '#core/http/role.js';
import { crashDumpArgument } from '#schemas/nova/action.js';
import { badRequest, conflict, gone, notImplemented, type Refusal } from '../../refusal.js';
import { stateOf } from '../../status.js';
import { ACCEPTED, type ActionCall, action, plainAction, type ServerAction } from './action.js';

/**
 * Actions that are known and refused: at once and with a reason, never with a 202 for something that will not happen
 * (nova-api.md 3.2, 3.4). No action record is made of them.
 */
interface Refused {
  readonly key: string;
  readonly rule: string;
  readonly role?: Role;
  readonly min?: number;
  readonly max?: number;
}

const refused = (r: Refused, why: (a: ActionCall, argument: unknown) => Refusal): ServerAction => ({
  role: 'member',
  ...r,
  prepare: (argument) => (a) => {
    throw why(a, argument);
  },
});

const unsupported = (r: Refused, feature: string): ServerAction =>
  refused(r, () => badRequest(`${feature} is not supported for containers.`));

/** No container is ever in the state that the action is for. */
const neverInState = (key: string, rule: string, role: Role = 'member'): ServerAction =>
  refused({ key, rule, role }, ({ server }) =>
    conflict(`Cannot '${key}' instance ${server.uuid} while it is in vm_state ${stateOf(server).vmState}`),
  );

/** Part of the API, and to come. */
const unbuilt = (r: Refused): ServerAction =>
  refused(r, () => notImplemented(`The action ${r.key} is not implemented yet.`));

const consoleType = (argument: unknown): string => {
  const type: unknown = typeof argument === 'object' && argument !== null ? Reflect.get(argument, 'type') : null;
  return typeof type === 'string' ? type : '';
};

const CONSOLES = 'os-remote-consoles';
const MULTINIC = 'os-multinic';
const FLOATING = 'os-floating-ips';

export const refusedActions: readonly ServerAction[] = [
  unsupported({ key: 'suspend', rule: 'os-suspend-server:suspend' }, 'Suspend'),
  action(
    { key: 'trigger_crash_dump', rule: 'servers:trigger_crash_dump', role: 'member', min: 17 },
    crashDumpArgument,
    () => {
      throw badRequest('Crash dump is not supported for containers.');
    },
  ),
  unsupported({ key: 'os-migrateLive', rule: 'os-migrate-server:migrate_live', role: 'admin' }, 'Live migration'),
  unsupported({ key: 'addFixedIp', rule: `${MULTINIC}:add`, max: 43 }, 'Adding a fixed IP address'),
  unsupported({ key: 'removeFixedIp', rule: `${MULTINIC}:remove`, max: 43 }, 'Removing a fixed IP address'),
  refused({ key: 'rescue', rule: 'os-rescue' }, () => notImplemented('Rescue is not supported for containers.')),
  refused({ key: 'changePassword', rule: 'os-admin-password' }, () =>
    notImplemented('Unable to set password on instance'),
  ),
  refused({ key: 'migrate', rule: 'os-migrate-server:migrate', role: 'admin' }, () =>
    badRequest('No valid host was found. No valid host found for cold migrate'),
  ),
  refused({ key: 'evacuate', rule: 'os-evacuate', role: 'admin' }, ({ server }) =>
    badRequest(
      server.host === null
        ? 'Evacuate is not supported for containers.'
        : `Compute service of ${server.host} is still in use.`,
    ),
  ),
  refused({ key: 'resetNetwork', rule: 'os-admin-actions:reset_network' }, gone),
  // The network of a container is its engine's: there is nothing to write into it, here as in most drivers of Nova.
  plainAction(
    { key: 'injectNetworkInfo', rule: 'os-admin-actions:inject_network_info', role: 'admin' },
    () => ACCEPTED,
  ),
  neverInState('resume', 'os-suspend-server:resume'),
  neverInState('unrescue', 'os-unrescue'),
  neverInState('restore', 'os-deferred-delete:restore'),
  neverInState('confirmResize', 'servers:confirm_resize'),
  neverInState('revertResize', 'servers:revert_resize'),
  neverInState('unshelve', 'os-shelve:unshelve'),
  neverInState('shelveOffload', 'os-shelve:shelve_offload', 'admin'),
  unbuilt({ key: 'rebuild', rule: 'servers:rebuild' }),
  unbuilt({ key: 'resize', rule: 'servers:resize' }),
  unbuilt({ key: 'createImage', rule: 'servers:create_image' }),
  unbuilt({ key: 'createBackup', rule: 'os-create-backup' }),
  unbuilt({ key: 'shelve', rule: 'os-shelve:shelve' }),
  unbuilt({ key: 'os-resetState', rule: 'os-admin-actions:reset_state', role: 'admin' }),
  unbuilt({ key: 'addSecurityGroup', rule: 'os-security-groups:add' }),
  unbuilt({ key: 'removeSecurityGroup', rule: 'os-security-groups:remove' }),
  unbuilt({ key: 'addFloatingIp', rule: `${FLOATING}:add`, max: 43 }),
  unbuilt({ key: 'removeFloatingIp', rule: `${FLOATING}:remove`, max: 43 }),
  unbuilt({ key: 'os-getSerialConsole', rule: CONSOLES, max: 5 }),
  refused({ key: 'os-getVNCConsole', rule: CONSOLES, max: 5 }, (_a, argument) =>
    consoleType(argument) === 'xvpvnc'
      ? badRequest('Unavailable console type xvpvnc.')
      : notImplemented('The action os-getVNCConsole is not implemented yet.'),
  ),
  ...['os-getSPICEConsole', 'os-getRDPConsole'].map((key) =>
    refused({ key, rule: CONSOLES, max: 5 }, (_a, argument) =>
      badRequest(`Unavailable console type ${consoleType(argument)}.`),
    ),
  ),
];
