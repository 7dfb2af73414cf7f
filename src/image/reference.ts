import { isUuid, nameUuid } from '#core/lib/uuid.js';

/** Namespace of the ids of registry images: never to be changed, since ids of deployed images follow from it. */
export const IMAGE_NAMESPACE = '8f1c2b64-7a0d-4f4e-b1a5-3c9d6e2f7a58';

/** A docker image reference in its parts (distribution/reference). At least one of `tag` and `digest` is set. */
export interface Reference {
  /** Registry, `docker.io` when none is named. */
  readonly domain: string;
  /** Repository in the registry, with `library/` on docker.io. */
  readonly path: string;
  readonly tag: string | null;
  /** `sha256:...`; wins over the tag. */
  readonly digest: string | null;
}

const DEFAULT_DOMAIN = 'docker.io';
const OFFICIAL = 'library/';
const DEFAULT_TAG = 'latest';
const MAX_NAME = 255;

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;
/** Docker takes it for an image id. */
const BARE_ID = /^[0-9a-f]{64}$/;

/** @returns null for what docker would not take as a reference */
export function parseReference(text: string): Reference | null {
  if (BARE_ID.test(text)) return null;
  const at = text.indexOf('@');
  const digest = at < 0 ? null : text.slice(at + 1);
  if (digest !== null && !DIGEST.test(digest)) return null;
  const beforeDigest = at < 0 ? text : text.slice(0, at);
  const colon = beforeDigest.lastIndexOf(':');
  const tagged = colon > beforeDigest.lastIndexOf('/');
  const tag = tagged ? beforeDigest.slice(colon + 1) : null;
  if (tag !== null && !TAG.test(tag)) return null;
  const { domain, path } = splitName(tagged ? beforeDigest.slice(0, colon) : beforeDigest);
  if (!DOMAIN.test(domain) || !PATH.test(path) || domain.length + path.length >= MAX_NAME) return null;
  return { domain, path, digest, tag: tag ?? (digest === null ? DEFAULT_TAG : null) };
}

/** The first part is a registry only when it cannot be the name of a user: has a dot, a port, upper case, or is `localhost`. */
function splitName(name: string): { domain: string; path: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  const domain = isDomain ? first : DEFAULT_DOMAIN;
  const path = isDomain ? name.slice(slash + 1) : name;
  if (domain !== DEFAULT_DOMAIN && domain !== 'index.docker.io') return { domain, path };
  return { domain: DEFAULT_DOMAIN, path: path.includes('/') ? path : `${OFFICIAL}${path}` };
}

/** Full form: `docker.io/library/busybox:latest`, `registry:5000/a/b@sha256:...`. */
export const fullReference = (r: Reference): string =>
  r.digest === null ? `${r.domain}/${r.path}:${r.tag ?? DEFAULT_TAG}` : `${r.domain}/${r.path}@${r.digest}`;

/** Full form of a text, so that two ways to name one image become equal; null when it is no reference. */
export function normalise(text: string): string | null {
  const parsed = parseReference(text);
  return parsed && fullReference(parsed);
}

/** As docker shows it, and without `:latest`: `busybox`, `nginx:1.25`, `registry:5000/a/b`. */
export function familiarName(r: Reference): string {
  const official = r.path.startsWith(OFFICIAL) ? r.path.slice(OFFICIAL.length) : r.path;
  const name = r.domain === DEFAULT_DOMAIN ? official : `${r.domain}/${r.path}`;
  if (r.digest !== null) return `${name}@${r.digest}`;
  return r.tag === null || r.tag === DEFAULT_TAG ? name : `${name}:${r.tag}`;
}

/** True when the text names a tag, a digest, a user or a registry: a bare word may as well be the name of anything. */
export const isExplicit = (text: string): boolean => /[/:@]/.test(text) && parseReference(text) !== null;

/** Id of a registry image: the same on every host and in every deployment. `reference` is in full form. */
export const referenceId = (reference: string): string => nameUuid(IMAGE_NAMESPACE, reference);

const UPLOADED = 'docker.io/zunova/image:';

/** Under which name engines have an image whose data was uploaded; `id` is that of the image record. */
export const uploadReference = (id: string): string => `zunova/image:${id}`;

/** The id of the image record behind such a name, in any form; null for all other references. */
export function uploadedId(reference: string): string | null {
  const full = normalise(reference);
  const id = full?.startsWith(UPLOADED) === true ? full.slice(UPLOADED.length) : '';
  return isUuid(id) ? id : null;
}
