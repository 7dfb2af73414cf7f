import type { InjectedFile } from '#core/domain/spec.js';
import type { NewServer } from '#schemas/nova/server-create.js';
import { badRequest, forbidden } from '../refusal.js';

const MAX_FILES = 5;
const MAX_PATH = 255;
const MAX_CONTENT = 10_240;
const MODE = 0o644;

/** Files that old versions of the API put into a server (nova-api.md 5.6). @throws Refusal */
export function personalityFiles(personality: NewServer['personality']): InjectedFile[] {
  const files = personality ?? [];
  if (files.length > MAX_FILES) throw forbidden('Personality file limit exceeded');
  return files.map(({ path, contents }) => {
    const content = Buffer.from(contents, 'base64');
    if (path.length > MAX_PATH) throw forbidden(`Personality file path exceeds maximum ${MAX_PATH}`);
    if (content.length > MAX_CONTENT) throw forbidden(`Personality file content exceeds maximum ${MAX_CONTENT}`);
    if (!isPlainPath(path)) throw badRequest(`Personality file path ${path} is not an absolute path`);
    return { path, contentBase64: content.toString('base64'), mode: MODE };
  });
}

/** Absolute, and not by way of a parent directory. */
const isPlainPath = (path: string): boolean =>
  /^\/[^\0]*[^/\0]$/.test(path) && !path.split('/').some((part) => part === '..' || part === '.');

/** The public key for those who log in by ssh. `user` null: root. */
export function authorizedKeys(publicKey: string, user: string | null): InjectedFile {
  const home = user === null || user === 'root' ? '/root' : `/home/${user}`;
  return {
    path: `${home}/.ssh/authorized_keys`,
    contentBase64: Buffer.from(`${publicKey}\n`).toString('base64'),
    mode: 0o600,
  };
}
