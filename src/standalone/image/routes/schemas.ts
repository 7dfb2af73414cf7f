import { type AnyRoute, route } from '#core/http/route.js';

const text = (readOnly = false) => ({ type: ['null', 'string'], ...(readOnly && { readOnly }) });
const whole = (readOnly = false) => ({ type: ['null', 'integer'], ...(readOnly && { readOnly }) });

/** glanceclient builds its image class from this (JSON schema, draft 4): a member that is not here is a custom property. */
const IMAGE = {
  name: 'image',
  properties: {
    id: { type: 'string' },
    name: text(),
    status: { type: 'string', readOnly: true, enum: ['queued', 'saving', 'active'] },
    visibility: { type: 'string', enum: ['community', 'public', 'private', 'shared'] },
    container_format: text(),
    disk_format: text(),
    size: whole(true),
    virtual_size: whole(true),
    min_ram: { type: 'integer' },
    min_disk: { type: 'integer' },
    protected: { type: 'boolean' },
    checksum: text(true),
    os_hash_algo: text(true),
    os_hash_value: text(true),
    os_hidden: { type: 'boolean' },
    owner: text(),
    tags: { type: 'array', items: { type: 'string', maxLength: 255 } },
    created_at: { type: 'string', readOnly: true },
    updated_at: { type: 'string', readOnly: true },
    self: { type: 'string', readOnly: true },
    file: { type: 'string', readOnly: true },
    schema: { type: 'string', readOnly: true },
  },
  additionalProperties: { type: 'string' },
  links: [
    { rel: 'self', href: '{self}' },
    { rel: 'enclosure', href: '{file}' },
    { rel: 'describedby', href: '{schema}' },
  ],
};

const IMAGES = {
  name: 'images',
  properties: {
    images: { type: 'array', items: IMAGE },
    first: { type: 'string' },
    next: { type: 'string' },
    schema: { type: 'string' },
  },
  links: [
    { rel: 'first', href: '{first}' },
    { rel: 'next', href: '{next}' },
    { rel: 'describedby', href: '{schema}' },
  ],
};

export const schemaRoutes = (): AnyRoute[] =>
  [IMAGE, IMAGES].map((schema) =>
    route({
      name: 'get_schema',
      method: 'GET',
      path: `/v2/schemas/${schema.name}`,
      handler: () => ({ status: 200, body: schema }),
    }),
  );
