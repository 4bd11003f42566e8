import type { Logged } from '../domain/events.ts';

/** How fast: so many times as fast as it was, or one event right after the other. */
export type Speed = number | 'max';

export interface ReplayClock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Resolves after so long, or at once when the signal is aborted. Never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export interface ReplayParts {
  /** The events after a sequence, in the order of the log. */
  read(afterSeq: number): AsyncGenerator<Logged>;
  /** Tells one. The next is told when this has resolved; what it rejects with ends the replay. */
  tell(logged: Logged): Promise<void>;
  readonly clock: ReplayClock;
}

export interface ReplayOptions {
  readonly afterSeq: number;
  readonly speed: Speed;
  /** No pause is longer, in milliseconds of the replay; null: as long as it was. */
  readonly maxPauseMs: number | null;
}

export type ReplayState = 'ready' | 'running' | 'paused' | 'ended' | 'stopped';

/**
 * Tells events again, at the pace at which they happened or another. What telling takes is no part of
 * the pace; a replay that is late by more than a second does not hurry to catch up.
 *
 * It can be paused, sped up and moved at any time, also while it waits. Holds one event at a time.
 */
export class Replay {
  readonly #parts: ReplayParts;
  readonly #maxPauseMs: number | null;
  #speed: Speed;
  #state: ReplayState = 'ready';
  #afterSeq: number;
  #sought: number | null = null;
  #last: Logged | null = null;
  #told = 0;
  /** What is left to wait, in milliseconds of when it happened, as of the moment `#mark`. */
  #left = 0;
  #mark = 0;
  #waiting: AbortController | null = null;

  constructor(parts: ReplayParts, { afterSeq, speed, maxPauseMs }: ReplayOptions) {
    this.#parts = parts;
    this.#afterSeq = afterSeq;
    this.#speed = speed;
    this.#maxPauseMs = maxPauseMs;
  }

  get state(): ReplayState {
    return this.#state;
  }

  get speed(): Speed {
    return this.#speed;
  }

  /** The last event that was told, or null. */
  get last(): Logged | null {
    return this.#last;
  }

  /** How many events were told. */
  get told(): number {
    return this.#told;
  }

  /** Runs to the end, or until `stop`. Once only. */
  async run(): Promise<'ended' | 'stopped'> {
    if (this.#state === 'ready') this.#state = 'running';
    let outcome = await this.#tellOn();
    while (outcome === 'sought') outcome = await this.#tellOn();
    this.#state = outcome;
    return outcome;
  }

  pause(): void {
    if (this.#state !== 'running' && this.#state !== 'ready') return;
    this.#settle();
    this.#state = 'paused';
    this.#wake();
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    this.#mark = this.#parts.clock.now();
    this.#wake();
  }

  setSpeed(speed: Speed): void {
    this.#settle();
    this.#speed = speed;
    this.#wake();
  }

  /** Goes on with the first event after that sequence, earlier or later than where it is. */
  seek(afterSeq: number): void {
    this.#sought = afterSeq;
    this.#wake();
  }

  /** Ends it; an event that is being told is told. */
  stop(): void {
    if (this.#state !== 'ended') this.#state = 'stopped';
    this.#wake();
  }

  async #tellOn(): Promise<'ended' | 'stopped' | 'sought'> {
    this.#afterSeq = this.#sought ?? this.#afterSeq;
    this.#sought = null;
    this.#mark = this.#parts.clock.now();
    let before: number | null = null;
    for await (const logged of this.#parts.read(this.#afterSeq)) {
      const time = Date.parse(logged.event.time);
      const interruption = await this.#wait(before === null ? 0 : time - before);
      if (interruption !== null) return interruption;
      await this.#parts.tell(logged);
      before = time;
      this.#afterSeq = logged.seq;
      this.#last = logged;
      this.#told += 1;
    }
    return this.#interruption() ?? 'ended';
  }

  async #wait(gapMs: number): Promise<'stopped' | 'sought' | null> {
    this.#left = this.#capped(Math.max(0, gapMs));
    for (;;) {
      const interruption = this.#interruption();
      if (interruption !== null) return interruption;
      if (this.#state === 'paused') {
        await this.#sleep(LONG_MS);
        continue;
      }
      this.#settle();
      if (this.#speed === 'max') return null;
      if (this.#left <= 0) {
        this.#mark += Math.max(this.#left / this.#speed, -LATE_MAX_MS);
        return null;
      }
      await this.#sleep(Math.min(this.#left / this.#speed, LONG_MS));
    }
  }

  #interruption(): 'stopped' | 'sought' | null {
    if (this.#state === 'stopped') return 'stopped';
    return this.#sought === null ? null : 'sought';
  }

  #capped(gapMs: number): number {
    if (this.#maxPauseMs === null || this.#speed === 'max') return gapMs;
    return Math.min(gapMs, this.#maxPauseMs * this.#speed);
  }

  // Counts the time that has gone by until now, at the speed of until now.
  #settle(): void {
    const now = this.#parts.clock.now();
    if (this.#speed !== 'max' && this.#state === 'running') {
      this.#left -= (now - this.#mark) * this.#speed;
    }
    this.#mark = now;
  }

  async #sleep(ms: number): Promise<void> {
    this.#waiting = new AbortController();
    await this.#parts.clock.wait(ms, this.#waiting.signal);
    this.#waiting = null;
  }

  #wake(): void {
    this.#waiting?.abort();
  }
}

const LATE_MAX_MS = 1000;
// Timers take some 24 days at most; whoever sleeps looks again.
const LONG_MS = 3_600_000;
