import { createHmac, createPublicKey, type KeyObject, randomBytes } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Bucket } from '../bus/bucket.ts';
import { accountId, displayName } from '../domain/ids.ts';

const ISSUER = 'xmlsocket-relay';
const RESUME = 'resume';
const SECRET_KEY = 'session';
const HEADER = encoded({ alg: 'HS256' });

/** Resume tokens: signed with a secret that all chat-cores share in a bucket, good for one account. */
export class SessionTokens {
  readonly #secret: Uint8Array;
  readonly #ttlSeconds: number;

  private constructor(secret: Uint8Array, ttlSeconds: number) {
    this.#secret = secret;
    this.#ttlSeconds = ttlSeconds;
  }

  static async open(secrets: Bucket, ttlSeconds: number): Promise<SessionTokens> {
    // Whoever is first makes the secret; everybody reads it back.
    await secrets.create(SECRET_KEY, randomBytes(32).toString('base64url'));
    const entry = await secrets.get(SECRET_KEY);
    if (entry === null) throw new Error('the session secret is gone');
    return new SessionTokens(Buffer.from(entry.value, 'base64url'), ttlSeconds);
  }

  // Every login has one made. Through jose that costs a turn of the thread pool, where passwords wait.
  issue(account: string, nowMs: number): string {
    const exp = Math.floor(nowMs / 1000) + this.#ttlSeconds;
    const payload = { iss: ISSUER, aud: RESUME, sub: account, exp };
    const signed = `${HEADER}.${encoded(payload)}`;
    const signature = createHmac('sha256', this.#secret).update(signed).digest('base64url');
    return `${signed}.${signature}`;
  }

  /** The account id that a token is for, or null for one that is forged, foreign or expired. */
  async verify(token: string, nowMs: number): Promise<string | null> {
    const payload = await verified(token, this.#secret, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: RESUME,
      currentDate: new Date(nowMs),
    });
    const id = accountId.safeParse(payload?.sub);
    return id.success ? id.data : null;
  }
}

export interface ForeignTokenOptions {
  readonly secret: string | null;
  readonly publicKeyPem: string | null;
  readonly issuer: string | null;
  readonly audience: string | null;
}

const claims = z.object({
  sub: accountId,
  name: displayName.optional(),
  role: z.enum(['member', 'moderator']).optional(),
});
export type Claims = z.infer<typeof claims>;

/**
 * Checks the tokens of somebody else's login (protocol.md §4.1): `sub` is the account id, `name` the
 * name of an account that is not there yet, `role` may be `member` or `moderator`. `exp` is required.
 */
export class ForeignTokens {
  readonly #key: Uint8Array | KeyObject | null;
  readonly #algorithms: string[];
  readonly #options: ForeignTokenOptions;

  constructor(options: ForeignTokenOptions) {
    this.#options = options;
    const { publicKeyPem, secret } = options;
    const publicKey = publicKeyPem === null ? null : createPublicKey(publicKeyPem);
    // Only what the key is made for: a token must not choose how it is checked.
    this.#algorithms = publicKey === null ? ['HS256'] : algorithmsOf(publicKey);
    this.#key = publicKey ?? (secret === null ? null : Buffer.from(secret, 'utf8'));
  }

  async verify(token: string, nowMs: number): Promise<Claims | null> {
    if (this.#key === null) return null;
    const { issuer, audience } = this.#options;
    const payload = await verified(token, this.#key, {
      algorithms: this.#algorithms,
      requiredClaims: ['exp', 'sub'],
      currentDate: new Date(nowMs),
      ...(issuer === null ? {} : { issuer }),
      ...(audience === null ? {} : { audience }),
    });
    const parsed = claims.safeParse(payload);
    return parsed.success ? parsed.data : null;
  }
}

function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string[] {
  if (asymmetricKeyType === 'rsa') return ['RS256'];
  if (asymmetricKeyType === 'ed25519') return ['EdDSA'];
  if (asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1') {
    return ['ES256'];
  }
  throw new Error('the public key is none for ES256, EdDSA or RS256');
}

async function verified(
  token: string,
  key: Uint8Array | KeyObject,
  options: Parameters<typeof jwtVerify>[2],
): Promise<JWTPayload | null> {
  try {
    return (await jwtVerify(token, key, options)).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
