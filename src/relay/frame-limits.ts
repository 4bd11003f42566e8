import type { RelayLimits } from './options.ts';
import { TokenBucket } from './token-bucket.ts';

/** How much one connection may send: frames and bytes, on average and at once. */
export class FrameLimits {
  readonly #frames: TokenBucket;
  readonly #bytes: TokenBucket;

  constructor(limits: RelayLimits, nowMs: number) {
    this.#frames = new TokenBucket(limits.framesPerSecond, limits.framesBurst, nowMs);
    this.#bytes = new TokenBucket(limits.bytesPerSecond, limits.bytesBurst, nowMs);
  }

  /** False when a frame of so many bytes is too much now. An empty frame counts as one, too. */
  take(frameBytes: number, nowMs: number): boolean {
    return this.#frames.take(1, nowMs) && this.#bytes.take(frameBytes, nowMs);
  }
}
