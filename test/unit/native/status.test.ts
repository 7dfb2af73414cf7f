import { expect } from 'chai';
import { noFacts } from '#core/domain/container.js';
import { ACTIONS, type Action } from '#core/domain/operation.js';
import type { ContainerState } from '#core/domain/state.js';
import { conditionsFor, containerStatus, statusDetail, statusOf, statusReason, taskState } from '#native/status.js';
import { buildContainer } from '#test/lib/builders.js';

const STATES: readonly ContainerState[] = [
  'creating',
  'created',
  'running',
  'paused',
  'restarting',
  'stopped',
  'error',
  'dead',
  'deleted',
];

const task = (action: Action) =>
  ({ action, state: 'running', step: null, rebootType: null, requestId: 'req-1' }) as const;

describe('native status', () => {
  it('is the state with a capital when nothing is in flight', () => {
    for (const state of STATES) expect(statusOf(state, null).toLowerCase()).to.equal(state);
  });

  it('is Deleting and Restarting for as long as that goes on, whatever the state', () => {
    for (const state of STATES.filter((s) => s !== 'deleted')) {
      expect(statusOf(state, 'delete')).to.equal('Deleting');
      expect(statusOf(state, 'reboot')).to.equal('Restarting');
    }
  });

  it('is not Created before the creation is over', () => {
    expect(statusOf('created', 'create')).to.equal('Creating');
    expect(statusOf('running', 'create')).to.equal('Running');
    expect(
      containerStatus(buildContainer({ facts: { ...noFacts, engineCreatedAt: new Date() }, task: task('create') })),
    ).to.equal('Creating');
  });

  it('has the task states of Zun', () => {
    expect(ACTIONS.map(taskState)).to.deep.equal([
      'container_creating',
      'container_starting',
      'container_stopping',
      'container_rebooting',
      'container_killing',
      'container_pausing',
      'container_unpausing',
      null,
      'container_deleting',
    ]);
    expect(taskState(null)).to.equal(null);
  });

  it('finds by status and task state exactly what shows as them', () => {
    const statuses = [...new Set(STATES.flatMap((s) => [null, ...ACTIONS].map((a) => statusOf(s, a))))];
    const tasks = [undefined, ...ACTIONS.map(taskState).filter((t) => t !== null)];
    for (const status of [undefined, ...statuses]) {
      for (const wanted of tasks) {
        const conditions = conditionsFor({
          ...(status !== undefined && { status }),
          ...(wanted !== undefined && { task_state: wanted }),
        });
        for (const state of STATES) {
          for (const action of [null, ...ACTIONS]) {
            const shows =
              (status === undefined || statusOf(state, action) === status) &&
              (wanted === undefined || taskState(action) === wanted);
            const found = conditions.some((c) => c.states.includes(state) && c.tasks?.includes(action ?? 'none'));
            expect(found, `${status}/${wanted}: ${state} ${action}`).to.equal(shows);
          }
        }
      }
    }
  });

  it('finds nothing by words that nothing shows', () => {
    expect(conditionsFor({ status: 'Rebuilding' })).to.deep.equal([]);
    expect(conditionsFor({ status: 'running' })).to.deep.equal([]);
    expect(conditionsFor({ task_state: 'sg_adding' })).to.deep.equal([]);
  });

  describe('detail', () => {
    const now = new Date('2026-05-05T12:00:00Z');
    const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1000);
    const blank = { ...noFacts, engineId: 'f00d', engineCreatedAt: ago(100_000) };
    const rows = [
      ['running 5 min', { startedAt: ago(301), running: true }, 'Up 5 mins'],
      ['running 1 s', { startedAt: ago(1), running: true }, 'Up 1 seconds'],
      ['running under a second', { startedAt: ago(0.9), running: true }, null],
      ['running 25 h', { startedAt: ago(90_000), running: true }, 'Up 1 days'],
      ['running 3 h', { startedAt: ago(11_000), running: true }, 'Up 3 hours'],
      ['paused', { startedAt: ago(61), running: true, paused: true }, 'Up 1 mins (paused)'],
      ['exited', { startedAt: ago(500), finishedAt: ago(65), exitCode: 137 }, 'Exited(137) 1 mins ago '],
      ['restarting', { startedAt: ago(500), restarting: true }, 'Restarting'],
      ['dead', { startedAt: ago(500), dead: true }, 'Dead'],
      ['created', {}, 'Created'],
      ['not yet there', { engineCreatedAt: null }, null],
    ] as const;
    for (const [name, facts, expected] of rows) {
      it(`${name}: ${expected}`, () => {
        const c = buildContainer({ facts: { ...blank, ...facts } });
        const { text, until } = statusDetail(c, now);
        expect(text).to.equal(expected);
        if (until === Number.POSITIVE_INFINITY) return;
        expect(statusDetail(c, new Date(until - 1)).text, 'a moment before it changes').to.equal(expected);
        expect(statusDetail(c, new Date(until)).text, 'when it changes').to.not.equal(expected);
      });
    }
  });

  it('gives the reason of a failure, and of a loss in the engine', () => {
    const failure = {
      code: 500,
      message: 'There are not enough hosts available.',
      details: 'node1: full',
      at: new Date(),
    };
    expect(statusReason(buildContainer({ facts: { failure } }))).to.equal(failure.message);
    expect(statusReason(buildContainer({ facts: { missingSince: new Date() } }))).to.equal(
      'No such container: f00d in docker',
    );
    expect(statusReason(buildContainer())).to.equal(null);
  });
});
