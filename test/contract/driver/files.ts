import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { extract, pack } from 'tar-stream';
import type { InjectedFile } from '#core/domain/spec.js';
import { bytesOf } from '#core/lib/bytes.js';
import { failure } from '#test/lib/until.js';
import { type Bench, refusal } from './subject.js';

const tarOf = (files: Readonly<Record<string, string | Buffer>>): Readable => {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  return archive.pipe(new PassThrough());
};

async function untar(tar: Readable): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const entries = tar.pipe(extract());
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    files.set(entry.header.name, Buffer.concat(chunks));
  }
  return files;
}

/** Archives in and out of containers, and injected files. */
export function filesContract(bench: Bench): void {
  const shell = async (uuid: string, script: string): Promise<string> => {
    const { output } = await bench.driver.exec(uuid, { command: ['sh', '-c', script], tty: false, stdin: false });
    return output.toString();
  };
  const file = (path: string, content: string, mode = 0o644): InjectedFile => ({
    path,
    contentBase64: Buffer.from(content).toString('base64'),
    mode,
  });

  describe('archives', () => {
    it('come out as they went in', async () => {
      const uuid = await bench.started();
      await bench.driver.putArchive(uuid, '/tmp', tarOf({ 'a.txt': 'alpha', 'd/b.txt': 'beta' }));
      expect(await shell(uuid, 'cat /tmp/a.txt /tmp/d/b.txt')).to.equal('alphabeta');
      const one = await bench.driver.getArchive(uuid, '/tmp/a.txt');
      expect(one.stat).to.include({ name: 'a.txt', size: 5, linkTarget: '' });
      expect(Number.isNaN(Date.parse(one.stat.mtime))).to.equal(false);
      expect((await untar(one.tar)).get('a.txt')?.toString()).to.equal('alpha');
      const all = await untar((await bench.driver.getArchive(uuid, '/tmp/d')).tar);
      expect(all.get('d/b.txt')?.toString()).to.equal('beta');
    });

    it('may be a buffer, and go into a container that does not run', async () => {
      const uuid = await bench.created();
      const chunks: Buffer[] = [];
      for await (const chunk of bytesOf(tarOf({ 'c.txt': 'gamma' }))) chunks.push(chunk);
      await bench.driver.putArchive(uuid, '/root', Buffer.concat(chunks));
      expect((await untar((await bench.driver.getArchive(uuid, '/root/c.txt')).tar)).get('c.txt')?.toString()).to.equal(
        'gamma',
      );
    });

    it('are streamed, however large', async () => {
      const uuid = await bench.created();
      const big = Buffer.alloc(20_000_000, 'z');
      await bench.driver.putArchive(uuid, '/tmp', tarOf({ big }));
      const { tar } = await bench.driver.getArchive(uuid, '/tmp/big');
      expect((await untar(tar)).get('big')?.equals(big)).to.equal(true);
    });

    it('can be left in the middle of reading', async () => {
      const uuid = await bench.created();
      await bench.driver.putArchive(uuid, '/tmp', tarOf({ big: Buffer.alloc(5_000_000) }));
      const { tar } = await bench.driver.getArchive(uuid, '/tmp/big');
      for await (const _chunk of tar) break;
      expect(tar.destroyed).to.equal(true);
      await bench.driver.remove(uuid);
    });

    it('are refused for a path or a container that is not there', async () => {
      const uuid = await bench.created();
      expect((await refusal(bench.driver.getArchive(uuid, '/no/such'))).kind).to.equal('not-found');
      expect((await refusal(bench.driver.putArchive(uuid, '/no/such', tarOf({ a: 'a' })))).kind).to.equal('not-found');
      expect((await refusal(bench.driver.getArchive(bench.want().uuid, '/'))).kind).to.equal('not-found');
    });

    it('that are no archives are refused, and a source that breaks off ends the call', async () => {
      const uuid = await bench.created();
      const junk = Buffer.alloc(2048, 'junk');
      expect((await refusal(bench.driver.putArchive(uuid, '/tmp', junk))).kind).to.be.oneOf(['invalid', 'failed']);
      const broken = new Readable({
        read() {
          this.destroy(new Error('the client left'));
        },
      });
      await failure(bench.driver.putArchive(uuid, '/tmp', broken, { timeoutMs: 5_000 }));
    });
  });

  describe('injected files', () => {
    it('are there at the first start with their modes, in directories that were made for them', async () => {
      const uuid = await bench.created();
      await bench.driver.putFiles(uuid, [
        file('/etc/deep/er/secret', 'one', 0o600),
        file('/etc/deep/run.sh', '#!/bin/sh\necho ran\n', 0o755),
        file('/tmp/note', 'two'),
      ]);
      await bench.driver.start(uuid);
      expect(await shell(uuid, 'cat /etc/deep/er/secret /tmp/note; /etc/deep/run.sh')).to.equal('onetworan\n');
      expect(await shell(uuid, 'stat -c %a:%u /etc/deep /etc/deep/er /etc/deep/er/secret /etc/deep/run.sh')).to.equal(
        '755:0\n755:0\n600:0\n755:0\n',
      );
    });

    it('leave the directories that exist as they are', async () => {
      const uuid = await bench.created();
      await bench.driver.putFiles(uuid, [file('/tmp/x', 'x'), file('/root/y', 'y')]);
      await bench.driver.start(uuid);
      expect(await shell(uuid, 'stat -c %a /tmp /root')).to.equal('1777\n700\n');
    });

    it('cannot leave the container', async () => {
      const uuid = await bench.created();
      await bench.driver.putFiles(uuid, [file('../../tmp/inside', 'in')]);
      await bench.driver.start(uuid);
      expect(await shell(uuid, 'cat /tmp/inside')).to.equal('in');
    });
  });
}
