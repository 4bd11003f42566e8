import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const KEY_BYTES = 32;

/**
 * A password as it is stored: `scrypt$N$r$p$salt$key`, salt and key in base64url. About 50 ms of one
 * core and 32 MiB, off the event loop.
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, encode(salt), encode(key)].join('$');
}

/**
 * Whether a password is the stored one. With `stored: null` (there is no such account) it works as
 * long as otherwise and says no, so the time tells nobody which names exist.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [scheme, n, r, p, salt = '', key = ''] = (stored ?? NOBODY).split('$');
  if (scheme !== 'scrypt') return false;
  const cost = { ...COST, N: Number(n), r: Number(r), p: Number(p) };
  const expected = Buffer.from(key, 'base64url');
  const derived = await derive(password, Buffer.from(salt, 'base64url'), cost);
  const same = expected.length === derived.length && timingSafeEqual(expected, derived);
  return same && stored !== null;
}

const NOBODY = `scrypt$${COST.N}$${COST.r}$${COST.p}$${encode(randomBytes(16))}$${encode(randomBytes(KEY_BYTES))}`;

function derive(password: string, salt: Buffer, cost: object): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, cost, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64url');
}
