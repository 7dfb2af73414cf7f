import type { RequestContext } from '#core/domain/context.js';
import { Forbidden } from '#core/domain/errors.js';

/** Who passes a rule: the owner of the object and administrators, administrators alone, nobody. */
type Who = 'owner' | 'admin' | 'nobody';

/** Rules that handlers check, beside the role of each route, with upstream's defaults (native-api.md 6.4). */
const POLICY = {
  'container:create:runtime': 'admin',
  'container:create:privileged': 'nobody',
  'container:create:requested_destination': 'admin',
  'container:create:image_pull_policy': 'admin',
  'container:delete_all_projects': 'admin',
  'container:delete_force': 'admin',
  'container:get_one:host': 'admin',
  'container:get_one:image_pull_policy': 'admin',
  'container:get_one:privileged': 'admin',
  'container:get_one:runtime': 'admin',
  'container:get_one_all_projects': 'admin',
  'container:get_all_all_projects': 'admin',
  'container:action:events': 'admin',
  'quota:get': 'owner',
  'quota:get_default': 'owner',
} as const satisfies Record<string, Who>;

export type Rule = keyof typeof POLICY;

/** `projectId`: owner of the object that the rule is about. */
export function permits(context: RequestContext, rule: Rule, projectId: string = context.projectId): boolean {
  const who: Who = POLICY[rule];
  if (who === 'nobody') return false;
  return context.isAdmin || (who === 'owner' && projectId === context.projectId);
}

/** @throws Forbidden */
export function authorize(context: RequestContext, rule: Rule, projectId?: string): void {
  if (!permits(context, rule, projectId)) throw new Forbidden(rule);
}
