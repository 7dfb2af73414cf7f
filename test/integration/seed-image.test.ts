import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { EngineRefused } from '#core/domain/errors.js';
import { silent } from '#core/logging/logger.js';
import { createDockerDriver } from '#core/runtime/docker/docker-driver.js';
import type { RuntimeDriver } from '#core/runtime/driver.js';
import { busyboxRootfs, findStaticBusybox } from '#core/standalone/busybox-rootfs.js';
import { SEED_IMAGE, seedImage } from '#core/standalone/seed-image.js';
import { engineContainer } from '#test/lib/engine-container.js';

const socketPath = process.env['ZUNOVA_TEST_DOCKER_SOCKET'] ?? '/var/run/docker.sock';

/** Commands of the first hour with Zunova. */
const COMMANDS: readonly (readonly string[])[] = [
  ['ping', '-c', '1', '127.0.0.1'],
  ['hostname'],
  ['top', '-b', '-n', '1'],
  ['/usr/bin/env', 'sh', '-c', 'test "$(id -un)" = root'],
  [
    'sh',
    '-c',
    'mkdir /tmp/w && echo hello > /tmp/w/index.html && httpd -p 8080 -h /tmp/w && wget -qO- http://127.0.0.1:8080/ | grep hello',
  ],
  ['sh', '-c', 'test -k /tmp && touch /tmp/a /run/b /var/run/c /var/log/d'],
];

describe('seed image', function () {
  this.timeout(60_000);
  const reference = `zunova-seed-test:${randomUUID()}`;
  const driver = createDockerDriver({
    socketPath,
    identity: { deployment: randomUUID(), host: 'test-host' },
    log: silent(),
  });
  after(() => driver.removeImage(reference));

  /** The real engine, asked for another reference and cut off from every registry. */
  const offline: RuntimeDriver = {
    ...driver,
    inspectImage: (name, options) => driver.inspectImage(name === SEED_IMAGE ? reference : name, options),
    importImage: (rootfs, name, changes, options) => {
      expect(name).to.equal(SEED_IMAGE);
      return driver.importImage(rootfs, reference, changes, options);
    },
    pullImage: () => Promise.reject(new EngineRefused('no route to host', 'failed')),
  };

  it('is made of the static busybox when it cannot be pulled, and left alone when it is there', async () => {
    const said: string[] = [];
    expect(await seedImage(offline, (line) => said.push(line))).to.equal('made');
    expect(said.join('\n')).to.contain('no route to host').and.contain('/busybox');
    const before = await driver.inspectImage(reference);
    expect(await seedImage(offline, (line) => said.push(line))).to.equal('present');
    expect((await driver.inspectImage(reference))?.id)
      .to.equal(before?.id)
      .and.be.a('string');
    expect(said).to.have.length(3);
  });

  it('runs what a newcomer types', async () => {
    const uuid = randomUUID();
    const created = engineContainer({ uuid, image: reference, command: ['sleep', '1000'] });
    await driver.create(created);
    try {
      await driver.start(uuid);
      for (const command of COMMANDS) {
        const { exitCode, output } = await driver.exec(uuid, { command, tty: false, stdin: false });
        expect(exitCode, `${command.join(' ')}: ${output.toString()}`).to.equal(0);
      }
    } finally {
      await driver.remove(uuid);
    }
  });

  it('is only made of a program that needs no libraries', async () => {
    expect(await findStaticBusybox(['/nowhere', '/etc/passwd', process.execPath, '/bin/sh'])).to.equal(null);
    expect(await findStaticBusybox()).to.match(/busybox/);
  });

  it('is the same archive each time', async () => {
    const busybox = (await findStaticBusybox()) ?? '';
    const read = async (): Promise<Buffer> => Buffer.concat(await (await busyboxRootfs(busybox)).toArray());
    expect((await read()).equals(await read())).to.equal(true);
  });
});
