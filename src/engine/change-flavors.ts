import { randomUUID } from 'node:crypto';
import type { RequestContext } from '#core/domain/context.js';
import { Invalid } from '#core/domain/errors.js';
import type { Flavor } from '#core/domain/records.js';
import type { NewFlavor } from '#core/store/flavor-store.js';
import type { Engine } from './engine.js';
import { getFlavor } from './flavors.js';

/**
 * Makes a flavor. `flavorId` null: a new uuid.
 * @throws FlavorExists
 */
export const createFlavor = (
  engine: Engine,
  wanted: Omit<NewFlavor, 'flavorId'> & { readonly flavorId: string | null },
): Promise<Flavor> => engine.store.flavors.insert({ ...wanted, flavorId: wanted.flavorId ?? randomUUID() });

/** @throws NotFound('flavor') */
export const describeFlavor = (engine: Engine, flavorId: string, description: string | null): Promise<Flavor> =>
  engine.store.flavors.describe(flavorId, description);

/** What was made of it keeps the copy that it has. @throws NotFound('flavor') */
export const deleteFlavor = (engine: Engine, flavorId: string): Promise<void> => engine.store.flavors.remove(flavorId);

/** @throws NotFound('flavor') */
export const setExtraSpecs = (
  engine: Engine,
  flavorId: string,
  specs: Readonly<Record<string, string>>,
): Promise<Flavor> => engine.store.flavors.mergeExtraSpecs(flavorId, specs);

/** @returns whether there was one of this key @throws NotFound('flavor') */
export const removeExtraSpec = (engine: Engine, flavorId: string, key: string): Promise<boolean> =>
  engine.store.flavors.removeExtraSpec(flavorId, key);

/** A flavor with the projects that were given it, which say something only while it is private. */
export interface FlavorAccess {
  readonly flavor: Flavor;
  readonly projects: readonly string[];
}

/** @throws NotFound('flavor') */
export async function flavorAccess(engine: Engine, context: RequestContext, flavorId: string): Promise<FlavorAccess> {
  const flavor = await getFlavor(engine, context, flavorId);
  return { flavor, projects: await engine.store.flavors.access(flavorId) };
}

/**
 * Gives a private flavor to a project.
 * @returns false when the project had it already
 * @throws Invalid for a project that identity does not know
 */
export async function grantFlavor(engine: Engine, flavorId: string, projectId: string): Promise<boolean> {
  await checkProject(engine, projectId);
  return engine.store.flavors.addAccess(flavorId, projectId);
}

/** Takes it away again. @returns false when the project did not have it @throws Invalid as `grantFlavor` */
export async function revokeFlavor(engine: Engine, flavorId: string, projectId: string): Promise<boolean> {
  await checkProject(engine, projectId);
  return engine.store.flavors.removeAccess(flavorId, projectId);
}

/** A provider that cannot say leaves it at what the administrator wrote. @throws Invalid */
export async function checkProject(engine: Engine, projectId: string): Promise<void> {
  if ((await engine.projects.projectExists(projectId)) === false) {
    throw new Invalid(`Project ID ${projectId} is not a valid project.`);
  }
}
