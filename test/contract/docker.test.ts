import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { silent } from '#core/logging/logger.js';
import { createDockerDriver } from '#core/runtime/docker/docker-driver.js';
import type { RuntimeDriver } from '#core/runtime/driver.js';
import { ensureBusybox } from '#test/lib/busybox.js';
import { engineContainer } from '#test/lib/engine-container.js';
import { failure, until } from '#test/lib/until.js';
import { driverContract } from './runtime-driver.js';

const socketPath = process.env['ZUNOVA_TEST_DOCKER_SOCKET'] ?? '/var/run/docker.sock';

const dockerDriver = (deployment = randomUUID()): RuntimeDriver =>
  createDockerDriver({ socketPath, identity: { deployment, host: 'test-host' }, log: silent() });

describe('docker', function () {
  this.timeout(60_000);

  driverContract('docker', async () => {
    const driver = dockerDriver();
    await ensureBusybox(driver);
    return { driver, foreign: dockerDriver() };
  });

  describe('the engine itself', () => {
    it('says what it is and has', async () => {
      const driver = dockerDriver();
      await driver.ping();
      const seen = await driver.info();
      expect(seen.engine).to.equal('docker');
      expect(seen.apiVersion).to.match(/^1\.\d+$/);
      expect(seen.engineId).not.to.equal('');
      expect(seen.runtimes).to.include('runc');
      expect(seen.cpus).to.be.greaterThan(0);
      expect(seen.memoryMb).to.be.greaterThan(100);
      expect(seen.diskGb).to.be.greaterThan(0);
      expect(seen.osType).to.equal('linux');
    });

    it('is used whatever DOCKER_HOST says', async () => {
      const before = process.env['DOCKER_HOST'];
      process.env['DOCKER_HOST'] = 'tcp://127.0.0.1:1';
      try {
        await dockerDriver().ping();
      } finally {
        if (before === undefined) delete process.env['DOCKER_HOST'];
        else process.env['DOCKER_HOST'] = before;
      }
    });

    it('offers all with runc, and neither live resize nor a new interface under gVisor', () => {
      const driver = dockerDriver();
      expect(Object.values(driver.capabilities('runc')).every(Boolean)).to.equal(true);
      expect(driver.capabilities(null)).to.deep.equal(driver.capabilities('runc'));
      expect(driver.capabilities('runsc')).to.include({ liveResize: false, hotplugNetwork: false, exec: true });
    });
  });

  describe('a create that is given up', () => {
    it('leaves nothing that the next create does not adopt', async () => {
      const driver = dockerDriver();
      for (const delayMs of [0, 2, 4, 8, 16, 32]) {
        const want = engineContainer();
        const caller = new AbortController();
        const reason = new Error('the caller gave up');
        setTimeout(() => caller.abort(reason), delayMs);
        const outcome = await driver.create(want, { signal: caller.signal }).catch((error: unknown) => error);
        expect(outcome === reason || typeof outcome === 'string').to.equal(true);
        const id = await driver.create(want);
        const ours = (await driver.list()).filter(({ uuid }) => uuid === want.uuid);
        expect(ours.map(({ engineId }) => engineId)).to.deep.equal([id]);
        await driver.remove(want.uuid);
      }
    });

    it('is adopted when the engine has made it and the answer was lost', async () => {
      const driver = dockerDriver();
      const want = engineContainer();
      // Too short for the answer, and long enough for the engine to have begun.
      await failure(driver.create(want, { timeoutMs: 3 }));
      const seen = await until('the engine goes on by itself', () => driver.inspect(want.uuid), 2_000).catch(
        () => null,
      );
      const id = await driver.create(want);
      if (seen !== null) expect(id).to.equal(seen.engineId);
      await driver.remove(want.uuid);
    });
  });
});
