import { expect } from 'chai';
import { ExecTimeout } from '#core/domain/errors.js';
import type { Terminal } from '#core/runtime/driver.js';
import { failure, until } from '#test/lib/until.js';
import { type Bench, refusal } from './subject.js';

/** What a terminal has shown so far. */
function screen(terminal: Terminal): { readonly text: string; readonly ended: boolean } {
  const seen = { text: '', ended: false };
  terminal.output.on('data', (chunk: Buffer) => {
    seen.text += chunk.toString();
  });
  terminal.output.once('close', () => {
    seen.ended = true;
  });
  return seen;
}

/** Exec, with and without a terminal, and attach. */
export function processesContract(bench: Bench): void {
  const run = (uuid: string, command: readonly string[], timeoutMs?: number) =>
    bench.driver.exec(uuid, { command, tty: false, stdin: false }, timeoutMs === undefined ? {} : { timeoutMs });

  const isRunning = async (uuid: string, command: string): Promise<boolean> =>
    (await bench.driver.top(uuid, null)).processes.flat().some((cell) => cell.includes(command));

  describe('exec', () => {
    it('gives output of both streams in order, and the exit code', async () => {
      const uuid = await bench.started();
      const { output, exitCode } = await run(uuid, [
        'sh',
        '-c',
        'echo one; sleep 0.1; echo two >&2; sleep 0.1; echo three; exit 5',
      ]);
      expect(output.toString()).to.equal('one\ntwo\nthree\n');
      expect(exitCode).to.equal(5);
    });

    it('gives large output whole, over all frames', async () => {
      const uuid = await bench.started();
      const { output } = await run(uuid, ['sh', '-c', 'head -c 3000000 /dev/zero | tr "\\0" x']);
      expect(output.length).to.equal(3_000_000);
      expect(output.every((byte) => byte === 0x78)).to.equal(true);
    });

    it('refuses output without end', async () => {
      const uuid = await bench.started();
      expect((await refusal(run(uuid, ['yes']))).reason).to.include('MiB');
      await until('yes is gone', async () => !(await isRunning(uuid, 'yes')));
    });

    it('gives what a terminal shows', async () => {
      const uuid = await bench.started();
      const { output } = await bench.driver.exec(uuid, { command: ['tty'], tty: true, stdin: false });
      expect(output.toString()).to.match(/^\/dev\/pts\/\d+\r\n$/);
    });

    it('ends after its time, and the command with it', async () => {
      const uuid = await bench.started();
      const before = performance.now();
      const error = await failure(run(uuid, ['sh', '-c', 'sleep 543; true'], 1_000));
      expect(error).to.be.instanceOf(ExecTimeout);
      expect(error.message).to.include('sleep 543');
      expect(performance.now() - before).to.be.within(900, 7_000);
      await until('the command is gone', async () => !(await isRunning(uuid, 'sleep 543')));
    });

    it('ends when the caller gives up, with the reason of the caller', async () => {
      const uuid = await bench.started();
      const caller = new AbortController();
      const reason = new Error('the client left');
      const running = failure(
        bench.driver.exec(uuid, { command: ['sleep', '543'], tty: false, stdin: false }, { signal: caller.signal }),
      );
      await until('the command runs', () => isRunning(uuid, 'sleep 543'));
      caller.abort(reason);
      expect(await running).to.equal(reason);
      await until('the command is gone', async () => !(await isRunning(uuid, 'sleep 543')));
    });

    it('says so when there is no such command', async () => {
      const uuid = await bench.started();
      const { output, exitCode } = await run(uuid, ['no-such-command']);
      expect(exitCode).to.equal(126);
      expect(output.toString()).to.include('no-such-command');
    });

    it('is refused when the container does not run, is paused, or is not there', async () => {
      const created = await bench.created();
      expect((await refusal(run(created, ['true']))).kind).to.equal('not-running');
      const paused = await bench.started();
      await bench.driver.pause(paused);
      expect((await refusal(run(paused, ['true']))).kind).to.equal('conflict');
      expect((await refusal(run(bench.want().uuid, ['true']))).kind).to.equal('not-found');
    });
  });

  describe('interactive exec', () => {
    it('has a terminal that can be typed into and resized', async () => {
      const uuid = await bench.started();
      const id = await bench.driver.execCreate(uuid, { command: ['sh'], tty: true, stdin: true });
      const terminal = await bench.driver.execAttach(id, true);
      const seen = screen(terminal);
      await bench.driver.execResize(id, { rows: 31, columns: 91 });
      expect(await bench.driver.execExitCode(id)).to.equal(null);
      terminal.input.write('stty size; echo done$((1+1))\n');
      await until('answer of the shell', () => seen.text.includes('done2'));
      expect(seen.text).to.include('31 91');
      terminal.input.write('exit 3\n');
      await until('end of the stream', () => seen.ended);
      expect(await until('exit code', () => bench.driver.execExitCode(id))).to.equal(3);
    });

    it('passes on the end of the input', async () => {
      const uuid = await bench.started();
      const id = await bench.driver.execCreate(uuid, {
        command: ['sh', '-c', 'cat; echo end'],
        tty: false,
        stdin: true,
      });
      const terminal = await bench.driver.execAttach(id, false);
      const seen = screen(terminal);
      terminal.input.end('hello ');
      await until('end of the stream', () => seen.ended);
      expect(seen.text).to.equal('hello end\n');
    });
  });

  describe('attach', () => {
    it('is a terminal to the main process, resized from outside', async () => {
      const uuid = await bench.started({ command: ['sh'], tty: true, interactive: true, init: false });
      const terminal = await bench.driver.attach(uuid);
      const seen = screen(terminal);
      await bench.driver.resize(uuid, { rows: 22, columns: 77 });
      terminal.input.write('stty size; echo done$((1+1))\n');
      await until('answer of the shell', () => seen.text.includes('done2'));
      expect(seen.text).to.include('22 77');
      terminal.close();
      expect((await bench.driver.inspect(uuid))?.running).to.equal(true);
    });

    it('carries no stream headers without a terminal, and nothing of ours reaches the process', async () => {
      const uuid = await bench.started({ command: ['cat'], interactive: true, init: false });
      const terminal = await bench.driver.attach(uuid);
      const seen = screen(terminal);
      terminal.input.write('first\n');
      await until('echo', () => seen.text.includes('first'));
      terminal.input.write('second\n');
      await until('echo', () => seen.text.includes('second'));
      expect(seen.text).to.equal('first\nsecond\n');
      terminal.close();
      await until('closed', () => seen.ended);
    });

    it('ends when the process ends', async () => {
      const uuid = await bench.started({
        command: ['sh', '-c', 'read line; echo got $line; exit 4'],
        interactive: true,
      });
      const terminal = await bench.driver.attach(uuid);
      const seen = screen(terminal);
      terminal.input.write('it\n');
      await until('end of the stream', () => seen.ended);
      expect(seen.text).to.equal('got it\n');
      const code = await until('exit code', async () => (await bench.driver.inspect(uuid))?.exitCode);
      expect(code).to.equal(4);
    });

    it('is refused when the container is not there', async () => {
      expect((await refusal(bench.driver.attach(bench.want().uuid))).kind).to.equal('not-found');
    });
  });
}
