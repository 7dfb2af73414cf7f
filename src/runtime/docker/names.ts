import { EngineRefused } from '#core/domain/errors.js';
import { isUuid } from '#core/lib/uuid.js';
import type { DriverIdentity, EngineContainer } from '#core/runtime/driver.js';
import { type Fields, fields, textMap } from './answer.js';
import { enginePath } from './connection.js';

/** Labels with this prefix are ours alone; those of users that begin with it are left out. */
export const LABEL_PREFIX = 'zunova.';
export const UUID_LABEL = 'zunova.uuid';
export const PROJECT_LABEL = 'zunova.project';
export const GENERATION_LABEL = 'zunova.generation';
export const HOST_LABEL = 'zunova.host';
export const DEPLOYMENT_LABEL = 'zunova.deployment';

/** The engine's name of a container. Made from our uuid, so that a retry finds what an earlier try has made. */
export const containerName = (uuid: string): string => `zunova-${uuid}`;

export const containerPath = (uuid: string, ...rest: readonly string[]): string =>
  enginePath('containers', containerName(uuid), ...rest);

function withoutReserved(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !name.toLowerCase().startsWith(LABEL_PREFIX)));
}

export function containerLabels(identity: DriverIdentity, want: EngineContainer): Record<string, string> {
  return {
    ...withoutReserved(want.labels),
    [UUID_LABEL]: want.uuid,
    [PROJECT_LABEL]: want.projectId,
    [GENERATION_LABEL]: String(want.generation),
    [HOST_LABEL]: identity.host,
    [DEPLOYMENT_LABEL]: identity.deployment,
  };
}

export function networkLabels(
  identity: DriverIdentity,
  labels: Readonly<Record<string, string>>,
): Record<string, string> {
  return { ...withoutReserved(labels), [DEPLOYMENT_LABEL]: identity.deployment };
}

/** Whose a container is, by its labels. */
export interface Ownership {
  readonly uuid: string;
  readonly generation: number;
}

/** null: not of this deployment. `labels` as the engine gives them. */
export function ownership(identity: DriverIdentity, labels: unknown): Ownership | null {
  const ours = textMap(labels);
  const uuid = ours[UUID_LABEL];
  const generation = Number(ours[GENERATION_LABEL]);
  if (ours[DEPLOYMENT_LABEL] !== identity.deployment || uuid === undefined || !isUuid(uuid)) return null;
  if (!Number.isInteger(generation)) return null;
  return { uuid, generation };
}

/** The part of an inspected container that says whose it is. */
export const labelsOf = (inspected: Fields): unknown => fields(inspected['Config'])['Labels'];

/**
 * An image reference in the two parts that the engine's API takes; `tag` may be a digest. Without either it is `latest`: the
 * engine would fetch every tag.
 * @throws EngineRefused for an empty name
 */
export function splitReference(reference: string): { repository: string; tag: string } {
  const digest = reference.indexOf('@');
  const colon = digest >= 0 ? digest : reference.indexOf(':', reference.lastIndexOf('/') + 1);
  const repository = colon < 0 ? reference : reference.slice(0, colon);
  const tag = colon < 0 ? 'latest' : reference.slice(colon + 1);
  if (repository === '' || tag === '') throw new EngineRefused(`invalid reference format: ${reference}`, 'invalid');
  return { repository, tag };
}
