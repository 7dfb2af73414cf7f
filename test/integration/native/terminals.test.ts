import { readdirSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { expect } from 'chai';
import type { Answer, RequestOptions } from '#test/lib/api-client.js';
import { containersOf } from '#test/lib/containers.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { failure, until } from '#test/lib/until.js';
import { connect, type Screen } from '#test/lib/web-socket.js';

describe('native API: terminals', function () {
  this.timeout(30_000);
  let zunova: Deployment;
  let shell = '';
  before(async () => {
    zunova = await deploy({ ZUNOVA_WEBSOCKET_ALLOWED_ORIGINS: 'horizon.example, other.example' });
    shell = await containersOf(zunova).running({ command: ['sh'], interactive: true, tty: true });
  });
  after(() => zunova.close());

  const call = (method: string, path: string, options: RequestOptions = {}): Promise<Answer> =>
    zunova.client.native(method, `/containers/${path}`, options);
  const title = ({ json }: Answer): string => json.str('errors', 0, 'title');

  async function attachUrl(uuid = shell): Promise<string> {
    const answer = await call('GET', `${uuid}/attach`);
    expect(answer.status, answer.text).to.equal(200);
    return answer.json.str();
  }
  async function exec(command: string, uuid = shell): Promise<{ url: string; id: string }> {
    const answer = await call(
      'POST',
      `${uuid}/execute?command=${encodeURIComponent(command)}&interactive=True&run=False`,
    );
    expect(answer.status, answer.text).to.equal(200);
    expect(answer.json.value).to.deep.include({ output: null, exit_code: null });
    return { url: answer.json.str('proxy_url'), id: answer.json.str('exec_id') };
  }
  const sessions = async (): Promise<number> =>
    (
      await zunova.db.database.one<{ n: number }>(
        'select count(*)::integer n from terminal_sessions where used_at is not null',
      )
    )?.n ?? -1;
  const running = async (uuid: string, text: string): Promise<boolean> =>
    (await call('GET', `${uuid}/top`)).json.list('Processes').some((p) => JSON.stringify(p.value).includes(text));

  it('attach by a URL and a sub-protocol as the clients know them', async () => {
    const url = await attachUrl();
    expect(url).to.match(
      new RegExp(`^ws://127\\.0\\.0\\.1:${zunova.running.ports.websocket}/\\?token=[0-9a-f-]{36}&uuid=${shell}$`),
    );
    const screen = await connect(url, { origin: 'http://127.0.0.1:None' });
    expect(screen.socket.protocol).to.equal('binary');
    screen.socket.send(Buffer.from('echo $((40+2))\r'));
    await screen.shows('42\r\n');
    screen.socket.close();
    await screen.closed;
    // The process does not mind, and somebody else may attach.
    const again = await connect(await attachUrl());
    again.socket.send('echo $((50+2))\r');
    await again.shows('52\r\n');
    again.socket.terminate();
  });

  it('give output of a process without a terminal without headers of the engine', async () => {
    const cat = await containersOf(zunova).running({ command: ['cat'], interactive: true });
    const screen = await connect(await attachUrl(cat));
    screen.socket.send('hello\n');
    await screen.shows('hello\n');
    expect(screen.text()).to.equal('hello\n');
    screen.socket.terminate();
  });

  it('start a command when the client connects, and end with it', async () => {
    const { url, id } = await exec(`sh -c 'echo ready; read x; echo got $x; exit 3'`);
    expect(url).to.match(new RegExp(`&uuid=${shell}&exec_id=${id}$`));
    const early = await call('POST', `${shell}/execute_resize?exec_id=${id}&h=30&w=100`);
    expect(early.status).to.equal(400);
    expect(title(early)).to.equal(`no such exec instance: ${id}`);
    expect(await running(shell, 'read x')).to.equal(false);
    const screen = await connect(url);
    await screen.shows('ready\r\n');
    screen.socket.send('abc\r');
    expect(await screen.closed).to.deep.equal({ code: 1000, reason: 'Target closed' });
    expect(screen.text()).to.contain('got abc\r\n');
    const late = await call('POST', `${shell}/execute_resize?exec_id=${id}&h=30&w=100`);
    expect(late.status).to.equal(400);
  });

  it('take the size of the window', async () => {
    const { url, id } = await exec('sh');
    const screen = await connect(url);
    for (const [rows, columns] of [
      [31, 101],
      [32, 102],
    ]) {
      const resized = await call('POST', `${shell}/execute_resize?exec_id=${id}&h=${rows}&w=${columns}`);
      expect(resized.status, resized.text).to.equal(200);
      expect(resized.text).to.equal('null');
      screen.socket.send('stty size\r');
      await screen.shows(`${rows} ${columns}\r\n`);
    }
    screen.socket.terminate();
    const main = await connect(await attachUrl());
    expect((await call('POST', `${shell}/resize?w=103&h=33`)).status).to.equal(200);
    main.socket.send('stty size\r');
    await main.shows('33 103\r\n');
    main.socket.terminate();
  });

  it('give a command that runs to its end a terminal when asked', async () => {
    const command = encodeURIComponent(`sh -c 'test -t 1 && echo yes'`);
    const answer = await call('POST', `${shell}/execute?command=${command}&interactive=True`);
    expect(answer.json.value).to.deep.equal({ output: 'yes\r\n', exit_code: 0, exec_id: null, proxy_url: null });
  });

  describe('refuse before the upgrade', () => {
    const refused = async (url: string, status: number, headers = {}, protocols?: string[]): Promise<void> => {
      const error = await failure(connect(url, headers, protocols));
      expect(error.message).to.equal(`Unexpected server response: ${status}`);
    };

    it('a token that was used', async () => {
      const url = await attachUrl();
      const screen = await connect(url);
      await refused(url, 403);
      screen.socket.terminate();
      const { url: execUrl } = await exec('true');
      await (await connect(execUrl)).closed;
      await refused(execUrl, 403);
    });

    it('a token that is too old', async () => {
      const url = await attachUrl();
      await zunova.db.database.query(`update terminal_sessions set expires_at = now() where used_at is null`);
      await refused(url, 403);
    });

    it('a token for something else, which it does not use up', async () => {
      const other = await containersOf(zunova).running({ command: ['cat'], interactive: true });
      const url = await attachUrl();
      const { url: execUrl, id } = await exec('cat');
      await refused(url.replace(shell, other), 403);
      await refused(`${url}&exec_id=${id}`, 403);
      await refused(execUrl.replace(/&exec_id.*/, ''), 403);
      await refused(
        execUrl.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
        403,
      );
      for (const good of [url, execUrl]) (await connect(good)).socket.terminate();
    });

    it('no token, a wrong one, and other sub-protocols', async () => {
      const base = `ws://127.0.0.1:${zunova.running.ports.websocket}/`;
      await refused(base, 400);
      await refused(`${base}?uuid=${shell}`, 400);
      await refused(`${base}?token=${shell}&uuid=${shell}`, 403);
      await refused(`${base}?token=x&uuid=${encodeURIComponent("' or 1=1")}`, 403);
      await refused(await attachUrl(), 400, {}, ['base64']);
    });

    it('pages of other hosts, whose request uses nothing up', async () => {
      const url = await attachUrl();
      await refused(url, 403, { origin: 'http://evil.example' });
      await refused(url, 403, { origin: 'https://127.0.0.1' });
      (await connect(url, { origin: 'http://horizon.example' })).socket.terminate();
    });

    it('a process that has ended meanwhile', async () => {
      const uuid = await containersOf(zunova).running({ command: ['cat'], interactive: true });
      const url = await attachUrl(uuid);
      const { url: execUrl } = await exec('cat', uuid);
      await call('POST', `${uuid}/kill`);
      await containersOf(zunova).reaches(uuid, 'Stopped');
      await refused(execUrl, 409);
      expect((await call('GET', `${uuid}/attach`)).status).to.equal(409);
      await refused(url, 409);
    });

    it('what is no WebSocket', async () => {
      const answer = await fetch(`http://127.0.0.1:${zunova.running.ports.websocket}/`);
      expect(answer.status).to.equal(426);
    });
  });

  it('the token is nowhere in the database', async () => {
    const token = new URL(await attachUrl()).searchParams.get('token') ?? '';
    const rows = await zunova.db.database.query('select * from terminal_sessions');
    expect(rows).to.have.length.greaterThan(0);
    expect(JSON.stringify(rows)).to.not.contain(token);
  });

  describe('are only for', () => {
    it('who may use the container', async () => {
      for (const [method, path] of [
        ['GET', 'attach'],
        ['POST', 'resize?h=1&w=1'],
        ['POST', `execute_resize?exec_id=${'0'.repeat(64)}&h=1&w=1`],
        ['POST', 'execute?command=sh&interactive=true&run=false'],
      ] as const) {
        expect((await call(method, `${shell}/${path}`, { user: null })).status, path).to.equal(401);
        expect((await call(method, `${shell}/${path}`, { user: 'reader' })).status, path).to.equal(403);
        expect((await call(method, `${shell}/${path}`, { user: 'alt' })).status, path).to.equal(404);
      }
    });

    it('containers that run, and have an open input', async () => {
      const containers = containersOf(zunova);
      const deaf = await containers.running();
      const notOpen = await call('GET', `${deaf}/attach`);
      expect(notOpen.status).to.equal(400);
      expect(title(notOpen)).to.equal(`Container ${deaf} is not interactive: it cannot be attached to.`);
      await containers.act(deaf, 'pause');
      await containers.reaches(deaf, 'Paused');
      for (const [method, path] of [
        ['GET', 'attach'],
        ['POST', 'resize?h=1&w=1'],
        ['POST', `execute_resize?exec_id=${'0'.repeat(64)}&h=1&w=1`],
        ['POST', 'execute?command=sh&interactive=true&run=false'],
      ] as const) {
        const refused = await call(method, `${deaf}/${path}`);
        expect(refused.status, path).to.equal(409);
        expect(title(refused)).to.match(/^Cannot \w+ container .* in Paused state$/);
      }
    });

    it('sizes that make sense, and execs of this container', async () => {
      for (const query of ['', '?h=1', '?h=0&w=1', '?h=x&w=1', '?h=1&w=1&z=1', '?h=1&w=99999']) {
        expect((await call('POST', `${shell}/resize${query}`)).status, query).to.equal(400);
      }
      expect((await call('POST', `${shell}/execute_resize?exec_id=abc&h=1&w=1`)).status).to.equal(400);
      const other = await containersOf(zunova).running({ command: ['cat'], interactive: true });
      const { url, id } = await exec('cat', other);
      const screen = await connect(url);
      expect((await call('POST', `${other}/execute_resize?exec_id=${id}&h=5&w=5`)).status).to.equal(200);
      const foreign = await call('POST', `${shell}/execute_resize?exec_id=${id}&h=5&w=5`);
      expect(foreign.status).to.equal(400);
      expect(title(foreign)).to.equal(`no such exec instance: ${id}`);
      screen.socket.terminate();
    });
  });

  describe('with clients that do not behave', () => {
    it('close the side of the process within a second after the client is gone', async () => {
      const before = await sessions();
      const leave: ((s: Screen) => void)[] = [
        (s) => s.socket.close(),
        (s) => s.socket.terminate(),
        // Reads nothing of what never ends, and says farewell.
        (s) => {
          s.socket.pause();
          s.socket.close();
        },
        // Has sent more than the process reads.
        (s) => {
          for (let i = 0; i < 3000; i++) s.socket.send(Buffer.alloc(1024, 'x'));
          setTimeout(() => s.socket.terminate(), 300);
        },
      ];
      for (const [i, go] of leave.entries()) {
        const { url } = await exec(i === 2 ? 'yes' : 'sleep 600');
        const screen = await connect(url);
        await until('it is connected', async () => (await sessions()) === before + 1);
        go(screen);
        await until(`client ${i} is gone`, async () => (await sessions()) === before, 1_600);
        screen.socket.terminate();
      }
    });

    it('wait for a reader that is slow, with flat memory', async () => {
      const { url } = await exec(`sh -c 'dd if=/dev/zero bs=1M count=300 2>/dev/null; echo END'`);
      const screen = await connect(url);
      screen.socket.removeAllListeners('message');
      let received = 0;
      let tail = '';
      screen.socket.on('message', (data: Buffer) => {
        received += data.length;
        tail = (tail + data.subarray(-16).toString()).slice(-16);
      });
      global.gc?.();
      const start = process.memoryUsage().rss;
      let peak = 0;
      for (let i = 0; i < 10; i++) {
        screen.socket.pause();
        await new Promise((resolve) => setTimeout(resolve, 200));
        peak = Math.max(peak, process.memoryUsage().rss - start);
        screen.socket.resume();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss - start);
      }, 50);
      expect((await screen.closed).code).to.equal(1000);
      clearInterval(watch);
      expect(received).to.equal(300 * 1024 ** 2 + 'END\r\n'.length);
      expect(tail).to.match(/END\r\n$/);
      expect(peak / 1024 ** 2, 'MiB more than before').to.be.lessThan(120);
    });

    it('never cut a character in two', async () => {
      const { url } = await exec(`sh -c 'i=0; while [ $i -lt 20000 ]; do echo "€😀é"; i=$((i+1)); done'`);
      const screen = await connect(url);
      await screen.closed;
      const strict = new TextDecoder('utf-8', { fatal: true });
      expect(screen.frames.map((f) => strict.decode(f)).join('')).to.equal('€😀é\r\n'.repeat(20_000));
      expect(screen.frames.every((f) => f.length > 0)).to.equal(true);
    });

    it('survive a connection that breaks in the handshake', async () => {
      const url = new URL(await attachUrl());
      const head = `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`;
      const rest = 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n';
      await new Promise<void>((resolve) => {
        const tcp = connectTcp(zunova.running.ports.websocket, '127.0.0.1', () => {
          tcp.write(head + rest, () => {
            tcp.destroy();
            resolve();
          });
        });
      });
      const screen = await connect(await attachUrl());
      screen.socket.send('echo $((60+2))\r');
      await screen.shows('62\r\n');
      screen.socket.terminate();
    });

    it('leave nothing open after 200 of them', async function () {
      this.timeout(120_000);
      const open = (): number => readdirSync('/proc/self/fd').length;
      const round = async (i: number): Promise<void> => {
        const screen = await connect(i % 2 === 0 ? (await exec('echo bye')).url : await attachUrl());
        if (i % 2 === 0) await screen.closed;
        else if (i % 4 === 1) screen.socket.terminate();
        else screen.socket.close();
        await screen.closed;
      };
      // Pools of the service and the test's own client grow with what is asked for at once.
      for (let n = 0; n < 3; n++) await Promise.all(Array.from({ length: 10 }, (_, k) => round(k)));
      await until('the first are over', async () => (await sessions()) === 0);
      const before = open();
      for (let i = 0; i < 200; i += 10) await Promise.all(Array.from({ length: 10 }, (_, k) => round(i + k)));
      await until('all are over', async () => (await sessions()) === 0);
      // Keep-alive connections of the test's own client come and go.
      await until(`${open()} files are open, ${before} were`, () => open() <= before + 12);
    });
  });

  it('are told when the service stops', async () => {
    const own = await deploy();
    const uuid = await containersOf(own).running({ command: ['cat'], interactive: true });
    const url = (await own.client.native('GET', `/containers/${uuid}/attach`)).json.str();
    const screen = await connect(url);
    await own.close();
    expect(await screen.closed).to.deep.equal({ code: 1001, reason: 'The service is stopping' });
  });
});
