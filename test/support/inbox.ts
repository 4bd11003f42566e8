const WITHIN_MS = 10_000;

/** What came in and was not taken yet. Waiting has a deadline and says what came instead. */
export class Inbox<T> {
  readonly #items: T[] = [];
  #waiting: (() => void)[] = [];
  #closed: string | null = null;

  put(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  close(why: string): void {
    this.#closed ??= why;
    this.#wake();
  }

  get waiting(): readonly T[] {
    return this.#items;
  }

  /** The next one; rejects when none comes in time or no more can come. */
  async next(withinMs = WITHIN_MS): Promise<T> {
    return this.until(() => true, withinMs);
  }

  /** The next one that a predicate is true for; those before it are dropped. */
  async until(isIt: (item: T) => boolean, withinMs = WITHIN_MS): Promise<T> {
    const deadline = performance.now() + withinMs;
    const passed: T[] = [];
    for (;;) {
      for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) {
        if (isIt(item)) return item;
        passed.push(item);
      }
      const left = deadline - performance.now();
      const seen = `came instead: ${JSON.stringify(passed.slice(-5))}`;
      if (this.#closed !== null) throw new Error(`closed (${this.#closed}); ${seen}`);
      if (left <= 0) throw new Error(`nothing within ${withinMs} ms; ${seen}`);
      await this.#change(left);
    }
  }

  #change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
