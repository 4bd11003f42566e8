/**
 * Lets `concurrentMax` pieces of work run at once and `pendingMax` wait; one more is turned away with
 * null. Work begins in the order it came.
 */
export class Gate {
  readonly #concurrentMax: number;
  readonly #pendingMax: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(concurrentMax: number, pendingMax: number) {
    this.#concurrentMax = concurrentMax;
    this.#pendingMax = pendingMax;
  }

  get pending(): number {
    return this.#waiting.length;
  }

  async run<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.#running >= this.#concurrentMax) {
      if (this.#waiting.length >= this.#pendingMax) return null;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place goes straight to the next in line.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
