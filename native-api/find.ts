import type { Container } from '#core/domain/container.js';
import type { Engine } from '#core/engine/engine.js';
import { findContainer } from '#core/engine/find-container.js';
import type { Call } from '#core/http/route.js';

/** The container that a path names, by uuid or name. @throws NotFound, Ambiguous */
export const containerOf = (engine: Engine, call: Call<unknown, unknown>): Promise<Container> =>
  findContainer(engine, call.context, call.params['container'] ?? '');
