import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt's interactive parameters: about 50 ms and 16 MiB a guess. */
const COST = { N: 16_384, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const FORM = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/;

/** @returns `scrypt$N$r$p$salt$key`, salt and key in base64url: the parameters travel with the hash, so that they can be raised */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Of a random password that nobody knows: what an unknown user is checked against. */
let decoy: Promise<string> | null = null;

/**
 * Compares in constant time. `hash` null means that there is no such user, an empty one that it has no password: the same work is
 * done, so that the time of a refusal does not tell which names exist.
 */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(KEY_BYTES).toString('hex'));
  const own = FORM.exec(hash ?? '');
  const [, n, r, p, salt, key] = own ?? FORM.exec(await decoy) ?? [];
  if (salt === undefined || key === undefined) return false;
  const want = Buffer.from(key, 'base64url');
  const have = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(n), r: Number(r), p: Number(p) });
  return have.length === want.length && timingSafeEqual(have, want) && own !== null;
}

function derive(password: string, salt: Buffer, cost: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
