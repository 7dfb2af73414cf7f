import { EngineRefused } from '#core/domain/errors.js';
import type { EngineContainer, RuntimeDriver } from '#core/runtime/driver.js';
import { engineContainer } from '#test/lib/engine-container.js';
import { failure } from '#test/lib/until.js';

/** What a driver's test gives to the contract: two drivers on one engine that has the busybox image. */
export interface DriverSubject {
  readonly driver: RuntimeDriver;
  /** Of another deployment. */
  readonly foreign: RuntimeDriver;
}

/** The subject of a run and what has been made with it. The cases take it apart when they run, not when they are declared. */
export class Bench {
  #subject: DriverSubject | null = null;
  readonly #made: { driver: RuntimeDriver; uuid: string }[] = [];

  set subject(subject: DriverSubject) {
    this.#subject = subject;
  }

  get driver(): RuntimeDriver {
    return this.#given().driver;
  }

  get foreign(): RuntimeDriver {
    return this.#given().foreign;
  }

  #given(): DriverSubject {
    if (this.#subject === null) throw new Error('the driver is made in a before hook');
    return this.#subject;
  }

  /** A container that is removed after the test, whatever becomes of it. Not created yet. */
  want(overrides: Parameters<typeof engineContainer>[0] = {}, driver = this.driver): EngineContainer {
    const want = engineContainer(overrides);
    this.#made.push({ driver, uuid: want.uuid });
    return want;
  }

  /** @returns the uuid */
  async created(overrides: Parameters<typeof engineContainer>[0] = {}): Promise<string> {
    const want = this.want(overrides);
    await this.driver.create(want);
    return want.uuid;
  }

  /** @returns the uuid */
  async started(overrides: Parameters<typeof engineContainer>[0] = {}): Promise<string> {
    const uuid = await this.created(overrides);
    await this.driver.start(uuid);
    return uuid;
  }

  async clear(): Promise<void> {
    await Promise.all(this.#made.splice(0).map(({ driver, uuid }) => driver.remove(uuid)));
  }
}

/** The refusal that `work` ends with. */
export async function refusal(work: Promise<unknown>): Promise<EngineRefused> {
  const error = await failure(work);
  if (error instanceof EngineRefused) return error;
  throw new Error(`expected EngineRefused, got ${error.name}: ${error.message}`, { cause: error });
}
