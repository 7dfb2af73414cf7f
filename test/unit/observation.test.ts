import { expect } from 'chai';
import { deriveState } from '#core/domain/state.js';
import { differs, factsOf, portNumbers } from '#core/operations/observation.js';
import type { Observation } from '#core/runtime/driver.js';
import { buildContainer } from '#test/lib/builders.js';

const now = new Date('2026-01-10T09:00:00Z');
const seen = (over: Partial<Observation> = {}): Observation => ({
  uuid: buildContainer().uuid,
  engineId: 'f00d',
  generation: 1,
  createdAt: new Date('2026-01-10T08:30:15.123Z'),
  startedAt: new Date('2026-01-10T08:30:15.123Z'),
  finishedAt: null,
  running: true,
  paused: false,
  restarting: false,
  dead: false,
  exitCode: 0,
  oomKilled: false,
  error: null,
  health: null,
  command: ['/bin/sh'],
  entrypoint: [],
  exposedPorts: ['80/tcp', '53/udp', '53/tcp'],
  runtime: 'runc',
  ...over,
});

describe('facts of an observation', () => {
  it('an exit is noted with its code, and the stop that was asked for stays known', () => {
    const known = { ...buildContainer().facts, stopRequested: true };
    const facts = factsOf(seen({ running: false, finishedAt: now, exitCode: 137 }), known, now);
    expect(facts).to.include({ running: false, exitCode: 137, stopRequested: true });
    expect(deriveState({ ...known, ...facts })).to.equal('stopped');
  });
  it('a start forgets the exit and the stop before it', () => {
    const known = { ...buildContainer().facts, running: false, exitCode: 1, finishedAt: now, stopRequested: true };
    expect(factsOf(seen(), known, now)).to.include({
      running: true,
      exitCode: null,
      finishedAt: null,
      stopRequested: false,
    });
  });
  it('the first start is kept', () => {
    const known = buildContainer().facts;
    expect(factsOf(seen({ startedAt: now }), known, now).launchedAt).to.equal(known.launchedAt);
  });
  it('tells a look that brings nothing new from one that does', () => {
    const known = buildContainer().facts;
    const facts = factsOf(seen(), known, now);
    expect(differs(facts, { ...known, ...facts })).to.equal(false);
    expect(differs(factsOf(seen({ paused: true }), known, now), { ...known, ...facts })).to.equal(true);
  });
  it('shows each port number once, in order', () =>
    expect(portNumbers(['80/tcp', '53/udp', '53/tcp'])).to.deep.equal([53, 80]));
});
