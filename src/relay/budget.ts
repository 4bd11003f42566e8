import { TokenBucket } from './token-bucket.ts';

/** How much somebody may send: on average, and at once. */
export interface Rates {
  readonly framesPerSecond: number;
  readonly framesBurst: number;
  readonly bytesPerSecond: number;
  readonly bytesBurst: number;
  readonly loginsPerMinute: number;
  readonly loginsBurst: number;
}

/** What is left of the frames, bytes and logins that a connection or an address may send. */
export class Budget {
  readonly #frames: TokenBucket;
  readonly #bytes: TokenBucket;
  readonly #logins: TokenBucket;

  constructor(rates: Rates, nowMs: number) {
    this.#frames = new TokenBucket(rates.framesPerSecond, rates.framesBurst, nowMs);
    this.#bytes = new TokenBucket(rates.bytesPerSecond, rates.bytesBurst, nowMs);
    this.#logins = new TokenBucket(rates.loginsPerMinute / 60, rates.loginsBurst, nowMs);
  }

  /** What a frame of so many bytes is too much of now, or null. An empty one is a frame, too. */
  takeFrame(bytes: number, nowMs: number): 'frames' | 'bytes' | null {
    if (!this.#frames.take(1, nowMs)) return 'frames';
    return this.#bytes.take(bytes, nowMs) ? null : 'bytes';
  }

  takeLogin(nowMs: number): 'logins' | null {
    return this.#logins.take(1, nowMs) ? null : 'logins';
  }

  /** A login was right: only attempts that fail are to add up. */
  giveLoginBack(): void {
    this.#logins.giveBack(1);
  }

  /** Whether it says no more than a new one would. */
  isFull(nowMs: number): boolean {
    return [this.#frames, this.#bytes, this.#logins].every((bucket) => bucket.isFull(nowMs));
  }
}
