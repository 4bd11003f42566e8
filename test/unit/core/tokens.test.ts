import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { ForeignTokens } from '../../../src/core/tokens.ts';

const SECRET = 'a secret of 32 characters or more';
const NOW = Date.parse('2026-11-23T07:00:00.000Z');
const NOBODYS = { secret: null, publicKeyPem: null, issuer: null, audience: null };
const tokens = new ForeignTokens({ ...NOBODYS, secret: SECRET });

interface Told {
  readonly claims?: object;
  readonly key?: Uint8Array | KeyObject;
  readonly algorithm?: string;
  readonly expiresInSeconds?: number | null;
}

function sign({ claims = {}, key, algorithm = 'HS256', expiresInSeconds = 60 }: Told = {}) {
  const token = new SignJWT({ sub: '6', name: 'enobrev', ...claims });
  token.setProtectedHeader({ alg: algorithm });
  if (expiresInSeconds !== null) token.setExpirationTime(NOW / 1000 + expiresInSeconds);
  return token.sign(key ?? Buffer.from(SECRET));
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

describe("a token of somebody else's login", () => {
  it('says who it is', async () => {
    expect(await tokens.verify(await sign({ claims: { role: 'moderator' } }), NOW)).toEqual({
      ...{ sub: '6', name: 'enobrev', role: 'moderator' },
    });
  });

  it.each<[string, () => Promise<string> | string]>([
    ['forged', () => sign({ key: Buffer.from('another secret of 32 characters.') })],
    ['expired', () => sign({ expiresInSeconds: -1 })],
    ['without an end', () => sign({ expiresInSeconds: null })],
    ['of another algorithm', () => sign({ algorithm: 'HS512', key: Buffer.alloc(64) })],
    ['unsigned', () => `${encode({ alg: 'none' })}.${encode({ sub: '6', exp: 9e9 })}.`],
    ['for the system', () => sign({ claims: { sub: '0' } })],
    ['for no account id', () => sign({ claims: { sub: 'enobrev' } })],
    ['with a role there is not', () => sign({ claims: { role: 'god' } })],
    ['with a name nobody may have', () => sign({ claims: { name: 'a\nb' } })],
    ['that is no token', () => 'x.y.z'],
    ['that is empty', () => ''],
  ])('is not believed: %s', async (_name, token) => {
    expect(await tokens.verify(await token(), NOW)).toBeNull();
  });

  it('must be from and for whom the operator says', async () => {
    const strict = new ForeignTokens({
      ...NOBODYS,
      secret: SECRET,
      issuer: 'idp',
      audience: 'chat',
    });
    const outcomes = await Promise.all(
      [{ iss: 'idp', aud: 'chat' }, { iss: 'other', aud: 'chat' }, { iss: 'idp' }].map(
        async (claims) => (await strict.verify(await sign({ claims }), NOW))?.sub ?? null,
      ),
    );
    expect(outcomes).toEqual(['6', null, null]);
  });

  it('is never right when there is no key', async () => {
    expect(await new ForeignTokens(NOBODYS).verify(await sign(), NOW)).toBeNull();
  });

  it.each([
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['EdDSA', generateKeyPairSync('ed25519')],
    ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ])(
    'of %s is checked with its public key, and with no other algorithm',
    async (algorithm, keys) => {
      const publicKeyPem = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
      const strict = new ForeignTokens({ ...NOBODYS, publicKeyPem });
      const right = await sign({ algorithm, key: keys.privateKey });
      expect(await strict.verify(right, NOW)).toMatchObject({ sub: '6' });
      // The old trick: the public key as the secret of a symmetric signature.
      expect(await strict.verify(await sign({ key: Buffer.from(publicKeyPem) }), NOW)).toBeNull();
      for (const other of ['ES256', 'EdDSA', 'RS256']) {
        const token = `${encode({ alg: other })}.${right.split('.').slice(1).join('.')}x`;
        expect(await strict.verify(token, NOW)).toBeNull();
      }
    },
  );

  it('cannot be checked with a key of another kind', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(() => new ForeignTokens({ ...NOBODYS, publicKeyPem })).toThrow(/public key/);
  });
});
