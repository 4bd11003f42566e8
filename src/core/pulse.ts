export interface PulseOptions {
  /** How often it beats while the process runs. */
  readonly everyMs: number;
  /** A longer time between two beats is a pause. */
  readonly pauseMinMs: number;
  /** Milliseconds that only ever grow, also while the process is stopped. */
  readonly clock: () => number;
  readonly onPause: (pausedMs: number) => void;
}

/**
 * Notices that this process did not run for a while: it was stopped, starved, or the machine slept.
 *
 * What waited in a socket meanwhile is read before any timer fires, so whoever is about to believe
 * what came calls `look` first.
 */
export class Pulse {
  readonly #options: PulseOptions;
  #lastMs: number;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#lastMs = options.clock();
  }

  start(): void {
    this.#lastMs = this.#options.clock();
    this.#timer = setInterval(() => this.look(), this.#options.everyMs);
  }

  /** Calls `onPause` when there was a pause since the last look. */
  look(): void {
    const { clock, pauseMinMs, onPause } = this.#options;
    const nowMs = clock();
    const goneMs = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    if (goneMs > pauseMinMs) onPause(goneMs);
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
