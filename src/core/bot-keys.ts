import { createHash, timingSafeEqual } from 'node:crypto';
import { botKey } from '../domain/bot-commands.ts';

/** The key of a bot, made of 32 random bytes: shown once, to whoever makes the bot. */
export function makeBotKey(account: string, secret: Uint8Array): string {
  return botKey.parse(`bot-${account}-${Buffer.from(secret).toString('base64url')}`);
}

/**
 * A key as it is stored: SHA-256 in hexadecimal digits. Unlike a password it is 32 random bytes, which
 * nobody guesses however fast the digest is, so checking one may cost next to nothing.
 */
export function digestOfKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** The account that a key claims to be of; null: that is no key. */
export function accountOfKey(key: string): string | null {
  return botKey.safeParse(key).data?.split('-')[1] ?? null;
}

export function isKeyOf(key: string, digest: string): boolean {
  const [given, stored] = [Buffer.from(digestOfKey(key)), Buffer.from(digest)];
  return given.length === stored.length && timingSafeEqual(given, stored);
}
