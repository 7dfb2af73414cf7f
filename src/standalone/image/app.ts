import type Koa from 'koa';
import { createApp } from '#core/http/app.js';
import { imageDialect } from './dialect.js';
import type { ImageParts } from './parts.js';
import { dataRoutes } from './routes/data.js';
import { extraRoutes } from './routes/extras.js';
import { imageRoutes } from './routes/images.js';
import { schemaRoutes } from './routes/schemas.js';
import { versionRoutes } from './routes/versions.js';

/**
 * The Image API v2 as far as OpenStack's clients need it when there is no Glance (nova-api 6.5). Returns the Koa application without
 * listening.
 */
export function createImageApp(parts: ImageParts): Koa {
  return createApp({
    dialect: imageDialect,
    identity: parts.identity,
    log: parts.log,
    publicUrl: parts.publicUrl,
    ready: parts.ready,
    routes: [...versionRoutes(), ...imageRoutes(parts), ...dataRoutes(parts), ...extraRoutes(parts), ...schemaRoutes()],
  });
}
