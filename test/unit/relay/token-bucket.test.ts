import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBucket } from '../../../src/relay/token-bucket.ts';

describe('a token bucket', () => {
  it('gives its capacity at once and then what comes in', () => {
    const bucket = new TokenBucket(10, 3, 0);
    expect([1, 2, 3, 4].map(() => bucket.take(1, 0))).toEqual([true, true, true, false]);
    expect(bucket.take(1, 99)).toBe(false);
    expect(bucket.take(1, 200)).toBe(true);
  });

  it('takes nothing when there is not enough', () => {
    const bucket = new TokenBucket(1, 10, 0);
    expect(bucket.take(11, 0)).toBe(false);
    expect(bucket.take(10, 0)).toBe(true);
  });

  it('refills nothing when the clock goes backwards', () => {
    const bucket = new TokenBucket(1, 1, 10_000);
    expect(bucket.take(1, 10_000)).toBe(true);
    expect(bucket.take(1, 0)).toBe(false);
  });

  it('takes back, and never holds more than its capacity', () => {
    const bucket = new TokenBucket(1, 2, 0);
    bucket.giveBack(5);
    expect([1, 2, 3].map(() => bucket.take(1, 0))).toEqual([true, true, false]);
    bucket.giveBack(1);
    expect(bucket.take(1, 0)).toBe(true);
  });

  it('is full again after a while', () => {
    const bucket = new TokenBucket(2, 4, 0);
    expect(bucket.isFull(0)).toBe(true);
    bucket.take(3, 0);
    expect([0, 1499, 1500].map((now) => bucket.isFull(now))).toEqual([false, false, true]);
  });

  it('never gives more than the capacity and the average of the time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(500), { maxLength: 200 }), (steps) => {
        const bucket = new TokenBucket(20, 5, 0);
        let now = 0;
        let taken = 0;
        for (const step of steps) {
          now += step;
          if (bucket.take(1, now)) taken += 1;
        }
        expect(taken).toBeLessThanOrEqual(5 + (now * 20) / 1000 + 1e-6);
      }),
    );
  });
});
