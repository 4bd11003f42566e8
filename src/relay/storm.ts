export interface StormOptions {
  /** Comings and goings of a room in one window that are told one by one. */
  readonly events: number;
  readonly windowMs: number;
}

/**
 * Counts the comings and goings of a room in windows. A window begins with the first one after the
 * window before. What is more than `events` in it is to be summed up when it ends; what comes after
 * its end and before `end` is called still belongs to it. In a window that begins within a window's
 * time after such a one, all is: the storm goes on, or dies down.
 */
export class Storm {
  readonly #options: StormOptions;
  #beganMs: number | null = null;
  #events = 0;
  /** How many are told one by one in this window. */
  #free = 0;
  /** When a window ended that had too many; null: the last one had not. */
  #stormedMs: number | null = null;

  constructor(options: StormOptions) {
    this.#options = options;
  }

  /** When what is summed up is to be told; null: there is nothing. */
  get dueMs(): number | null {
    if (this.#beganMs === null || this.#events <= this.#free) return null;
    return this.#beganMs + this.#options.windowMs;
  }

  /** One more came or went. True when it is to be summed up. */
  count(nowMs: number): boolean {
    const { events, windowMs } = this.#options;
    const isOver = this.#beganMs === null || nowMs >= this.#beganMs + windowMs;
    if (isOver && this.dueMs === null) {
      const storms = this.#stormedMs !== null && nowMs < this.#stormedMs + windowMs;
      this.#beganMs = nowMs;
      this.#events = 0;
      this.#free = storms ? 0 : events;
    }
    this.#events += 1;
    return this.dueMs !== null;
  }

  /** What was summed up was told. */
  end(nowMs: number): void {
    this.#stormedMs = this.#events > this.#options.events ? nowMs : null;
    this.#beganMs = null;
  }
}
