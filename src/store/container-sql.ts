import type { Container, EffectiveProcess, Failure, PortBinding } from '#core/domain/container.js';
import type { FrontEnd } from '#core/domain/context.js';
import type { Action } from '#core/domain/operation.js';
import type { ContainerSpec, ServerAttributes } from '#core/domain/spec.js';

/** `deriveState` of the domain as SQL, for filters. A test holds the two together. */
export const STATE_SQL = `case
  when c.deleted_at is not null then 'deleted'
  when c.failure is not null or c.missing_since is not null then 'error'
  when c.dead then 'dead'
  when c.paused then 'paused'
  when c.restarting then 'restarting'
  when c.running then 'running'
  when c.started_at is not null then 'stopped'
  when c.engine_created_at is not null then 'created'
  else 'creating' end`;

/** The latest operation in flight of a container `c`, as `t`. */
export const OPERATION_IN_FLIGHT = `left join lateral (
    select action, state, step, args, request_id from operations
    where container = c.uuid and state in ('queued', 'running') order by seq desc limit 1) t on true`;

/** A container with its latest operation in flight, in one statement whatever the number of rows. */
export const SELECT_CONTAINER = `select c.*, t.action as task_action, t.state as task_op_state, t.step as task_step,
    t.args ->> 'type' as task_reboot_type, t.request_id as task_request_id
  from containers c ${OPERATION_IN_FLIGHT}`;

export interface ContainerRow {
  readonly uuid: string;
  readonly seq: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly name: string;
  readonly hostname: string;
  readonly front_end: FrontEnd;
  readonly host: string | null;
  readonly availability_zone: string | null;
  readonly spec: ContainerSpec;
  readonly server: ServerAttributes;
  readonly ports: readonly PortBinding[];
  readonly generation: number;
  readonly engine_id: string | null;
  readonly engine_created_at: Date | null;
  readonly launched_at: Date | null;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly exit_code: number | null;
  readonly oom_killed: boolean;
  readonly running: boolean;
  readonly paused: boolean;
  readonly restarting: boolean;
  readonly dead: boolean;
  readonly health: string | null;
  readonly stop_requested: boolean;
  readonly missing_since: Date | null;
  readonly failure: (Omit<Failure, 'at'> & { readonly at: string }) | null;
  readonly observed_at: Date | null;
  readonly effective: EffectiveProcess | null;
  readonly deleted_at: Date | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly revision: string;
  readonly task_action: Action | null;
  readonly task_op_state: 'queued' | 'running' | null;
  readonly task_step: string | null;
  readonly task_reboot_type: 'SOFT' | 'HARD' | null;
  readonly task_request_id: string | null;
}

export function toContainer(r: ContainerRow): Container {
  return {
    uuid: r.uuid,
    seq: Number(r.seq),
    projectId: r.project_id,
    userId: r.user_id,
    name: r.name,
    hostname: r.hostname,
    frontEnd: r.front_end,
    host: r.host,
    availabilityZone: r.availability_zone,
    spec: r.spec,
    server: r.server,
    ports: r.ports,
    generation: r.generation,
    revision: Number(r.revision),
    createdAt: r.created_at,
    updatedAt: r.updated_at,
    facts: {
      engineId: r.engine_id,
      engineCreatedAt: r.engine_created_at,
      launchedAt: r.launched_at,
      startedAt: r.started_at,
      finishedAt: r.finished_at,
      exitCode: r.exit_code,
      oomKilled: r.oom_killed,
      running: r.running,
      paused: r.paused,
      restarting: r.restarting,
      dead: r.dead,
      health: r.health,
      stopRequested: r.stop_requested,
      missingSince: r.missing_since,
      failure: r.failure && { ...r.failure, at: new Date(r.failure.at) },
      deletedAt: r.deleted_at,
      observedAt: r.observed_at,
      effective: r.effective,
    },
    task:
      r.task_action === null || r.task_op_state === null
        ? null
        : {
            action: r.task_action,
            state: r.task_op_state,
            step: r.task_step,
            rebootType: r.task_reboot_type,
            requestId: r.task_request_id ?? '',
          },
  };
}
