import type { RequestContext } from '#core/domain/context.js';
import { Ambiguous, NotFound } from '#core/domain/errors.js';
import type { Flavor } from '#core/domain/records.js';
import type { ImageChoice } from '#core/domain/spec.js';
import type { Engine } from '#core/engine/engine.js';
import { chooseImage, getImage, type ImageRecord } from '#core/engine/images.js';
import { badRequest } from '../refusal.js';
import { ENVIRONMENT_NAME } from './options.js';
import { commandWords } from './shell-words.js';
import { booleanWord } from './words.js';

/** Image of a request, by the id in its body. @throws Refusal 400 */
export async function requestedImage(engine: Engine, context: RequestContext, id: string): Promise<ImageRecord> {
  return getImage(engine, context, id).catch((error: unknown) => {
    throw error instanceof NotFound ? badRequest('Can not find requested image') : error;
  });
}

const MIB_PER_GIB = 1024;

/** What Nova checks before it takes an image. @throws Refusal 400 */
export function checkImage(image: ImageRecord, flavor: Flavor): void {
  if (image.status !== 'active') throw badRequest(`Image ${image.id} is not active.`);
  if (image.containerFormat !== 'docker') {
    throw badRequest(`Image ${image.id} is unacceptable: container_format must be docker`);
  }
  if (flavor.ramMb < image.minRamMb) throw badRequest("Flavor's memory is too small for requested image.");
  if (flavor.diskGb > 0 && flavor.diskGb < image.minDiskGb) {
    const [have, need] = [flavor.diskGb, image.minDiskGb].map((gb) => gb * MIB_PER_GIB ** 3);
    throw badRequest(
      "Flavor's disk is smaller than the minimum size specified in image metadata. " +
        `Flavor disk is ${have} bytes, minimum size is ${need} bytes.`,
    );
  }
}

/**
 * What the container is run from. A record that stands for a registry image is the reference itself, so that the native API shows
 * what its users know; one with data of its own is known by its id.
 */
export async function imageChoice(engine: Engine, context: RequestContext, image: ImageRecord): Promise<ImageChoice> {
  const byName = await chooseImage(engine, context, image.name, null, null).catch(absent);
  return byName?.id === image.id ? byName : { ref: image.id, id: image.id, driver: 'glance', pullPolicy: null };
}

/** A name that is no reference and that no record has, or several have. */
function absent(error: unknown): null {
  if (error instanceof NotFound || error instanceof Ambiguous) return null;
  throw error;
}

/** Defaults that the image's record gives to its servers (nova-api.md 5.2). */
export interface ImageDefaults {
  readonly command: readonly string[] | null;
  readonly entrypoint: readonly string[] | null;
  readonly workdir: string | null;
  readonly user: string | null;
  readonly tty: boolean | null;
  readonly init: boolean | null;
  readonly environment: Readonly<Record<string, string>>;
}

const ENVIRONMENT_PREFIX = 'container_env_';

/** @throws Refusal 400 for a property that cannot be read */
export function imageDefaults({ properties }: Pick<ImageRecord, 'properties'>): ImageDefaults {
  const text = (key: string): string | null => {
    const value = properties[key];
    return value === undefined || value === '' ? null : value;
  };
  const read = <T>(key: string, parse: (text: string) => T | null): T | null => {
    const value = text(key);
    if (value === null) return null;
    const parsed = parse(value);
    if (parsed === null) throw badRequest(`Invalid image property ${key}`);
    return parsed;
  };
  const environment = Object.entries(properties)
    .filter(([key]) => key.startsWith(ENVIRONMENT_PREFIX))
    .map(([key, value]) => [key.slice(ENVIRONMENT_PREFIX.length), value] as const)
    .filter(([key]) => ENVIRONMENT_NAME.test(key));
  return {
    command: read('os_command_line', commandWords),
    entrypoint: read('container_entrypoint', commandWords),
    workdir: text('container_workdir'),
    user: text('container_user'),
    tty: read('container_tty', booleanWord),
    init: read('container_init', booleanWord),
    environment: Object.fromEntries(environment),
  };
}
