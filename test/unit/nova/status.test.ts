import { expect } from 'chai';
import { ACTIONS, type Action } from '#core/domain/operation.js';
import type { ContainerState } from '#core/domain/state.js';
import type { StatusCondition } from '#core/engine/list-containers.js';
import { type StateInput, serverState, taskStateOf } from '#nova/status.js';
import { allStateInputs, conditionsWhere, STATUSES } from '#nova/status-filter.js';

type Row = readonly [ContainerState, string, number, string];

/** Container state -> vm_state, power_state, status, without an operation (nova-api.md 4.2). */
const AT_REST: readonly Row[] = [
  ['creating', 'building', 0, 'BUILD'],
  ['created', 'stopped', 4, 'SHUTOFF'],
  ['running', 'active', 1, 'ACTIVE'],
  ['restarting', 'active', 1, 'ACTIVE'],
  ['paused', 'paused', 3, 'PAUSED'],
  ['stopped', 'stopped', 4, 'SHUTOFF'],
  ['error', 'error', 0, 'ERROR'],
  ['dead', 'error', 0, 'ERROR'],
  ['deleted', 'deleted', 0, 'DELETED'],
];

const input = (state: ContainerState, task: StateInput['task'] = null, crashed = false): StateInput => ({
  state,
  task,
  crashed,
});
const task = (
  action: Action,
  state: 'queued' | 'running' = 'running',
  rebootType: 'SOFT' | 'HARD' | null = null,
): NonNullable<StateInput['task']> => ({ action, state, rebootType });

describe('Nova states', () => {
  it('shows each container state at rest', () => {
    for (const [state, vmState, powerState, status] of AT_REST) {
      expect(serverState(input(state)), state).to.deep.equal({ vmState, powerState, status, taskState: null });
    }
  });

  it('tells a crash from a stop by the power state alone', () => {
    expect(serverState(input('stopped', null, true))).to.deep.include({ status: 'SHUTOFF', powerState: 6 });
    expect(serverState(input('running', null, true)).powerState).to.equal(1);
  });

  it('is BUILD until the create is done, whatever the engine shows', () => {
    for (const state of ['creating', 'created', 'running', 'stopped', 'paused', 'restarting'] as const) {
      expect(serverState(input(state, task('create'))), state).to.deep.equal({
        vmState: 'building',
        status: 'BUILD',
        powerState: 0,
        taskState: 'spawning',
      });
    }
    expect(serverState(input('creating', task('create', 'queued'))).taskState).to.equal('scheduling');
  });

  it('has no task any more once a create has failed', () => {
    expect(serverState(input('error', task('create')))).to.deep.include({ status: 'ERROR', taskState: null });
  });

  it('names the task of every operation', () => {
    const names: Record<Exclude<Action, 'reboot'>, string | null> = {
      create: 'spawning',
      start: 'powering-on',
      stop: 'powering-off',
      kill: 'powering-off',
      pause: 'pausing',
      unpause: 'unpausing',
      update: null,
      delete: 'deleting',
    };
    for (const [action, name] of Object.entries(names)) {
      const found = ACTIONS.find((a) => a === action) ?? 'start';
      const state = action === 'create' ? 'creating' : 'running';
      expect(serverState(input(state, task(found))).taskState, action).to.equal(name);
    }
  });

  it('shows reboots as statuses of their own, and only of an active server', () => {
    const active = (type: 'SOFT' | 'HARD', phase: 'queued' | 'running') =>
      serverState(input('running', task('reboot', phase, type)));
    expect(active('SOFT', 'queued')).to.deep.include({ status: 'REBOOT', taskState: 'rebooting' });
    expect(active('SOFT', 'running')).to.deep.include({ status: 'REBOOT', taskState: 'reboot_started' });
    expect(active('HARD', 'queued')).to.deep.include({ status: 'HARD_REBOOT', taskState: 'rebooting_hard' });
    expect(active('HARD', 'running')).to.deep.include({ status: 'HARD_REBOOT', taskState: 'reboot_started_hard' });
    expect(serverState(input('stopped', task('reboot', 'running', 'HARD')))).to.deep.include({ status: 'SHUTOFF' });
  });

  it('never keeps a task on a deleted server, and shows deleting on every other', () => {
    for (const [state] of AT_REST) {
      const { taskState } = serverState(input(state, task('delete')));
      expect(taskState, state).to.equal(state === 'deleted' ? null : 'deleting');
    }
  });

  it('invents no status', () => {
    for (const i of allStateInputs()) {
      const { status, vmState, powerState } = serverState(i);
      expect(STATUSES.has(status), status).to.equal(true);
      expect(['building', 'active', 'stopped', 'paused', 'error', 'deleted']).to.include(vmState);
      expect([0, 1, 3, 4, 6]).to.include(powerState);
    }
  });

  it('words an operation in flight of which only the name is known', () => {
    expect(taskStateOf('stop', true)).to.equal('powering-off');
    expect(taskStateOf('reboot', false)).to.equal('rebooting');
    expect(taskStateOf('update', true)).to.equal('update');
  });
});

describe('status filters', () => {
  const holds = (c: StatusCondition, i: StateInput): boolean =>
    c.states.includes(i.state) &&
    (c.tasks === null || c.tasks.includes(i.task?.action ?? 'none')) &&
    (c.phase === undefined || c.phase === i.task?.state) &&
    (c.rebootType === undefined || c.rebootType === i.task?.rebootType) &&
    (c.crashed === undefined || c.crashed === i.crashed);

  it('are the exact inverse of what is shown', () => {
    for (const status of STATUSES) {
      const conditions = conditionsWhere((s) => s.status === status);
      for (const i of allStateInputs()) {
        const matches = conditions.some((c) => holds(c, i));
        expect(matches, `${status} of ${JSON.stringify(i)}`).to.equal(serverState(i).status === status);
      }
    }
  });

  it('hold for task and power states too', () => {
    const filters = [
      (s: ReturnType<typeof serverState>) => s.taskState === 'powering-off',
      (s: ReturnType<typeof serverState>) => s.taskState === 'rebooting_hard',
      (s: ReturnType<typeof serverState>) => s.taskState === null && s.vmState === 'stopped',
      (s: ReturnType<typeof serverState>) => s.powerState === 6,
    ];
    for (const [n, wanted] of filters.entries()) {
      const conditions = conditionsWhere(wanted);
      expect(conditions, String(n)).to.not.have.length(0);
      for (const i of allStateInputs()) {
        expect(
          conditions.some((c) => holds(c, i)),
          `${n} of ${JSON.stringify(i)}`,
        ).to.equal(wanted(serverState(i)));
      }
    }
  });

  it('of a status that containers never have match nothing', () => {
    for (const status of ['RESIZE', 'SUSPENDED', 'RESCUE', 'SHELVED_OFFLOADED']) {
      expect(conditionsWhere((s) => s.status === status)).to.deep.equal([]);
    }
  });
});
