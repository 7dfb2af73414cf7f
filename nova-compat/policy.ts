import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import { Forbidden, Locked } from '#core/domain/errors.js';
import { permits, type Role } from '#core/http/role.js';

/**
 * Policy of what is done to a server: checked once the server is found, so that others' servers do not exist for anybody (nova-api.md
 * appendix A). `rule` is what a refusal names.
 * @throws Forbidden
 */
export function authorize(context: RequestContext, rule: string, role: Role): void {
  if (!permits(role, context)) throw new Forbidden(`os_compute_api:${rule}`);
}

/** Administrators pass a lock. @throws Locked */
export function checkUnlocked(context: RequestContext, c: Container): void {
  if (c.server.locked !== null && !context.isAdmin) throw new Locked(c.uuid);
}
