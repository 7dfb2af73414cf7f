import type { RequestContext } from '#core/domain/context.js';
import type { ImageChoice, ImageDriver, PullPolicy } from '#core/domain/spec.js';
import type { ImageRecord } from '#core/image/provider.js';
import type { Engine } from './engine.js';

export type { ImageRecord } from '#core/image/provider.js';

/** Image record by uuid. @throws NotFound('image') */
export const getImage = (engine: Engine, context: RequestContext, id: string): Promise<ImageRecord> =>
  engine.images.byId(context, id);

/** What `image` of a native create means. @throws NotFound('image'), Ambiguous('image') */
export const chooseImage = (
  engine: Engine,
  context: RequestContext,
  name: string,
  driver: ImageDriver | null,
  policy: PullPolicy | null,
): Promise<ImageChoice> => engine.images.choose(context, name, driver, policy);
