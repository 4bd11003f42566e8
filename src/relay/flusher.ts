/** What has something to write. */
export interface Flushable {
  /** Returns how many frames it has written. */
  flush(): number;
}

export interface FlusherOptions {
  /** No pause is longer; 0: there is none. */
  readonly pauseMaxMs: number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  /** What is written now has waited in a pause. */
  readonly onPaused: () => void;
}

/**
 * Has the outboxes of a relay written at the end of a turn of the event loop, one after the other: those
 * of a room then find the bytes that the first one made.
 *
 * Writing is what costs a relay most, for each write and not for each byte. So where it is busy it writes
 * more at once: when a write had several frames in it, it pauses, the longer the more they were, up to
 * `SHARE_MAX` times as long as the writing took (ADR 0015). What is said one after the other never waits.
 */
export class Flusher {
  readonly #options: FlusherOptions;
  #due: Flushable[] = [];
  #restUntil = Number.NEGATIVE_INFINITY;

  constructor(options: FlusherOptions) {
    this.#options = options;
  }

  /** It is flushed soon, once: it says so again when it has something to write after that. */
  add(flushable: Flushable): void {
    this.#due.push(flushable);
    if (this.#due.length === 1) this.#plan();
  }

  #plan(): void {
    const left = this.#restUntil - this.#options.clock();
    if (left < SHORTEST_PAUSE_MS) setImmediate(this.#flush);
    else {
      this.#options.onPaused();
      setTimeout(this.#flush, left);
    }
  }

  readonly #flush = (): void => {
    const { clock, pauseMaxMs } = this.#options;
    const due = this.#due;
    this.#due = [];
    const begun = clock();
    let frames = 0;
    for (const flushable of due) frames += flushable.flush();
    const ended = clock();
    const share = Math.min(SHARE_MAX, Math.floor(frames / due.length) - 1);
    this.#restUntil = ended + Math.min(pauseMaxMs, (ended - begun) * share);
  };
}

const SHARE_MAX = 7;
// Timers are no finer.
const SHORTEST_PAUSE_MS = 1;
