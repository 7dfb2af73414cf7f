import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

const known = new LRUCache<string, string>({ max: 10_000 });

/** Tells a project which of its servers share a host, without saying which host: SHA-224 of both, in hex. `''` before placement. */
export function hostId(projectId: string, host: string | null): string {
  if (host === null) return '';
  const key = projectId + host;
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = createHash('sha224').update(key, 'utf8').digest('hex');
  known.set(key, made);
  return made;
}
