import type { MicroVersion } from '#core/http/version.js';
import type { CreateContainerBody } from '#schemas/native/create-container.js';
import { InvalidParamInVersion } from '../errors.js';

/** Properties of a create request that are refused before the version they came with (native-api.md 1.6), in upstream's order. */
const SINCE = [
  ['auto_remove', 3],
  ['runtime', 5],
  ['hostname', 9],
  ['healthcheck', 22],
  ['mounts', 11],
  ['privileged', 21],
  ['exposed_ports', 24],
  ['registry', 31],
] as const satisfies readonly (readonly [keyof CreateContainerBody, number])[];

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Clients always send these, also when nothing is in them. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['mounts', 'healthcheck']);

/** @throws InvalidParamInVersion */
export function checkGates(body: CreateContainerBody, version: MicroVersion): void {
  for (const [name, minor] of SINCE) {
    const value = body[name];
    const isGiven = value !== undefined && !(MAY_BE_EMPTY.has(name) && isEmpty(value));
    if (isGiven && !version.atLeast(minor)) throw new InvalidParamInVersion(name, `1.${minor}`, version.toString());
  }
}

/** @throws InvalidParamInVersion for a flag that is set before the version it came with */
export function checkFlag(name: string, isSet: boolean, minor: number, version: MicroVersion): void {
  if (isSet && !version.atLeast(minor)) throw new InvalidParamInVersion(name, `1.${minor}`, version.toString());
}
