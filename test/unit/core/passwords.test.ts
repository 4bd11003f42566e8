import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from '../../../src/core/passwords.ts';

// Each takes 50 ms of a core, and much longer on a busy machine.
describe('a password', { timeout: 60_000 }, () => {
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
    const times = { some: Number.POSITIVE_INFINITY, none: Number.POSITIVE_INFINITY };
    for (let turn = 0; turn < 3; turn += 1) {
      times.some = Math.min(times.some, await work(stored));
      times.none = Math.min(times.none, await work(null));
    }
    expect(times.none).toBeGreaterThan(times.some / 3);
  });

  it('is not compared with what is no stored password', async () => {
    expect(await verifyPassword('plain', 'plain')).toBe(false);
  });
});
