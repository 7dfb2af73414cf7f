import type { Engine } from '#core/engine/engine.js';
import type { AnyRoute } from '#core/http/route.js';
import { flavorAccessRoutes } from './access.js';
import { extraSpecRoutes } from './extra-specs.js';
import { flavorReadRoutes } from './read.js';
import { flavorWriteRoutes } from './write.js';

/** Flavors, their extra specs, and who may use private ones (nova-api.md 4.14). */
export const flavorRoutes = (engine: Engine): AnyRoute[] => [
  ...flavorReadRoutes(engine),
  ...flavorWriteRoutes(engine),
  ...extraSpecRoutes(engine),
  ...flavorAccessRoutes(engine),
];
