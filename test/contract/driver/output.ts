import { expect } from 'chai';
import type { LogRequest } from '#core/runtime/driver.js';
import { until } from '#test/lib/until.js';
import { type Bench, refusal } from './subject.js';

const everything: LogRequest = { stdout: true, stderr: true, timestamps: false, tail: null, since: null };

/** Logs, stats and the list of processes. */
export function outputContract(bench: Bench): void {
  const read = async (uuid: string, want: Partial<LogRequest> = {}): Promise<string> =>
    (await bench.driver.logs(uuid, { ...everything, ...want })).toString();

  const printed = async (command: readonly string[], tty = false): Promise<string> => {
    const uuid = await bench.started({ command, tty, init: false });
    await until('end of the process', async () => (await bench.driver.inspect(uuid))?.exitCode === 0);
    return uuid;
  };

  describe('logs', () => {
    const script = ['sh', '-c', 'echo one; sleep 0.1; echo two >&2; sleep 0.1; echo three'];

    it('have both streams in order, or either', async () => {
      const uuid = await printed(script);
      expect(await read(uuid)).to.equal('one\ntwo\nthree\n');
      expect(await read(uuid, { stderr: false })).to.equal('one\nthree\n');
      expect(await read(uuid, { stdout: false })).to.equal('two\n');
    });

    it('end with as many lines as were asked for', async () => {
      const uuid = await printed(script);
      expect(await read(uuid, { tail: 2 })).to.equal('two\nthree\n');
      expect(await read(uuid, { tail: 0 })).to.equal('');
    });

    it('begin where they were asked to', async () => {
      const uuid = await printed(['sh', '-c', 'echo early; sleep 2; echo late']);
      const lines = (await read(uuid, { timestamps: true })).trim().split('\n');
      expect(lines).to.have.length(2);
      const [early, late] = lines.map((line) => Date.parse(line.split(' ')[0] ?? ''));
      if (early === undefined || late === undefined) throw new Error('no time stamps');
      expect(late - early).to.be.within(1_900, 10_000);
      expect(await read(uuid, { since: Math.floor(late / 1000) })).to.equal('late\n');
      expect(await read(uuid, { since: Math.floor(Date.now() / 1000) + 60 })).to.equal('');
    });

    it('of a terminal are what it showed', async () => {
      const uuid = await printed(script, true);
      expect(await read(uuid)).to.equal('one\r\ntwo\r\nthree\r\n');
      expect(await read(uuid, { tail: 1 })).to.equal('three\r\n');
    });

    it('are refused when the container is not there', async () => {
      expect((await refusal(read(bench.want().uuid))).kind).to.equal('not-found');
    });
  });

  describe('stats', () => {
    it('show what a busy container uses', async () => {
      const uuid = await bench.started({
        command: ['sh', '-c', 'while :; do :; done'],
        limits: { cpus: 0.5, memoryMb: 32 },
      });
      const seen = await bench.driver.stats(uuid);
      expect(seen.cpuPercent).to.be.within(5, 90);
      expect(seen.cpuTimeNs).to.be.greaterThan(0);
      expect(seen.onlineCpus).to.be.greaterThan(0);
      expect(seen.memoryLimitBytes).to.equal(32 * 1024 ** 2);
      expect(seen.memoryUsedBytes).to.be.within(1, 32 * 1024 ** 2);
      expect(seen.pids).to.be.within(1, 4);
    });

    it('are refused while it does not run', async () => {
      expect((await refusal(bench.driver.stats(await bench.created()))).kind).to.equal('not-running');
      expect((await refusal(bench.driver.stats(bench.want().uuid))).kind).to.equal('not-found');
    });
  });

  describe('top', () => {
    it('lists the processes, in the columns that were asked for', async () => {
      const uuid = await bench.started({ command: ['sleep', '611'], init: false });
      const seen = await bench.driver.top(uuid, null);
      expect(seen.titles).to.include.members(['PID', 'CMD']);
      expect(seen.processes).to.have.length(1);
      expect(seen.processes[0]?.[seen.titles.indexOf('CMD')]).to.equal('sleep 611');
      expect((await bench.driver.top(uuid, '-o pid,comm')).titles).to.deep.equal(['PID', 'COMMAND']);
    });

    it('is refused while it does not run', async () => {
      expect((await refusal(bench.driver.top(await bench.created(), null))).kind).to.equal('not-running');
    });
  });
}
