import { EngineRefused } from '#core/domain/errors.js';
import type { PullPolicy } from '#core/domain/spec.js';
import { uploadedId } from '#core/image/reference.js';
import { SingleFlight } from '#core/lib/single-flight.js';
import type { EngineImage, RuntimeDriver } from '#core/runtime/driver.js';
import { BadArchive, loadableArchive } from './archive.js';
import type { ImageFiles } from './image-files.js';

export interface WantedImage {
  /** How the user named it: for messages. */
  readonly shown: string;
  readonly reference: string;
  readonly policy: PullPolicy | null;
}

/**
 * Makes an image present on an engine: pulled from its registry, or loaded from what was uploaded. One transfer per engine and image
 * at a time, however many wait for it.
 * @throws EngineRefused, Unavailable
 */
export function imageFetcher(
  files: ImageFiles,
): (driver: RuntimeDriver, want: WantedImage, signal: AbortSignal) => Promise<EngineImage> {
  const flights = new WeakMap<RuntimeDriver, SingleFlight<EngineImage>>();
  const flightsTo = (driver: RuntimeDriver): SingleFlight<EngineImage> => {
    const known = flights.get(driver) ?? new SingleFlight<EngineImage>();
    flights.set(driver, known);
    return known;
  };

  return async (driver, want, signal) => {
    const upload = uploadedId(want.reference);
    // Uploaded data never changes, so that loading it again would bring nothing.
    const always = want.policy === 'always' && upload === null;
    const present = always ? null : await driver.inspectImage(want.reference, { signal });
    if (present !== null) return present;
    if (want.policy === 'never') {
      throw new EngineRefused(
        `Image ${want.shown} is not present on the host, and its pull policy is never.`,
        'not-found',
      );
    }
    return flightsTo(driver).run(want.reference, signal, (shared) =>
      upload === null ? pull(driver, want, shared) : load(files, driver, want, upload, shared),
    );
  };
}

async function pull(driver: RuntimeDriver, want: WantedImage, signal: AbortSignal): Promise<EngineImage> {
  try {
    return await driver.pullImage(want.reference, null, { signal });
  } catch (error) {
    if (!(error instanceof EngineRefused)) throw error;
    const what =
      error.kind === 'not-found'
        ? `Image ${want.shown} could not be found in its registry`
        : `Image ${want.shown} could not be pulled`;
    throw new EngineRefused(`${what}: ${error.reason}`, error.kind, { cause: error });
  }
}

async function load(
  files: ImageFiles,
  driver: RuntimeDriver,
  want: WantedImage,
  id: string,
  signal: AbortSignal,
): Promise<EngineImage> {
  if ((await files.size(id)) === null) {
    throw new EngineRefused(`Image ${want.shown} could not be found: its data is not on this host.`, 'not-found');
  }
  try {
    await driver.loadImage(await loadableArchive(files.path(id), want.reference), { signal });
  } catch (error) {
    if (error instanceof BadArchive) {
      throw new EngineRefused(`Image ${want.shown} cannot be loaded: ${error.message}.`, 'invalid', { cause: error });
    }
    if (!(error instanceof EngineRefused)) throw error;
    throw new EngineRefused(`Image ${want.shown} cannot be loaded: ${error.reason}`, error.kind, { cause: error });
  }
  const image = await driver.inspectImage(want.reference, { signal });
  if (image !== null) return image;
  throw new EngineRefused(
    `Image ${want.shown} cannot be loaded: the engine took its archive and has no image of it.`,
    'failed',
  );
}
