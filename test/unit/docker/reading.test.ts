import { Readable } from 'node:stream';
import { expect } from 'chai';
import { EngineRefused, Unavailable } from '#core/domain/errors.js';
import { DeadlinePassed } from '#core/lib/deadline.js';
import { time } from '#core/runtime/docker/answer.js';
import { enginePath } from '#core/runtime/docker/connection.js';
import { StreamDemux } from '#core/runtime/docker/demux.js';
import { EngineStatus, toDomainError } from '#core/runtime/docker/errors.js';
import { splitReference } from '#core/runtime/docker/names.js';
import { engineStats } from '#core/runtime/docker/stats.js';
import { jsonLines, readAll } from '#core/runtime/docker/streams.js';
import { failure } from '#test/lib/until.js';

const frame = (stream: number, payload: string): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(Buffer.byteLength(payload), 4);
  return Buffer.concat([header, Buffer.from(payload)]);
};

describe('docker streams', () => {
  it('lose their headers, wherever the chunks are cut', async () => {
    const whole = Buffer.concat([frame(1, 'one'), frame(2, ''), frame(2, 'two'), frame(1, 'x'.repeat(300))]);
    for (const size of [1, 2, 7, 8, 9, 100, whole.length]) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
      const clean = Readable.from(chunks).pipe(new StreamDemux());
      expect((await readAll(clean)).toString(), `chunks of ${size}`).to.equal(`onetwo${'x'.repeat(300)}`);
    }
  });

  it('that have no headers are an error, not garbage', async () => {
    const clean = Readable.from([Buffer.from('plain text of a terminal')]).pipe(new StreamDemux());
    expect(await failure(readAll(clean))).to.be.instanceOf(Unavailable);
  });

  it('of JSON are read by line, characters of several bytes cut in two included', async () => {
    const bytes = Buffer.from('{"a":"ä"}\r\n\n{"b":2}\n{"c":3}');
    const seen: unknown[] = [];
    for await (const value of jsonLines(Readable.from([...bytes].map((byte) => Buffer.from([byte]))))) seen.push(value);
    expect(seen).to.deep.equal([{ a: 'ä' }, { b: 2 }, { c: 3 }]);
  });
});

describe('docker names', () => {
  it('references are split into repository and tag or digest', () => {
    expect(splitReference('busybox')).to.deep.equal({ repository: 'busybox', tag: 'latest' });
    expect(splitReference('a/b:1')).to.deep.equal({ repository: 'a/b', tag: '1' });
    expect(splitReference('host:5000/a/b')).to.deep.equal({ repository: 'host:5000/a/b', tag: 'latest' });
    expect(splitReference('host:5000/a:2')).to.deep.equal({ repository: 'host:5000/a', tag: '2' });
    expect(splitReference('a@sha256:ff')).to.deep.equal({ repository: 'a', tag: 'sha256:ff' });
    expect(() => splitReference(':1')).to.throw(EngineRefused);
    expect(() => splitReference('a:')).to.throw(EngineRefused);
  });

  it('cannot lead to another part of the API', () => {
    expect(enginePath('images', 'a/b:1', 'json')).to.equal('/images/a/b%3A1/json');
    for (const name of ['../containers/x', 'a//b', '', 'a/./b']) {
      expect(() => enginePath('images', name, 'json'), name).to.throw(EngineRefused);
    }
    expect(enginePath('networks', 'a?b#c')).to.equal('/networks/a%3Fb%23c');
  });

  it('the zero time of Go is no time', () => {
    expect(time('0001-01-01T00:00:00Z')).to.equal(null);
    expect(time('2026-01-02T03:04:05.123456789Z')?.toISOString()).to.equal('2026-01-02T03:04:05.123Z');
  });
});

describe('docker errors', () => {
  const kindOf = (status: number, message = 'why'): unknown => {
    const error = toDomainError('x', '/s', new EngineStatus(status, message));
    return error instanceof EngineRefused ? error.kind : error.name;
  };

  it('say what the status means', () => {
    expect([400, 403, 404, 409, 500].map((status) => kindOf(status))).to.deep.equal([
      'invalid',
      'conflict',
      'not-found',
      'conflict',
      'failed',
    ]);
    expect(kindOf(409, 'Container abc is not running')).to.equal('not-running');
    expect(kindOf(503)).to.equal('Unavailable');
  });

  it('tell an engine that is away from a defect of ours', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    expect(toDomainError('x', '/s', refused))
      .to.be.instanceOf(Unavailable)
      .with.property('message')
      .that.includes('/s');
    expect(toDomainError('x', '/s', new DeadlinePassed('x', 1500))).to.be.instanceOf(Unavailable);
    expect(toDomainError('x', '/s', Object.assign(new Error('hang up'), { code: 'ECONNRESET' }))).to.be.instanceOf(
      Unavailable,
    );
    expect(toDomainError('x', '/s', new TypeError('undefined is not'))).to.be.instanceOf(TypeError);
  });
});

describe('docker stats', () => {
  const sample = (cpu: number, system: number) => ({
    cpu_usage: { total_usage: cpu },
    system_cpu_usage: system,
    online_cpus: 2,
  });

  it('are the difference of two samples', () => {
    const seen = engineStats({
      cpu_stats: sample(1_500, 20_000),
      precpu_stats: sample(1_000, 10_000),
      memory_stats: { usage: 1_000, limit: 5_000, stats: { inactive_file: 100, total_inactive_file: 300 } },
      networks: { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
      blkio_stats: {
        io_service_bytes_recursive: [
          { op: 'Read', value: 5 },
          { op: 'read', value: 6 },
          { op: 'Write', value: 7 },
          { op: 'Total', value: 99 },
        ],
      },
      pids_stats: { current: 3 },
    });
    expect(seen).to.deep.equal({
      cpuPercent: 10,
      cpuTimeNs: 1_500,
      onlineCpus: 2,
      memoryUsedBytes: 700,
      memoryLimitBytes: 5_000,
      blockReadBytes: 11,
      blockWriteBytes: 7,
      networkReceivedBytes: 11,
      networkSentBytes: 22,
      pids: 3,
    });
  });

  it('need no network, block device or first sample', () => {
    const seen = engineStats({
      cpu_stats: sample(10, 100),
      precpu_stats: { cpu_usage: { total_usage: 0 } },
      memory_stats: { usage: 50, stats: { inactive_file: 20 } },
      blkio_stats: { io_service_bytes_recursive: null },
    });
    expect(seen).to.include({ memoryUsedBytes: 30, blockReadBytes: 0, networkSentBytes: 0, cpuPercent: 20 });
  });
});
