import type { RequestContext } from '#core/domain/context.js';

/** Whose objects are looked at: a project's own and the shared ones, or (null) everybody's. */
export type Scope = string | null;

export const scopeOf = (context: Pick<RequestContext, 'projectId' | 'isAdmin'>): Scope =>
  context.isAdmin ? null : context.projectId;
