import { expect } from 'chai';
import { SharedReads } from '#core/lib/shared-reads.js';
import { failure } from '#test/lib/until.js';

/** Reads that end when the test says so. */
class Reads {
  readonly ends: ((value: number | Error) => void)[] = [];
  readonly read = (): Promise<number> =>
    new Promise((resolve, reject) => {
      this.ends.push((value) => (value instanceof Error ? reject(value) : resolve(value)));
    });
  end(i: number, value: number | Error): void {
    this.ends[i]?.(value);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('shared reads', () => {
  it('is one for all who ask in the same turn', async () => {
    const reads = new Reads();
    const shared = new SharedReads<number>();
    const all = [shared.get('k', reads.read), shared.get('k', reads.read), shared.get('k', reads.read)];
    expect(reads.ends).to.have.length(0);
    await turn();
    expect(reads.ends).to.have.length(1);
    reads.end(0, 1);
    expect(await Promise.all(all)).to.deep.equal([1, 1, 1]);
  });

  it('never answers with a read that began before the question', async () => {
    const reads = new Reads();
    const shared = new SharedReads<number>();
    const first = shared.get('k', reads.read);
    await turn();
    const later = [shared.get('k', reads.read), shared.get('k', reads.read)];
    await turn();
    expect(reads.ends, 'the second waits for the first').to.have.length(1);
    reads.end(0, 1);
    expect(await first).to.equal(1);
    await turn();
    expect(reads.ends, 'one more, for both').to.have.length(2);
    const last = shared.get('k', reads.read);
    reads.end(1, 2);
    expect(await Promise.all(later)).to.deep.equal([2, 2]);
    await turn();
    reads.end(2, 3);
    expect(await last).to.equal(3);
  });

  it('keeps keys apart, and forgets what has ended', async () => {
    const reads = new Reads();
    const shared = new SharedReads<number>();
    const both = [shared.get('a', reads.read), shared.get('b', reads.read)];
    await turn();
    reads.end(0, 1);
    reads.end(1, 2);
    expect(await Promise.all(both)).to.deep.equal([1, 2]);
    const again = shared.get('a', reads.read);
    await turn();
    reads.end(2, 3);
    expect(await again).to.equal(3);
  });

  it('gives a failure to those who share it, and goes on', async () => {
    const reads = new Reads();
    const shared = new SharedReads<number>();
    const first = failure(shared.get('k', reads.read));
    await turn();
    const next = [failure(shared.get('k', reads.read)), failure(shared.get('k', reads.read))];
    reads.end(0, new Error('one'));
    expect((await first).message).to.equal('one');
    await turn();
    reads.end(1, new Error('two'));
    expect((await Promise.all(next)).map((e) => e.message)).to.deep.equal(['two', 'two']);
    const after = shared.get('k', reads.read);
    await turn();
    reads.end(2, 3);
    expect(await after).to.equal(3);
  });
});
