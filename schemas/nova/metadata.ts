import Joi from 'joi';
import { metadata, metadataValue, nullOnly, perVersion, tag, tags } from './common.js';

export interface MetadataBody {
  readonly metadata: Readonly<Record<string, string>>;
}

/** All items at once: merged or replaced. */
export const metadataBody = perVersion(() => Joi.object<MetadataBody>({ metadata: metadata().required() }).required());

export interface MetaBody {
  readonly meta: Readonly<Record<string, string>>;
}

/** One item. */
export const metaBody = perVersion(() =>
  Joi.object<MetaBody>({
    meta: Joi.object()
      .pattern(/^[a-zA-Z0-9-_:. ]{1,255}$/, metadataValue())
      .min(1)
      .max(1)
      .required(),
  }).required(),
);

export interface TagsBody {
  readonly tags: readonly string[];
}

export const tagsBody = perVersion(() => Joi.object<TagsBody>({ tags: tags().required() }).required());

/** The tag is in the path: there must be no body. */
export const noBody = perVersion(nullOnly);

/** A tag that a path names. */
export const tagName = perVersion(() => tag().required());
