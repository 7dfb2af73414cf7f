import { randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { expect } from 'chai';
import { pack } from 'tar-stream';
import { bytesOf } from '#core/lib/bytes.js';
import type { EngineEvent } from '#core/runtime/driver.js';
import { BUSYBOX, busyboxRoot } from '#test/lib/busybox.js';
import { until } from '#test/lib/until.js';
import { type Bench, refusal } from './subject.js';

const smallRoot = (): Readable => {
  const root = pack();
  root.entry({ name: 'etc/motd' }, randomUUID());
  root.finalize();
  return root.pipe(new PassThrough());
};

/** Images: import, tag, save, load, remove, commit, pull. */
export function imagesContract(bench: Bench): void {
  const made: string[] = [];
  const name = (tag: string): string => {
    const reference = `zunova-test/${randomUUID()}:${tag}`;
    made.push(reference);
    return reference;
  };

  afterEach(async () => {
    await bench.clear();
    for (const reference of made.splice(0)) await bench.driver.removeImage(reference);
  });

  it('are imported with their changes, and run', async () => {
    const reference = name('1');
    const image = await bench.driver.importImage(await busyboxRoot(), reference, [
      'CMD ["echo", "hello from the image"]',
      'ENV PATH=/bin COLOUR=a=b',
      'EXPOSE 8080/tcp',
    ]);
    expect(image.tags).to.deep.equal([reference]);
    expect(image.command).to.deep.equal(['echo', 'hello from the image']);
    expect(image.environment).to.include({ PATH: '/bin', COLOUR: 'a=b' });
    expect(image.exposedPorts).to.deep.equal(['8080/tcp']);
    expect(image.sizeBytes).to.be.greaterThan(500_000);
    expect(await bench.driver.inspectImage(reference)).to.deep.equal(image);
    expect(await bench.driver.inspectImage(image.id)).to.deep.equal(image);
    const uuid = await bench.started({ image: image.id, command: null });
    await until('end of the process', async () => (await bench.driver.inspect(uuid))?.exitCode === 0);
    const want = { stdout: true, stderr: true, timestamps: false, tail: null, since: null };
    expect((await bench.driver.logs(uuid, want)).toString()).to.equal('hello from the image\n');
  });

  it('that are not there are null, and removed already', async () => {
    expect(await bench.driver.inspectImage('zunova-test/none:1')).to.equal(null);
    await bench.driver.removeImage('zunova-test/none:1');
  });

  it('are tagged, listed, and go with their last tag', async () => {
    const [first, second] = [name('1'), name('2')];
    const { id } = await bench.driver.importImage(smallRoot(), first, []);
    await bench.driver.tagImage(first, second);
    const listed = (await bench.driver.listImages()).find((image) => image.id === id);
    expect(listed?.tags).to.have.members([first, second]);
    await bench.driver.removeImage(first);
    expect((await bench.driver.inspectImage(id))?.tags).to.deep.equal([second]);
    await bench.driver.removeImage(second);
    expect(await bench.driver.inspectImage(id)).to.equal(null);
    expect((await refusal(bench.driver.tagImage(first, second))).kind).to.equal('not-found');
  });

  it('in use are not removed', async () => {
    const reference = name('1');
    const { id } = await bench.driver.importImage(smallRoot(), reference, []);
    await bench.created({ image: id, command: ['/never'] });
    expect((await refusal(bench.driver.removeImage(id))).kind).to.equal('conflict');
  });

  it('are the same after save and load', async () => {
    const reference = name('1');
    const { id } = await bench.driver.importImage(smallRoot(), reference, ['CMD ["a"]']);
    const saved: Buffer[] = [];
    for await (const chunk of bytesOf(await bench.driver.saveImage(reference))) saved.push(chunk);
    await bench.driver.removeImage(reference);
    expect(await bench.driver.inspectImage(reference)).to.equal(null);
    expect(await bench.driver.loadImage(Readable.from(saved))).to.deep.equal([reference]);
    expect((await bench.driver.inspectImage(reference))?.id).to.equal(id);
    expect((await refusal(bench.driver.saveImage('zunova-test/none:1'))).kind).to.equal('not-found');
  });

  it('that are no images are refused with the reason', async () => {
    const error = await refusal(bench.driver.loadImage(Readable.from([Buffer.alloc(4096, 'junk')])));
    expect(error.reason).not.to.equal('');
  });

  it('are committed from a container', async () => {
    const uuid = await bench.started();
    await bench.driver.exec(uuid, { command: ['sh', '-c', 'echo kept >/etc/kept'], tty: false, stdin: false });
    const reference = name('snapshot');
    const id = await bench.driver.commit(uuid, reference);
    expect((await bench.driver.inspectImage(reference))?.id).to.equal(id);
    const copy = await bench.started({ image: reference });
    const { output } = await bench.driver.exec(copy, { command: ['cat', '/etc/kept'], tty: false, stdin: false });
    expect(output.toString()).to.equal('kept\n');
  });

  it('from a registry that does not answer are refused with its reason', async () => {
    const error = await refusal(bench.driver.pullImage('127.0.0.1:1/none:1', null, { timeoutMs: 30_000 }));
    expect(error.reason).to.include('127.0.0.1:1');
  });

  it('are told of by events', async () => {
    const seen: EngineEvent[] = [];
    const watching = new AbortController();
    let isOpen = false;
    const watch = bench.driver.events(
      (event) => seen.push(event),
      watching.signal,
      () => {
        isOpen = true;
      },
    );
    await until('event stream open', () => isOpen);
    await bench.driver.tagImage(BUSYBOX, name('1'));
    await until('event', () =>
      seen.find((event) => event.kind === 'image' && event.action === 'tag' && event.uuid === null),
    );
    watching.abort();
    await watch;
  });
}
