import { expect } from 'chai';
import { DeadlinePassed, withLazyDeadline } from '#core/lib/deadline.js';
import { failure } from '#test/lib/until.js';

const forEver = (): Promise<never> => new Promise(() => undefined);

describe('deadline with a signal that is made when asked for', () => {
  it('gives what the work gives, and what it throws', async () => {
    expect(await withLazyDeadline('work', 1_000, async () => 7)).to.equal(7);
    const error = await failure(
      withLazyDeadline('work', 1_000, async () => {
        throw new Error('bad');
      }),
    );
    expect(error.message).to.equal('bad');
  });

  it('settles at its time, whatever the work does', async () => {
    expect(await failure(withLazyDeadline('work', 5, forEver))).to.be.instanceOf(DeadlinePassed);
  });

  it('fires the signal that the work holds, with the reason', async () => {
    let held: AbortSignal | undefined;
    const error = await failure(
      withLazyDeadline('work', 5, (signal) => {
        held = signal();
        expect(signal()).to.equal(held);
        return forEver();
      }),
    );
    expect(held?.aborted).to.equal(true);
    expect(held?.reason).to.equal(error);
  });

  it('has fired for work that asks too late', async () => {
    let ask: (() => AbortSignal) | undefined;
    const error = await failure(
      withLazyDeadline('work', 5, (signal) => {
        ask = signal;
        return forEver();
      }),
    );
    expect(ask?.().reason).to.equal(error);
  });
});
