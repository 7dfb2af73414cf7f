import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { RequestContext } from '#core/domain/context.js';
import { Invalid, NotFound, QuotaExceeded } from '#core/domain/errors.js';
import type { Keypair } from '#core/domain/records.js';
import type { Engine } from './engine.js';

const generate = promisify(generateKeyPair);

export interface NewKeypair {
  readonly name: string;
  /** OpenSSH one-line form; null: generate one. */
  readonly publicKey: string | null;
}

/**
 * Imports or generates an ssh key pair of the calling user. A generated private key is returned once and not kept.
 * @throws Invalid for a key that cannot be read, AlreadyExists, QuotaExceeded
 */
export async function createKeypair(
  engine: Engine,
  context: RequestContext,
  wanted: NewKeypair,
): Promise<Keypair & { privateKey: string | null }> {
  const limit = (await engine.store.quotas.limits(context.projectId)).key_pairs;
  const used = await engine.store.keypairs.count(context.userId);
  if (limit >= 0 && used >= limit) throw new QuotaExceeded([{ resource: 'key_pairs', requested: 1, used, limit }]);
  const made = wanted.publicKey === null ? await generateSshKey() : null;
  const publicKey = made?.publicKey ?? wanted.publicKey?.trim() ?? '';
  const keypair = await engine.store.keypairs.insert({
    userId: context.userId,
    name: wanted.name,
    type: 'ssh',
    publicKey,
    fingerprint: sshFingerprint(publicKey),
  });
  return { ...keypair, privateKey: made?.privateKey ?? null };
}

/** Ordered by name. `marker` is the last name of the page before. @throws NotFound('marker') */
export async function listKeypairs(
  engine: Engine,
  context: RequestContext,
  limit: number,
  marker: string | null,
): Promise<Keypair[]> {
  if (marker !== null) {
    await engine.store.keypairs.find(context.userId, marker).catch((error: unknown) => {
      throw error instanceof NotFound ? new NotFound('marker', marker) : error;
    });
  }
  return engine.store.keypairs.list(context.userId, limit, marker);
}

/** @throws NotFound('keypair') */
export const getKeypair = (engine: Engine, context: RequestContext, name: string): Promise<Keypair> =>
  engine.store.keypairs.find(context.userId, name);

/** @throws NotFound('keypair') */
export const deleteKeypair = (engine: Engine, context: RequestContext, name: string): Promise<void> =>
  engine.store.keypairs.remove(context.userId, name);

/** MD5 of the key blob as colon-separated pairs, as Nova shows it. @throws Invalid */
export function sshFingerprint(publicKey: string): string {
  const [type, base64] = publicKey.split(/\s+/);
  const blob = Buffer.from(base64 ?? '', 'base64');
  // The blob repeats its type as its first string (RFC 4253, 6.6): that tells a key from any other base64 text.
  const length = blob.length >= 4 ? blob.readUInt32BE(0) : 0;
  if (type === undefined || length === 0 || blob.subarray(4, 4 + length).toString('latin1') !== type) {
    throw new Invalid('Keypair data is invalid: failed to generate fingerprint', 'public_key');
  }
  const md5 = createHash('md5').update(blob).digest('hex');
  return md5.replace(/(..)(?=.)/g, '$1:');
}

/** RSA, since OpenSSH reads its PKCS#1 PEM form as it is. */
async function generateSshKey(): Promise<{ publicKey: string; privateKey: string }> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: 2048 });
  const jwk = publicKey.export({ format: 'jwk' });
  const field = (bytes: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  // mpint: a leading zero keeps a number whose top bit is set positive (RFC 4251, 5).
  const mpint = (text: string): Buffer => {
    const bytes = Buffer.from(text, 'base64url');
    return field((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes);
  };
  const blob = Buffer.concat([field(Buffer.from('ssh-rsa')), mpint(jwk.e ?? ''), mpint(jwk.n ?? '')]);
  return {
    publicKey: `ssh-rsa ${blob.toString('base64')} Generated-by-Zunova`,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}
