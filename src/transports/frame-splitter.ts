/**
 * Splits a byte stream into XMLSocket frames: the bytes before each NUL (protocol.md §2.1).
 *
 * Holds at most `frameMaxBytes` of an unfinished frame, in a buffer of its own, so that no large
 * chunk is kept for a small rest. Empty frames are delivered, too: who counts frames counts them.
 */
export class FrameSplitter {
  readonly #frameMaxBytes: number;
  #tail: Buffer = EMPTY;
  #tailBytes = 0;
  #spent = false;

  constructor(frameMaxBytes: number) {
    this.#frameMaxBytes = frameMaxBytes;
  }

  /** Whether a frame has begun and not ended. */
  get isInFrame(): boolean {
    return this.#tailBytes > 0;
  }

  /**
   * Delivers the frames that a chunk completes, in order; each is valid only during the call. False
   * when a frame is longer than `frameMaxBytes`: the splitter is spent and delivers nothing more.
   */
  push(chunk: Buffer, deliver: (frame: Buffer) => void): boolean {
    let from = 0;
    // Only new bytes are searched: a NUL cannot be among those that wait.
    for (let end = chunk.indexOf(NUL); end !== -1 && !this.#spent; end = chunk.indexOf(NUL, from)) {
      const piece = chunk.subarray(from, end);
      from = end + 1;
      if (!this.#fits(piece)) break;
      deliver(this.#finish(piece));
    }
    const rest = chunk.subarray(from);
    if (!this.#spent && this.#fits(rest)) this.#keep(rest);
    return !this.#spent;
  }

  #fits(piece: Buffer): boolean {
    if (this.#tailBytes + piece.length > this.#frameMaxBytes) {
      this.#spent = true;
      this.#tail = EMPTY;
      this.#tailBytes = 0;
    }
    return !this.#spent;
  }

  #finish(piece: Buffer): Buffer {
    if (this.#tailBytes === 0) return piece;
    this.#keep(piece);
    const frame = this.#tail.subarray(0, this.#tailBytes);
    this.#tail = EMPTY;
    this.#tailBytes = 0;
    return frame;
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    const needed = this.#tailBytes + piece.length;
    if (needed > this.#tail.length) {
      const size = Math.min(this.#frameMaxBytes, Math.max(needed, this.#tail.length * 2, SMALLEST));
      // Not from the pool: it would be kept alive by a few bytes of it.
      const grown = Buffer.allocUnsafeSlow(size);
      this.#tail.copy(grown, 0, 0, this.#tailBytes);
      this.#tail = grown;
    }
    piece.copy(this.#tail, this.#tailBytes);
    this.#tailBytes = needed;
  }
}

const NUL = 0;
const EMPTY = Buffer.alloc(0);
const SMALLEST = 256;
