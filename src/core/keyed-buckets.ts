/**
 * Token buckets by key, all alike: `capacity` at once, `perSecond` on average. A bucket that is full
 * again is forgotten, so there are no more than keys that took something lately.
 */
export class KeyedBuckets {
  readonly #perSecond: number;
  readonly #capacity: number;
  // In the order of their last use.
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(perSecond: number, capacity: number) {
    this.#perSecond = perSecond;
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** Takes a token of a key's bucket; false, and none taken, when there is none. `nowMs` only grows. */
  take(key: string, nowMs: number): boolean {
    const { tokens, atMs } = this.#buckets.get(key) ?? { tokens: this.#capacity, atMs: nowMs };
    const filled = Math.min(this.#capacity, tokens + ((nowMs - atMs) * this.#perSecond) / 1000);
    const isThere = filled >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: isThere ? filled - 1 : filled, atMs: nowMs });
    this.#forgetFull(nowMs);
    return isThere;
  }

  #forgetFull(nowMs: number): void {
    const fullAfterMs = (this.#capacity / this.#perSecond) * 1000;
    for (const [key, { atMs }] of this.#buckets) {
      if (nowMs - atMs < fullAfterMs) return;
      this.#buckets.delete(key);
    }
  }
}
