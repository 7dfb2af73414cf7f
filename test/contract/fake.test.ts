import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { Unavailable } from '#core/domain/errors.js';
import { engineContainer } from '#test/lib/engine-container.js';
import { FakeDriver, FakeEngineState } from '#test/lib/fake-driver.js';
import { failure } from '#test/lib/until.js';
import { driverContract } from './runtime-driver.js';

const fakeDriver = (engine = new FakeEngineState()): FakeDriver =>
  new FakeDriver({ deployment: randomUUID(), host: 'h' }, engine);

driverContract('fake', async () => {
  const engine = new FakeEngineState();
  return { driver: fakeDriver(engine), foreign: fakeDriver(engine) };
}, ['life cycle']);

describe('fake driver', () => {
  it('hangs until the deadline, and has done nothing', async () => {
    const driver = fakeDriver();
    const want = engineContainer();
    driver.fault('create', 'hangs', 1);
    expect(await failure(driver.create(want, { timeoutMs: 30 }))).to.be.instanceOf(Unavailable);
    expect(await driver.inspect(want.uuid)).to.equal(null);
    await driver.create(want);
    expect(await driver.inspect(want.uuid)).not.to.equal(null);
  });

  it('loses a reply, and has done it', async () => {
    const driver = fakeDriver();
    const want = engineContainer();
    driver.fault('create', 'loses the reply', 1);
    expect(await failure(driver.create(want))).to.be.instanceOf(Unavailable);
    const made = await driver.inspect(want.uuid);
    expect(await driver.create(want)).to.equal(made?.engineId);
  });

  it('lists a part when it is told to', async () => {
    const driver = fakeDriver();
    const [seen, hidden] = [engineContainer(), engineContainer()];
    await driver.create(seen);
    await driver.create(hidden);
    driver.hideFromList([hidden.uuid]);
    expect((await driver.list()).map(({ uuid }) => uuid)).to.deep.equal([seen.uuid]);
    driver.heal();
    expect(await driver.list()).to.have.length(2);
  });

  it('throws for what it does not have', () => {
    expect(() => fakeDriver().stats()).to.throw('Fake method not implemented: stats');
  });
});
