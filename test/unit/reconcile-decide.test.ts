import { expect } from 'chai';
import { compare } from '#core/reconcile/decide.js';
import type { ListedContainer } from '#core/runtime/driver.js';
import { buildContainer } from '#test/lib/builders.js';

const uuid = 'ab640e60-8dfb-4d0a-b815-9496dd8b1870';
const listed = (state: string, over: Partial<ListedContainer> = {}): ListedContainer => ({
  uuid,
  engineId: 'f00d',
  generation: 1,
  createdAt: new Date(),
  state,
  ...over,
});
const task = { action: 'stop', state: 'running', step: 'stop', rebootType: null, requestId: 'req-1' } as const;
const at = new Date();

describe('comparing rows with a complete list of the engine', () => {
  it('finds nothing when both agree', () => {
    expect(compare([buildContainer()], [listed('running')], new Set([uuid]))).to.deep.equal({
      dirty: [],
      missing: [],
      orphans: [],
    });
  });
  for (const [state, facts] of [
    ['exited', {}],
    ['paused', {}],
    ['restarting', {}],
    ['dead', {}],
    ['running', { running: false, finishedAt: at }],
    ['running', { paused: true }],
    ['running', { missingSince: at, running: false }],
  ] as const) {
    it(`marks a row that is ${JSON.stringify(facts)} when the engine says ${state}`, () => {
      expect(compare([buildContainer({ facts })], [listed(state)], new Set([uuid])).dirty).to.deep.equal([uuid]);
    });
  }
  it('suspects what the list does not have', () => {
    expect(compare([buildContainer()], [], new Set()).missing).to.deep.equal([uuid]);
  });
  it('does not suspect what was never in the engine, or is known to be missing', () => {
    const never = buildContainer({ facts: { engineId: null, engineCreatedAt: null, startedAt: null, running: false } });
    const known = buildContainer({ facts: { missingSince: at } });
    expect(compare([never, known], [], new Set()).missing).to.deep.equal([]);
  });
  it('leaves rows alone while an operation is in flight', () => {
    expect(compare([buildContainer({ task })], [listed('exited')], new Set([uuid]))).to.deep.equal({
      dirty: [],
      missing: [],
      orphans: [],
    });
    expect(compare([buildContainer({ task })], [], new Set()).missing).to.deep.equal([]);
  });
  it('calls an orphan what no row of any host owns', () => {
    const orphan = listed('running', { uuid: '00000000-0000-4000-8000-000000000000' });
    expect(compare([buildContainer()], [listed('running'), orphan], new Set([uuid])).orphans).to.deep.equal([orphan]);
  });
});
