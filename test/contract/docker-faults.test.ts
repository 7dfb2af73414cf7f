import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { ExecTimeout, Unavailable } from '#core/domain/errors.js';
import { silent } from '#core/logging/logger.js';
import { createDockerDriver } from '#core/runtime/docker/docker-driver.js';
import type { RuntimeDriver } from '#core/runtime/driver.js';
import { engineContainer } from '#test/lib/engine-container.js';
import { type FakeEngine, fakeEngine, halfAnsweringEngine, hangingEngine } from '#test/lib/fake-engine.js';
import { failure, until } from '#test/lib/until.js';

const timeoutMs = 200;
const anything = { stdout: true, stderr: true, timestamps: false, tail: null, since: null };

const driverAt = (socketPath: string): RuntimeDriver =>
  createDockerDriver({
    socketPath,
    identity: { deployment: 'd', host: 'h' },
    log: silent(),
    deadlines: { idle: 200 },
  });

/** Every call that asks the engine for something, by the name of its method. */
function calls(driver: RuntimeDriver): Record<string, () => Promise<unknown>> {
  const uuid = randomUUID();
  const o = { timeoutMs };
  const command = { command: ['true'], tty: false, stdin: false };
  const network = {
    name: 'n',
    driver: 'bridge',
    ipamDriver: 'default',
    subnets: [],
    internal: false,
    mtu: null,
    labels: {},
    options: {},
  };
  return {
    ping: () => driver.ping(o),
    info: () => driver.info(o),
    create: () => driver.create(engineContainer(), o),
    start: () => driver.start(uuid, o),
    stop: () => driver.stop(uuid, 1, o),
    kill: () => driver.kill(uuid, 'SIGKILL', o),
    pause: () => driver.pause(uuid, o),
    unpause: () => driver.unpause(uuid, o),
    update: () => driver.update(uuid, { cpus: 1 }, o),
    remove: () => driver.remove(uuid, o),
    inspect: () => driver.inspect(uuid, o),
    list: () => driver.list(o),
    logs: () => driver.logs(uuid, anything, o),
    execCreate: () => driver.execCreate(uuid, command, o),
    execAttach: () => driver.execAttach('e', false, o),
    execResize: () => driver.execResize('e', { rows: 1, columns: 1 }, o),
    execExitCode: () => driver.execExitCode('e', o),
    attach: () => driver.attach(uuid, o),
    resize: () => driver.resize(uuid, { rows: 1, columns: 1 }, o),
    top: () => driver.top(uuid, null, o),
    stats: () => driver.stats(uuid, o),
    getArchive: () => driver.getArchive(uuid, '/etc', o),
    putArchive: () => driver.putArchive(uuid, '/etc', Buffer.alloc(1024), o),
    putFiles: () => driver.putFiles(uuid, [{ path: '/etc/x', contentBase64: '', mode: 0o644 }], o),
    commit: () => driver.commit(uuid, 'x:1', o),
    inspectImage: () => driver.inspectImage('x', o),
    listImages: () => driver.listImages(o),
    pullImage: () => driver.pullImage('x', null, o),
    saveImage: () => driver.saveImage('x', o),
    removeImage: () => driver.removeImage('x', o),
    tagImage: () => driver.tagImage('x', 'y', o),
    ensureNetwork: () => driver.ensureNetwork(network, o),
    removeNetwork: () => driver.removeNetwork('n', o),
    listNetworks: () => driver.listNetworks(o),
    listSubnets: () => driver.listSubnets(o),
  };
}

describe('docker driver and an engine that fails', () => {
  let engine: FakeEngine | null = null;
  afterEach(async () => {
    await engine?.close();
    engine = null;
  });

  const withEngine = async (made: Promise<FakeEngine>): Promise<RuntimeDriver> => {
    engine = await made;
    return driverAt(engine.socketPath);
  };

  for (const method of Object.keys(calls(driverAt('/nowhere')))) {
    it(`${method} ends within its deadline when the engine never answers`, async () => {
      const driver = await withEngine(hangingEngine());
      const before = performance.now();
      const error = await failure(calls(driver)[method]?.() ?? Promise.resolve());
      expect(error).to.be.instanceOf(Unavailable);
      expect(error.message).to.include('did not answer within 0.2 s');
      expect(performance.now() - before).to.be.lessThan(2_000);
    });
  }

  it('a list cut off in the middle is no list, and is known at once', async () => {
    const driver = await withEngine(halfAnsweringEngine('dies'));
    const before = performance.now();
    const error = await failure(driver.list({ timeoutMs: 10_000 }));
    expect(error).to.be.instanceOf(Unavailable);
    expect(performance.now() - before).to.be.lessThan(2_000);
  });

  it('a list that never ends is given up', async () => {
    const driver = await withEngine(halfAnsweringEngine('hangs'));
    expect(await failure(driver.list({ timeoutMs }))).to.be.instanceOf(Unavailable);
  });

  it('an answer of another shape is no empty list and no missing container', async () => {
    for (const body of ['{}', 'null', '"proxy error"', '[{"Id": "x"}]']) {
      const driver = await withEngine(
        fakeEngine((socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)),
      );
      expect(await failure(driver.list({ timeoutMs })), body).to.be.instanceOf(Unavailable);
      expect(await failure(driver.inspect(randomUUID(), { timeoutMs })), body).to.be.instanceOf(Unavailable);
      await engine?.close();
    }
    engine = null;
  });

  it('an engine that is not there is named', async () => {
    const error = await failure(driverAt('/nowhere/docker.sock').list());
    expect(error).to.be.instanceOf(Unavailable);
    expect(error.message).to.include('/nowhere/docker.sock').and.to.include('ENOENT');
  });

  it('the caller that gives up hears its own reason', async () => {
    const driver = await withEngine(hangingEngine());
    const caller = new AbortController();
    const reason = new Error('shutting down');
    const listing = failure(driver.list({ signal: caller.signal }));
    caller.abort(reason);
    expect(await listing).to.equal(reason);
  });

  it('an exec whose engine goes silent is a timeout of the command', async () => {
    const answers = [
      'HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n{"Id":"e"}',
      'HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n',
    ];
    const driver = await withEngine(
      fakeEngine((socket) => {
        const next = (): void => void socket.write(answers.shift() ?? '');
        next();
        socket.on('data', next);
      }),
    );
    const work = driver.exec(randomUUID(), { command: ['sleep', '9'], tty: false, stdin: false }, { timeoutMs });
    expect(await failure(work)).to.be.instanceOf(ExecTimeout);
  });

  it('an archive that stops coming breaks off with an error, not with an end', async () => {
    const stat = Buffer.from(JSON.stringify({ name: 'x', size: 9, mode: 420, mtime: '', linkTarget: '' })).toString(
      'base64',
    );
    for (const after of ['dies', 'hangs'] as const) {
      const driver = await withEngine(
        fakeEngine((socket) => {
          socket.write(
            `HTTP/1.1 200 OK\r\nX-Docker-Container-Path-Stat: ${stat}\r\nContent-Length: 5000\r\n\r\nhalf`,
            () => {
              if (after === 'dies') socket.destroy();
            },
          );
        }),
      );
      const { tar } = await driver.getArchive(randomUUID(), '/x');
      const reading = (async () => {
        for await (const _chunk of tar);
      })();
      expect(await failure(reading), after).to.be.instanceOf(Unavailable);
      await engine?.close();
    }
    engine = null;
  });

  it('an error in the progress of a pull is a refusal', async () => {
    const lines = '{"status":"Pulling"}\n{"errorDetail":{"message":"manifest unknown"},"error":"manifest unknown"}\n';
    const driver = await withEngine(
      fakeEngine((socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${lines.length}\r\n\r\n${lines}`)),
    );
    const error = await failure(driver.pullImage('x:1', null, { timeoutMs }));
    expect(error).to.include({ name: 'EngineRefused', reason: 'manifest unknown' });
  });

  it('a start that an engine crash has made impossible says what helps', async () => {
    const refusal = JSON.stringify({ message: 'task 3fd0c0ffee: already exists: unknown' });
    const container = JSON.stringify({ Id: '3fd0c0ffee' });
    const driver = await withEngine(
      fakeEngine((socket, sent) => {
        const [status, body] = sent.toString().startsWith('POST') ? ['500 Error', refusal] : ['200 OK', container];
        socket.end(`HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
      }),
    );
    const error = await failure(driver.start(randomUUID(), { timeoutMs }));
    expect(error).to.include({ name: 'EngineRefused', kind: 'failed' });
    expect(error.message).to.include('made anew').and.to.include('task 3fd0c0ffee');
  });

  it('credentials go into the header for the registry, and into no error', async () => {
    let header = '';
    const driver = await withEngine(
      fakeEngine((socket, sent) => {
        header = /^x-registry-auth: (.*)$/im.exec(sent.toString())?.[1] ?? '';
        socket.end('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 18\r\n\r\n{"message":"nope"}');
      }),
    );
    const credentials = { domain: 'registry.example', username: 'me', password: 'a secret' };
    const error = await failure(driver.pullImage('registry.example/x:1', credentials, { timeoutMs }));
    expect(error).to.include({ name: 'EngineRefused', reason: 'nope', kind: 'failed' });
    expect(error.stack).not.to.include('a secret');
    expect(JSON.parse(Buffer.from(header.trim(), 'base64url').toString())).to.deep.equal({
      username: 'me',
      password: 'a secret',
      serveraddress: 'registry.example',
    });
  });

  it('events reject when the connection breaks, and never report half an event', async () => {
    const line = '{"Type":"image","Action":"tag"}\n{"Type":"image","Act';
    const sockets: Socket[] = [];
    const driver = await withEngine(
      fakeEngine((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${line.length.toString(16)}\r\n${line}\r\n`);
        sockets.push(socket);
      }),
    );
    const seen: string[] = [];
    let opened = 0;
    const watching = failure(
      driver.events(
        (event) => seen.push(event.action),
        new AbortController().signal,
        () => {
          opened += 1;
        },
      ),
    );
    await until('first event', () => seen.length === 1);
    sockets[0]?.destroy();
    expect(await watching).to.be.instanceOf(Unavailable);
    expect(seen).to.deep.equal(['tag']);
    expect(opened).to.equal(1);
  });

  it('events end when the caller wants, also before the stream is open', async () => {
    const driver = await withEngine(hangingEngine());
    const caller = new AbortController();
    const watching = driver.events(
      () => undefined,
      caller.signal,
      () => {
        throw new Error('was never open');
      },
    );
    caller.abort();
    await watching;
    await driver.events(() => undefined, caller.signal);
  });
});
