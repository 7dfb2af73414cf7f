import { expect } from 'chai';
import { SingleFlight } from '#core/lib/single-flight.js';
import { failure } from '#test/lib/until.js';

const open = (): AbortSignal => new AbortController().signal;

describe('SingleFlight', () => {
  it('does the work once for all that ask at the same time, and again afterwards', async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    const work = async (): Promise<number> => ++runs;
    const answers = await Promise.all([1, 2, 3].map(() => flights.run('a', open(), work)));
    expect(answers).to.deep.equal([1, 1, 1]);
    expect(await flights.run('a', open(), work)).to.equal(2);
  });

  it('lets one leave without ending the work of the others', async () => {
    const flights = new SingleFlight<string>();
    let finish: (value: string) => void = () => undefined;
    const end = new Promise<string>((resolve) => {
      finish = resolve;
    });
    const leaving = new AbortController();
    const first = flights.run('a', leaving.signal, () => end);
    const second = flights.run('a', open(), () => end);
    leaving.abort(new Error('I go'));
    expect((await failure(first)).message).to.equal('I go');
    finish('done');
    expect(await second).to.equal('done');
  });

  it('aborts the work when all have left, and begins anew for the next', async () => {
    const flights = new SingleFlight<string>();
    const leaving = new AbortController();
    let seen: AbortSignal | undefined;
    const first = flights.run('a', leaving.signal, (signal) => {
      seen = signal;
      return new Promise<string>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    });
    leaving.abort(new Error('I go'));
    await failure(first);
    expect(seen?.aborted).to.equal(true);
    expect(await flights.run('a', open(), async () => 'anew')).to.equal('anew');
  });

  it('gives the failure to all', async () => {
    const flights = new SingleFlight<string>();
    const work = (): Promise<string> => Promise.reject(new Error('broken'));
    const errors = await Promise.all([1, 2].map(() => failure(flights.run('a', open(), work))));
    expect(errors.map((e) => e.message)).to.deep.equal(['broken', 'broken']);
  });
});
