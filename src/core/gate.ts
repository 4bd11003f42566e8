export interface GateOptions {
  readonly concurrentMax: number;
  readonly pendingMax: number;
  readonly waitMaxMs: number;
  /** Milliseconds that only ever grow. */
  readonly clock: () => number;
}

/**
 * Lets `concurrentMax` pieces of work run at once and `pendingMax` wait; one more, and one that has
 * waited longer than `waitMaxMs`, is turned away with null. Work begins in the order it came.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get pending(): number {
    return this.#waiting.length;
  }

  async run<T>(work: () => Promise<T>): Promise<T | null> {
    const { concurrentMax, pendingMax, waitMaxMs, clock } = this.#options;
    const cameMs = clock();
    if (this.#running >= concurrentMax) {
      if (this.#waiting.length >= pendingMax) return null;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      // Who asked has given up by now.
      return clock() - cameMs > waitMaxMs ? null : await work();
    } finally {
      const next = this.#waiting.shift();
      // The place goes straight to the next in line.
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
