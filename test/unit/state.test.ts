import { expect } from 'chai';
import { deriveState, type StateFacts } from '#core/domain/state.js';
import { everyStateFacts } from '#test/lib/state-facts.js';

const at = new Date('2026-01-01T00:00:00Z');
const nothing: StateFacts = {
  deletedAt: null,
  failure: null,
  missingSince: null,
  dead: false,
  paused: false,
  restarting: false,
  running: false,
  startedAt: null,
  engineCreatedAt: null,
};

describe('the state of a container', () => {
  const table: readonly [string, Partial<StateFacts>, string][] = [
    ['nothing known', {}, 'creating'],
    ['in the engine, never started', { engineCreatedAt: at }, 'created'],
    ['running', { engineCreatedAt: at, startedAt: at, running: true }, 'running'],
    ['frozen', { engineCreatedAt: at, startedAt: at, running: true, paused: true }, 'paused'],
    [
      'between two starts of its restart policy',
      { engineCreatedAt: at, startedAt: at, restarting: true, running: true },
      'restarting',
    ],
    ['ended', { engineCreatedAt: at, startedAt: at }, 'stopped'],
    ['half removed by the engine', { engineCreatedAt: at, startedAt: at, dead: true }, 'dead'],
    ['gone from the engine', { engineCreatedAt: at, startedAt: at, missingSince: at }, 'error'],
    ['failed', { failure: { code: 500, message: 'x', details: null, at } }, 'error'],
    ['deleted after a failure', { failure: { code: 500, message: 'x', details: null, at }, deletedAt: at }, 'deleted'],
  ];
  for (const [name, facts, state] of table) {
    it(`${name}: ${state}`, () => expect(deriveState({ ...nothing, ...facts })).to.equal(state));
  }

  it('has one for every combination of facts', () => {
    const states = new Set(everyStateFacts().map(deriveState));
    expect([...states].sort()).to.deep.equal([
      'created',
      'creating',
      'dead',
      'deleted',
      'error',
      'paused',
      'restarting',
      'running',
      'stopped',
    ]);
  });
});
