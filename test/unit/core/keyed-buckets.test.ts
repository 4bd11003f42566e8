import { describe, expect, it } from 'vitest';
import { KeyedBuckets } from '../../../src/core/keyed-buckets.ts';

describe('KeyedBuckets', () => {
  it('gives each key its own burst, and refills it over time', () => {
    const buckets = new KeyedBuckets(2, 3);
    expect([1, 2, 3, 4].map(() => buckets.take('a', 0))).toEqual([true, true, true, false]);
    expect(buckets.take('b', 0)).toBe(true);
    expect(buckets.take('a', 499)).toBe(false);
    expect(buckets.take('a', 1000)).toBe(true);
  });

  it('forgets whom it owes nothing', () => {
    const buckets = new KeyedBuckets(2, 3);
    for (let key = 0; key < 100; key += 1) buckets.take(`k${key}`, 0);
    expect(buckets.size).toBe(100);
    buckets.take('late', 1500);
    expect(buckets.size).toBe(1);
  });
});
