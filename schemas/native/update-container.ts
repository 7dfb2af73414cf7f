import Joi from 'joi';
import { boolStr, cpu, memory, resourceName } from './common.js';

/** Body of `PATCH /v1/containers/{c}` and of `resize_container` (native-api.md 3.5). What was null is absent. */
export interface UpdateContainerBody {
  readonly name?: string;
  readonly auto_heal?: boolean;
  readonly cpu?: number;
  /** MiB */
  readonly memory?: number;
}

export const updateContainerBody = Joi.object<UpdateContainerBody>({
  name: resourceName().empty(null),
  auto_heal: boolStr().empty(null),
  cpu: cpu().empty(null),
  memory: memory().empty(null),
})
  // No body at all changes nothing, like an empty one.
  .empty(null)
  .default({});
