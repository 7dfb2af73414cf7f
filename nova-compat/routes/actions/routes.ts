import Joi from 'joi';
import type { Engine } from '#core/engine/engine.js';
import { getContainer } from '#core/engine/find-container.js';
import { NotInVersion } from '#core/http/errors.js';
import { type AnyRoute, route } from '#core/http/route.js';
import type { MicroVersion } from '#core/http/version.js';
import { authorize } from '../../policy.js';
import { badRequest } from '../../refusal.js';
import { onlyMember } from '../only-member.js';
import { idOf } from '../servers.js';
import type { ServerAction } from './action.js';
import { consoleActions } from './console-output.js';
import { lockActions } from './lock.js';
import { powerActions } from './power.js';
import { refusedActions } from './refused.js';

export const ACTIONS: ReadonlyMap<string, ServerAction> = new Map(
  [...powerActions, ...lockActions, ...consoleActions, ...refusedActions].map((a) => [a.key, a]),
);

/** Any body: which schema holds is the action's to say. */
const anyBody = Joi.any();

/** `POST /servers/{id}/action`: one action, named by the only member of the body. */
export function actionRoutes(engine: Engine): AnyRoute[] {
  return [
    route<unknown>({
      name: 'os_compute_api:servers:action',
      method: 'POST',
      path: '/servers/:id/action',
      // Each action has a policy of its own, checked below.
      role: 'reader',
      body: () => anyBody,
      handler: async (call) => {
        const [key, value] = onlyMember(call.body);
        const found = chosen(key, call.version);
        const run = found.prepare(value, call.version, call.lenient);
        const server = await getContainer(engine, call.context, idOf(call));
        authorize(call.context, found.rule, found.role);
        return run({ engine, call, server });
      },
    }),
  ];
}

function chosen(key: string, version: MicroVersion): ServerAction {
  const found = ACTIONS.get(key);
  if (found === undefined) throw badRequest(`There is no such action: ${key}`);
  if (version.minor < (found.min ?? 0) || version.minor > (found.max ?? Number.MAX_SAFE_INTEGER)) {
    throw new NotInVersion(version.toString());
  }
  return found;
}
