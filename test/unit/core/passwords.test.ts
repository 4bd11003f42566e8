import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from '../../../src/core/passwords.ts';

describe('a password', () => {
  it('is stored with its cost and a salt of its own, never as it is', async () => {
    const [one, other] = await Promise.all([
      hashPassword('mypassword'),
      hashPassword('mypassword'),
    ]);
    expect(one).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(other);
  });

  it('is right when it is the same, however its letters are composed', async () => {
    const stored = await hashPassword('caf\u00e9');
    const tries = ['caf\u00e9', 'cafe\u0301', 'cafe', 'CAF\u00c9', ''];
    const outcomes = await Promise.all(tries.map((password) => verifyPassword(password, stored)));
    expect(outcomes).toEqual([true, true, false, false, false]);
  });

  it('is never right for nobody, and takes the same work', async () => {
    const stored = await hashPassword('x');
    const work = async (of: string | null) => {
      const begunMs = performance.now();
      expect(await verifyPassword('wrong', of)).toBe(false);
      return performance.now() - begunMs;
    };
    const [some, none] = [await work(stored), await work(null)];
    expect(none).toBeGreaterThan(some / 4);
  });

  it('is not compared with what is no stored password', async () => {
    expect(await verifyPassword('plain', 'plain')).toBe(false);
  });
});
