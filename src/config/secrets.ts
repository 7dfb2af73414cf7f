import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Joi from 'joi';
import { writeWhole } from '#core/lib/write-whole.js';

/** What a deployment generates for itself on its first start, and keeps. */
export interface Secrets {
  /** Signs tokens. */
  readonly tokenSecret: string;
  readonly adminPassword: string;
  readonly demoPassword: string;
  readonly altPassword: string;
  readonly readerPassword: string;
}

const FILE_NAME = 'secrets.json';
const OWNER_ONLY = 0o600;

const schema = Joi.object<Secrets, true>({
  tokenSecret: Joi.string().min(32).required(),
  adminPassword: Joi.string().required(),
  demoPassword: Joi.string().required(),
  altPassword: Joi.string().required(),
  readerPassword: Joi.string().required(),
});

/**
 * Makes the data directory (only its owner may enter it) and the secrets in it, or reads those of an earlier start.
 * Losing them would lock everybody out, so a damaged file is an error and never replaced.
 * @throws Error when the file cannot be read or is damaged
 */
export function loadSecrets(dataDir: string): Secrets {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const file = join(dataDir, FILE_NAME);
  const text = readIfThere(file);
  if (text === null) {
    const made = generate();
    writeWhole(file, `${JSON.stringify(made, null, 2)}\n`, OWNER_ONLY);
    return made;
  }
  chmodSync(file, OWNER_ONLY);
  try {
    return Joi.attempt(JSON.parse(text), schema.required());
  } catch (cause) {
    // The cause would quote the file.
    throw new Error(`${file} is damaged: restore it, or remove the whole data directory to start anew.`, {
      cause: cause instanceof Error ? cause.name : undefined,
    });
  }
}

const generate = (): Secrets => ({
  tokenSecret: randomBytes(48).toString('base64url'),
  adminPassword: password(),
  demoPassword: password(),
  altPassword: password(),
  readerPassword: password(),
});

/** 120 bits in letters and digits that need no quoting anywhere. */
const password = (): string => randomBytes(15).toString('hex');

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
