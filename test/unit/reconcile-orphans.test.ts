import { expect } from 'chai';
import { Bell } from '#core/lib/bell.js';
import { Orphans } from '#core/reconcile/orphans.js';
import type { ListedContainer } from '#core/runtime/driver.js';

const listed = (engineId: string): ListedContainer => ({
  uuid: 'ab640e60-8dfb-4d0a-b815-9496dd8b1870',
  engineId,
  generation: 1,
  createdAt: new Date(0),
  state: 'running',
});

describe('orphans', () => {
  it('are due when they have been orphans for the grace, however old they are', () => {
    const orphans = new Orphans();
    expect(orphans.due([listed('a')], 1000, 0)).to.deep.equal([]);
    expect(orphans.due([listed('a')], 1000, 999)).to.deep.equal([]);
    expect(orphans.due([listed('a'), listed('b')], 1000, 1000)).to.deep.equal([listed('a')]);
  });
  it('begin anew when a list had a row for them, or when they were made anew', () => {
    const orphans = new Orphans();
    orphans.due([listed('a')], 1000, 0);
    orphans.due([], 1000, 500);
    expect(orphans.due([listed('a')], 1000, 1200)).to.deep.equal([]);
    expect(orphans.due([listed('b')], 1000, 2300)).to.deep.equal([]);
  });
});

describe('bell', () => {
  const never = new AbortController().signal;
  it('keeps a ring for the next wait, and only for that', async () => {
    const bell = new Bell();
    bell.ring();
    bell.ring();
    await bell.wait(never);
    const begun = performance.now();
    await bell.wait(never, 30);
    expect(performance.now() - begun).to.be.greaterThan(25);
  });
  it('wakes whoever waits, by a ring and by the signal', async () => {
    const bell = new Bell();
    const rung = bell.wait(never);
    bell.ring();
    await rung;
    const controller = new AbortController();
    const ended = bell.wait(controller.signal);
    controller.abort();
    await ended;
    await bell.wait(controller.signal);
  });
});
