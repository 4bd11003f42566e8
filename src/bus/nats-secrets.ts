import { randomBytes } from 'node:crypto';
import { hash } from 'bcryptjs';
import { nkeys } from 'nats';
import type { NatsUser } from './nats-accounts.ts';

/** A password that nobody guesses, of characters that need no quoting anywhere. */
export function makePassword(): string {
  return randomBytes(24).toString('base64url');
}

/** The seed of a new nkey. */
export function makeSeed(): string {
  return new TextDecoder().decode(nkeys.createUser().getSeed());
}

/** What the server keeps of a password: a bcrypt hash, which takes some 0.3 s. */
export async function proofOfPassword(password: string): Promise<NatsUser['proof']> {
  return { passwordHash: await hash(password, BCRYPT_COST) };
}

/** What the server keeps of an nkey: its public half. Throws when that is no seed. */
export function proofOfSeed(seed: string): NatsUser['proof'] {
  return { nkey: nkeys.fromSeed(new TextEncoder().encode(seed.trim())).getPublicKey() };
}

// The server compares once a connection. It warns below this cost.
const BCRYPT_COST = 11;
