import { setTimeout as pause } from 'node:timers/promises';

/**
 * The time of a plan, in milliseconds from its start. It can be made to stand still, for a machine that
 * is too slow to do what was planned when it was planned.
 */
export class PlanClock {
  readonly #now: () => number;
  readonly #startMs: number;
  #stoodStillMs = 0;
  #frozenSinceMs: number | null = null;
  #freezes = 0;

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
    this.#startMs = now();
  }

  get atMs(): number {
    const now = this.#frozenSinceMs ?? this.#now();
    return now - this.#startMs - this.#stoodStillMs;
  }

  /** It stands still until it was let go on as often. */
  freeze(): void {
    this.#freezes += 1;
    this.#frozenSinceMs ??= this.#now();
  }

  letGo(): void {
    this.#freezes -= 1;
    if (this.#freezes > 0 || this.#frozenSinceMs === null) return;
    this.#stoodStillMs += this.#now() - this.#frozenSinceMs;
    this.#frozenSinceMs = null;
  }

  /** Resolves when it is so late; rejects when the signal is given. */
  async until(atMs: number, signal: AbortSignal): Promise<void> {
    while (this.atMs < atMs) {
      const waitMs = this.#frozenSinceMs === null ? atMs - this.atMs : FROZEN_POLL_MS;
      await pause(Math.max(1, waitMs), undefined, { signal });
    }
  }
}

const FROZEN_POLL_MS = 50;
