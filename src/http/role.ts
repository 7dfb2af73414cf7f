/** Who may do something: any bearer of a token of the project, its members, administrators. */
export type Role = 'reader' | 'member' | 'admin';

/**
 * Whether the bearer of these roles counts as `role`. A bearer whose only role is `reader` may look and not touch; without any of
 * the three names it is a member, as in old clouds.
 */
export function permits(role: Role, bearer: { readonly roles: readonly string[]; readonly isAdmin: boolean }): boolean {
  if (bearer.isAdmin || role === 'reader') return true;
  if (role === 'admin') return false;
  return !bearer.roles.includes('reader') || bearer.roles.some((r) => r === 'member' || r === 'manager');
}
