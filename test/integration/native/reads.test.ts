import { expect } from 'chai';
import { extract, pack } from 'tar-stream';
import { readAll } from '#core/runtime/docker/streams.js';
import type { Answer, RequestOptions } from '#test/lib/api-client.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { until } from '#test/lib/until.js';

describe('native API: logs, commands, statistics, files, networks', function () {
  this.timeout(60_000);
  let zunova: Deployment;
  let uuid = '';
  before(async () => {
    zunova = await deploy();
    uuid = await run(['sh', '-c', 'echo out; echo err >&2; echo last; sleep 600'], { name: 'reads' });
  });
  after(() => zunova.close());

  async function run(command: readonly string[], more: object = {}): Promise<string> {
    const body = { image: 'busybox', command, cpu: 0.5, memory: 64, ...more };
    const made = await zunova.client.native('POST', '/containers?run=true', { body });
    const id = made.json.str('uuid');
    await until(
      'Running',
      async () => (await zunova.client.native('GET', `/containers/${id}`)).json.str('status') === 'Running',
    );
    return id;
  }

  const call = (method: string, path: string, options: RequestOptions & { version?: string } = {}): Promise<Answer> =>
    zunova.client.native(method, `/containers/${uuid}/${path}`, options);
  const title = ({ json }: Answer): string => json.str('errors', 0, 'title');

  describe('logs', () => {
    const logs = async (query: string): Promise<unknown> => (await call('GET', `logs${query}`)).json.value;
    before(async () => {
      await until('all that it prints', async () => String(await logs('')).includes('last'));
    });

    it('are one JSON string of both streams', async () => {
      const answer = await call('GET', 'logs?stdout=True&stderr=True&timestamps=False&tail=all');
      expect(answer.status).to.equal(200);
      expect(String(answer.json.value).trim().split('\n')).to.have.members(['out', 'err', 'last']);
    });

    it('are filtered', async () => {
      expect(await logs('?stderr=false')).to.equal('out\nlast\n');
      expect(await logs('?stdout=0')).to.equal('err\n');
      // The engine counts the lines of both streams.
      expect(String(await logs('?tail=1'))).to.match(/^(err|last)\n$/);
      expect(await logs('?stderr=no&tail=many')).to.equal('out\nlast\n');
      expect(await logs('?since=4102444800')).to.equal('');
      expect(await logs('?since=2100-01-01 00:00:00,000')).to.equal('');
      expect(await logs('?since=0&stderr=off')).to.equal('out\nlast\n');
      expect(await logs('?timestamps=yes&stdout=off')).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z err\n$/);
    });

    it('need a stream', async () => {
      const refused = await call('GET', 'logs?stdout=false&stderr=false');
      expect(refused.status).to.equal(400);
    });

    it('survive bytes that are no text', async () => {
      const odd = await run(['sh', '-c', String.raw`printf 'a\377b\n'; sleep 600`]);
      await until('what it prints', async () => {
        const seen = await zunova.client.native('GET', `/containers/${odd}/logs`);
        return seen.json.value === 'a\ufffdb\n';
      });
    });
  });

  describe('execute', () => {
    it('gives output and exit code', async () => {
      const answer = await call(
        'POST',
        `execute?command=${encodeURIComponent('"sh" "-c" "echo hello; echo oops >&2; exit 3"')}`,
      );
      expect(answer.status, answer.text).to.equal(200);
      // Two pipes: which line comes first is the engine's luck.
      expect(answer.json.str('output').trim().split('\n')).to.have.members(['hello', 'oops']);
      expect(answer.json.value).to.deep.include({ exit_code: 3, exec_id: null, proxy_url: null });
    });

    it('takes its parameters from a JSON body, split by shell rules', async () => {
      const write = `/bin/sh -c 'echo hello > /tmp/testfile'`;
      expect((await call('POST', 'execute', { body: { command: write } })).json.get('exit_code').value).to.equal(0);
      expect(
        (await call('POST', 'execute?command=ls', { body: { command: 'cat /tmp/testfile', run: 'True' } })).json.str(
          'output',
        ),
      ).to.equal('hello\n');
    });

    it('says which command is wrong', async () => {
      for (const [query, text] of [
        ['', "'command' is a required parameter"],
        ['?command=%22open', 'The command "open has a quotation or an escape without its end.'],
        ['?command=%20', 'The command is empty.'],
      ] as const) {
        const refused = await call('POST', `execute${query}`);
        expect(refused.status, query).to.equal(400);
        expect(title(refused)).to.equal(text);
      }
      const missing = await call('POST', 'execute?command=nope');
      expect(missing.status).to.equal(200);
      expect(missing.json.get('exit_code').value).to.be.oneOf([126, 127]);
    });
  });

  it('shows processes as the engine does', async () => {
    for (const query of ['', '?ps_args=None', '?ps_args=']) {
      const answer = await call('GET', `top${query}`);
      expect(answer.status, answer.text).to.equal(200);
      expect(answer.json.list('Titles').map((t) => t.value)).to.include('PID');
      expect(answer.json.list('Processes')).to.have.length.greaterThan(0);
    }
    const chosen = await call('GET', 'top?ps_args=-eo pid,comm');
    expect(chosen.json.get('Titles').value).to.deep.equal(['PID', 'COMMAND']);
  });

  it('shows statistics', async () => {
    const answer = await call('GET', 'stats?ignored=1');
    expect(answer.status, answer.text).to.equal(200);
    expect(answer.json.value).to.have.all.keys(
      'CONTAINER',
      'CPU %',
      'MEM USAGE(MiB)',
      'MEM LIMIT(MiB)',
      'MEM %',
      'BLOCK I/O(B)',
      'NET I/O(B)',
    );
    expect(answer.json.get('CONTAINER').value).to.equal('reads');
    expect(answer.json.get('MEM LIMIT(MiB)').value).to.equal(64);
    expect(answer.json.str('NET I/O(B)')).to.match(/^\d+\/\d+$/);
  });

  it('lists networks by version', async () => {
    const shown = (await zunova.client.native('GET', `/containers/${uuid}`)).json;
    const addresses: unknown = shown.get('addresses').value;
    const [networkId = '', ...more] = Object.keys(typeof addresses === 'object' && addresses !== null ? addresses : {});
    expect(more).to.deep.equal([]);
    const [address] = shown.list('addresses', networkId);
    const ip = { subnet_id: address?.str('subnet_id'), version: 4, ip_address: address?.str('addr') };
    expect((await call('GET', 'network_list', { version: '1.17' })).json.value).to.deep.equal({
      networks: [{ net_id: networkId, port_id: address?.str('port'), ...ip }],
    });
    expect((await call('GET', 'network_list', { version: '1.18' })).json.value).to.deep.equal({
      networks: [{ net_id: networkId, port_id: address?.str('port'), fixed_ips: [ip] }],
    });
  });

  describe('archives', () => {
    const content = `${'0123456789'.repeat(1000)}\n`;

    it('go in and come out, as Base64 from 1.25 and as text before', async () => {
      for (const [version, encoding] of [
        ['1.25', 'base64'],
        ['1.24', 'utf8'],
      ] as const) {
        const name = `file-${encoding}`;
        const data = (await tarOf(name, content)).toString(encoding);
        const put = await call('POST', 'put_archive?path=/tmp', { version, body: { data } });
        expect(put.status, put.text).to.equal(200);
        expect(put.text).to.equal('null');
        const got = await call('GET', `get_archive?path=/tmp/${name}`, { version });
        expect(got.status).to.equal(200);
        expect(got.json.get('stat').value).to.deep.include({ name, size: content.length });
        expect(await onlyFile(Buffer.from(got.json.str('data'), encoding))).to.deep.equal([name, content]);
      }
    });

    it('need a path that is there, and valid Base64', async () => {
      const data = (await tarOf('a', 'b')).toString('base64');
      const rows = [
        ['GET', 'get_archive', undefined, 'schema-validation-error'],
        ['GET', 'get_archive?path=/nope', undefined, 'invalid'],
        ['POST', 'put_archive?path=/nope', { data }, 'invalid'],
        ['POST', 'put_archive?path=/tmp', { data: 'a*b' }, 'base64-exception'],
        ['POST', 'put_archive?path=/tmp', {}, 'schema-validation-error'],
        ['POST', 'put_archive', { data }, 'schema-validation-error'],
      ] as const;
      for (const [method, path, body, code] of rows) {
        const refused = await call(method, path, { ...(body !== undefined && { body }) });
        expect(refused.status, `${path} ${refused.text}`).to.equal(400);
        expect(refused.json.str('errors', 0, 'code')).to.equal(`container.${code}`);
      }
    });

    it('may be larger than the bodies of other requests', async () => {
      const big = 'x'.repeat(3_000_000);
      const data = (await tarOf('big', big)).toString('base64');
      expect((await call('POST', 'put_archive?path=/tmp', { body: { data } })).status).to.equal(200);
      const got = await call('GET', 'get_archive?path=/tmp/big');
      expect((await onlyFile(Buffer.from(got.json.str('data'), 'base64')))[1]).to.have.length(big.length);
    });
  });
});

function tarOf(name: string, content: string): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name, mode: 0o644 }, content);
  tar.finalize();
  return readAll(tar);
}

async function onlyFile(tar: Buffer): Promise<[string, string]> {
  const reader = extract();
  reader.end(tar);
  const files: [string, string][] = [];
  for await (const entry of reader) files.push([entry.header.name, (await readAll(entry)).toString()]);
  const [file] = files;
  if (file === undefined || files.length > 1) throw new Error(`${files.length} files in the archive`);
  return file;
}
