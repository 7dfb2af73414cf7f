import type { Container } from '#core/domain/container.js';
import type { Action, Operation } from '#core/domain/operation.js';
import type { MicroVersion } from '#core/http/version.js';
import { hostId } from './host-id.js';
import { micros, microsOrNull } from './times.js';

/** Names of Nova's manager methods, under which it records what happens on a host (nova-api.md 4.12). */
const EVENT: Readonly<Record<Action, string>> = {
  create: 'compute__do_build_and_run_instance',
  start: 'compute_start_instance',
  stop: 'compute_stop_instance',
  reboot: 'compute_reboot_instance',
  kill: 'compute_kill_instance',
  pause: 'compute_pause_instance',
  unpause: 'compute_unpause_instance',
  update: 'compute_update_instance',
  delete: 'compute_terminate_instance',
};

/** Ended, and not as it was asked for. */
const hasFailed = (o: Operation): boolean => o.state === 'failed' || o.state === 'cancelled';

/** When anything about it last changed. */
const updatedAt = (o: Operation): Date => o.finishedAt ?? o.startedAt ?? o.createdAt;

export const instanceActionView = (o: Operation, version: MicroVersion): Record<string, unknown> => ({
  action: o.action,
  instance_uuid: o.container,
  request_id: o.requestId,
  user_id: o.userId,
  project_id: o.projectId,
  start_time: micros(o.createdAt),
  message: hasFailed(o) ? 'Error' : null,
  ...(version.atLeast(58) && { updated_at: micros(updatedAt(o)) }),
});

/** With its events: one for what the host did, none before the host began. Before 2.51 they are the administrators'. */
export function instanceActionDetail(o: Operation, c: Container, version: MicroVersion, admin: boolean): unknown {
  const view = instanceActionView(o, version);
  if (admin || version.atLeast(51))
    view['events'] = o.startedAt === null && !hasFailed(o) ? [] : [event(o, c, version, admin)];
  return view;
}

function event(o: Operation, c: Container, version: MicroVersion, admin: boolean): Record<string, unknown> {
  return {
    event: EVENT[o.action],
    start_time: micros(o.startedAt ?? o.createdAt),
    finish_time: microsOrNull(o.finishedAt),
    result: hasFailed(o) ? 'Error' : o.state === 'done' ? 'Success' : null,
    ...(admin && { traceback: null }),
    ...(version.atLeast(62) && { hostId: hostId(c.projectId, o.host) }),
    ...(version.atLeast(62) && admin && { host: o.host }),
    ...(version.atLeast(84) && admin && { details: o.error }),
  };
}

/** Time that `changes-since` and `changes-before` compare. */
export const changedAt = (o: Operation): Date => updatedAt(o);
