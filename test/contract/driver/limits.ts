import { expect } from 'chai';
import { until } from '#test/lib/until.js';
import { type Bench, refusal } from './subject.js';

/** Limits as the container itself meets them, and what the engine says of health, memory and runtime. */
export function limitsContract(bench: Bench): void {
  const shell = async (uuid: string, script: string): Promise<string> => {
    const { output } = await bench.driver.exec(uuid, { command: ['sh', '-c', script], tty: false, stdin: false });
    return output.toString().trim();
  };

  it('the memory limit holds, and the engine says why the process ended', async () => {
    const uuid = await bench.started({
      limits: { memoryMb: 16 },
      command: ['sh', '-c', 'x=$(head -c 100000000 /dev/zero | tr "\\0" x)'],
      init: false,
    });
    const seen = await until('out of memory', async () => {
      const now = await bench.driver.inspect(uuid);
      return now?.finishedAt ? now : null;
    });
    expect(seen.oomKilled).to.equal(true);
  });

  it('the process limit holds', async () => {
    const uuid = await bench.started({ limits: { pids: 8 } });
    const said = await shell(uuid, 'for i in 1 2 3 4 5 6 7 8 9; do sleep 5 & done; echo started');
    expect(said).to.match(/fork/);
  });

  it('shared memory has the size that was asked for', async () => {
    const uuid = await bench.started({ limits: { shmMb: 7 } });
    expect(await shell(uuid, "df -k /dev/shm | awk 'NR==2 {print $2}'")).to.equal('7168');
  });

  it('privileges cannot be gained', async () => {
    const uuid = await bench.started();
    expect(await shell(uuid, "awk '/NoNewPrivs/ {print $2}' /proc/self/status")).to.equal('1');
  });

  it('environment, working directory, user and host name are those that were asked for', async () => {
    const uuid = await bench.started({
      environment: { GREETING: 'a=b c' },
      workdir: '/tmp',
      user: 'nobody',
      hostname: 'web1',
    });
    expect(await shell(uuid, 'echo "$GREETING|$(pwd)|$(id -un)|$(hostname)"')).to.equal('a=b c|/tmp|nobody|web1');
  });

  it('live limits change, and change again', async () => {
    const uuid = await bench.started({ limits: { cpus: 0.5, memoryMb: 64, swapMb: 0 } });
    await bench.driver.update(uuid, { memoryMb: 128 });
    expect((await bench.driver.stats(uuid)).memoryLimitBytes).to.equal(128 * 1024 ** 2);
    await bench.driver.update(uuid, { cpus: 1, memoryMb: 32, swapMb: 32 });
    expect((await bench.driver.stats(uuid)).memoryLimitBytes).to.equal(32 * 1024 ** 2);
    await bench.driver.update(uuid, { cpus: 0 });
  });

  it('more processors than the host has are refused, not cut', async () => {
    const error = await refusal(bench.driver.create(bench.want({ limits: { cpus: 4096 } })));
    expect(error.kind).to.equal('invalid');
    expect(error.reason).to.match(/cpu/i);
  });

  it('an unknown runtime is refused before anything is made', async () => {
    const want = bench.want({ runtime: 'no-such-runtime' });
    expect((await refusal(bench.driver.create(want))).kind).to.equal('invalid');
    expect(await bench.driver.inspect(want.uuid)).to.equal(null);
  });

  it('a command that is not there is refused at the start, with the reason', async () => {
    const uuid = await bench.created({ command: ['/no/such/program'], init: false });
    const error = await refusal(bench.driver.start(uuid));
    expect(error.reason).to.include('/no/such/program');
    const seen = await bench.driver.inspect(uuid);
    expect(seen).to.include({ running: false, exitCode: 127 });
    expect(seen?.error).to.include('/no/such/program');
  });

  it('health goes from starting to healthy to unhealthy', async () => {
    const uuid = await bench.started({
      healthcheck: { test: 'test ! -e /tmp/sick', interval: 0.1, timeout: 2, retries: 1 },
    });
    const health = async () => (await bench.driver.inspect(uuid))?.health ?? null;
    await until('healthy', async () => (await health()) === 'healthy', 20_000);
    await shell(uuid, 'touch /tmp/sick');
    await until('unhealthy', async () => (await health()) === 'unhealthy', 20_000);
  });

  it('a restart policy starts it again', async () => {
    const uuid = await bench.started({
      command: [
        'sh',
        '-c',
        'echo x >>/tmp/starts; sleep 0.2; [ $(wc -l </tmp/starts) -ge 2 ] && exec sleep 600; exit 3',
      ],
      restartPolicy: { name: 'on-failure', maximumRetryCount: 5 },
    });
    const counted = async (): Promise<boolean> => {
      const seen = await bench.driver.inspect(uuid);
      return seen?.running === true && (await shell(uuid, 'wc -l </tmp/starts').catch(() => '')) === '2';
    };
    await until('second start', counted, 20_000);
  });

  it('an auto-remove container is gone once it has ended', async () => {
    const uuid = await bench.started({ autoRemove: true, command: ['true'] });
    await until('gone', async () => (await bench.driver.inspect(uuid)) === null);
  });

  it('the stop signal is the one that was asked for', async () => {
    const uuid = await bench.started({
      command: ['sh', '-c', 'trap "exit 7" USR1; while :; do sleep 0.1; done'],
      init: false,
      stopSignal: 'SIGUSR1',
    });
    await bench.driver.stop(uuid, 8);
    expect((await bench.driver.inspect(uuid))?.exitCode).to.equal(7);
  });

  it('stop ends with SIGKILL when the grace period is over', async () => {
    const uuid = await bench.started({
      command: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'],
      init: false,
    });
    const before = performance.now();
    await bench.driver.stop(uuid, 1);
    expect(performance.now() - before).to.be.within(900, 9_000);
    expect(await bench.driver.inspect(uuid)).to.include({ running: false, exitCode: 137 });
  });

  it('stop uses the grace period of the container when none is given', async () => {
    const uuid = await bench.started({
      command: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'],
      init: false,
      stopTimeout: 1,
    });
    const before = performance.now();
    await bench.driver.stop(uuid, null);
    expect(performance.now() - before).to.be.lessThan(9_000);
  });
}
