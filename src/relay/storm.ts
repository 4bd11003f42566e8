export interface StormOptions {
  /** Comings and goings of a room in one window that are told one by one. */
  readonly events: number;
  readonly windowMs: number;
}

/**
 * Counts the comings and goings of a room in windows. A window begins with the first one after the
 * window before. What is more than `events` in it is to be summed up when it ends; what comes after
 * its end and before `end` is called still belongs to it.
 */
export class Storm {
  readonly #options: StormOptions;
  #beganMs: number | null = null;
  #events = 0;

  constructor(options: StormOptions) {
    this.#options = options;
  }

  /** When what is summed up is to be told; null: there is nothing. */
  get dueMs(): number | null {
    const { events, windowMs } = this.#options;
    return this.#beganMs === null || this.#events <= events ? null : this.#beganMs + windowMs;
  }

  /** One more came or went. True when it is to be summed up. */
  count(nowMs: number): boolean {
    const isOver = this.#beganMs === null || nowMs >= this.#beganMs + this.#options.windowMs;
    if (isOver && this.dueMs === null) {
      this.#beganMs = nowMs;
      this.#events = 0;
    }
    this.#events += 1;
    return this.dueMs !== null;
  }

  /** What was summed up was told. */
  end(): void {
    this.#beganMs = null;
    this.#events = 0;
  }
}
