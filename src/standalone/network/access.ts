import type { RequestContext } from '#core/domain/context.js';
import { Forbidden } from '#core/domain/errors.js';
import type { Owner } from '#schemas/network/body.js';
import { badRequest } from './errors.js';

/**
 * Whose a new object is: the caller's project, or the one that an administrator names.
 * @throws NeutronRefusal when the body contradicts itself, or a user names somebody else's project
 */
export function projectOf(context: RequestContext, body: Owner): string {
  const { tenant_id: tenant, project_id: project } = body;
  if (tenant !== undefined && project !== undefined && tenant !== project) {
    throw badRequest("'project_id' and 'tenant_id' do not match");
  }
  const wanted = project ?? tenant ?? context.projectId;
  if (wanted !== context.projectId && !context.isAdmin) {
    throw badRequest(
      "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin or advsvc privileges",
    );
  }
  return wanted;
}

/**
 * Only the owner and administrators change an object; others see it when it is shared.
 * @throws Forbidden(rule)
 */
export function owned(context: RequestContext, object: { readonly projectId: string }, rule: string): void {
  if (!context.isAdmin && object.projectId !== context.projectId) throw new Forbidden(rule);
}

/** @throws Forbidden(rule) when the attribute is used by who is not an administrator */
export function forAdmin(context: RequestContext, used: boolean, rule: string): void {
  if (used && !context.isAdmin) throw new Forbidden(rule);
}
