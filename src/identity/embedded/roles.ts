import { nameUuid } from '#core/lib/uuid.js';

/** Namespace of ids that follow from a name: roles, services, endpoints. */
const NAMESPACE = '5d3f0c3e-5f0b-4d0e-9a51-0f6d2c6a7b10';

/** 32 hex digits, always the same for the same text: what Keystone's ids look like. */
export const stableId = (text: string): string => nameUuid(NAMESPACE, text).replaceAll('-', '');

export interface Role {
  readonly id: string;
  readonly name: string;
}

/** Roles of every OpenStack deployment, with what each implies (keystone-manage bootstrap). */
const IMPLIED: ReadonlyMap<string, readonly string[]> = new Map([
  ['admin', ['member', 'reader']],
  ['manager', ['member', 'reader']],
  ['member', ['reader']],
  ['reader', []],
  ['service', []],
]);

export const ROLES: readonly Role[] = [...IMPLIED.keys()].map((name) => ({ id: stableId(`role ${name}`), name }));

export const roleById = (id: string): Role | null => ROLES.find((r) => r.id === id) ?? null;

export const roleByName = (name: string): Role | null => ROLES.find((r) => r.name === name) ?? null;

/** The roles that a bearer of `assigned` has, each once, in the order of `ROLES`. */
export function effectiveRoles(assigned: readonly string[]): Role[] {
  const names = new Set(assigned.flatMap((name) => [name, ...(IMPLIED.get(name) ?? [])]));
  return ROLES.filter((r) => names.has(r.name));
}
