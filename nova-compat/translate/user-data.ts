import type { InjectedFile } from '#core/domain/spec.js';
import { badRequest } from '../refusal.js';
import { type ContainerOptions, readOptions } from './options.js';

/** What user data does to a container (nova-api.md 5.5). */
export interface UserData {
  readonly files: readonly InjectedFile[];
  readonly options: ContainerOptions | null;
}

/** Where a script is put; it runs once, before the main process of the first start. */
export const SCRIPT_PATH = '/var/lib/zunova/user-data';
const MARK = '#container-config';

/**
 * `#!` is a script, `#container-config` options of the container in JSON; anything else is kept for those who read it themselves.
 * @param base64 as the client gave it
 * @throws Refusal 400 for options that cannot be read
 */
export function userData(base64: string | undefined): UserData {
  if (base64 === undefined) return { files: [], options: null };
  const bytes = Buffer.from(base64, 'base64');
  const head = bytes.subarray(0, MARK.length).toString('latin1');
  if (head.startsWith('#!')) {
    const script = { path: SCRIPT_PATH, contentBase64: bytes.toString('base64'), mode: 0o755, runAtFirstStart: true };
    return { files: [script], options: null };
  }
  if (head !== MARK) return { files: [], options: null };
  return { files: [], options: configOptions(bytes.toString('utf8').slice(MARK.length)) };
}

function configOptions(text: string): ContainerOptions {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(parsed(text))) {
    const group = key === 'environment' ? 'env' : key === 'labels' ? 'label' : null;
    if (group === null) texts.set(key, optionText(key, value));
    else for (const [name, v] of Object.entries(mapping(key, value))) texts.set(`${group}.${name}`, scalar(key, v));
  }
  if (texts.has('mounts')) throw badRequest('Invalid container option mounts: this deployment has no volume service.');
  return readOptions(texts, (name) => name);
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return mapping(MARK, JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw badRequest(`Invalid container option ${MARK}: the text after the first line is not a JSON object.`);
  }
}

function mapping(key: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest(`Invalid container option ${key}`);
  }
  return Object.fromEntries(Object.entries(value));
}

/** Lists of words stay lists; lists of ports are joined as they are written in metadata. */
function optionText(key: string, value: unknown): string {
  if (!Array.isArray(value)) return scalar(key, value);
  return key === 'ports' ? value.map((v) => scalar(key, v)).join(',') : JSON.stringify(value);
}

function scalar(key: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw badRequest(`Invalid container option ${key}`);
}
