/** What an outbox needs of its connection. */
export interface Sink {
  readonly bufferedBytes: number;
  write(frames: readonly Buffer[]): void;
}

/**
 * The frames that wait for one connection. They are written once per turn of the event loop, all
 * together, in the order they came.
 *
 * When more than `maxBytes` wait, here or in the socket, `onOverflow` is called once and the frame is
 * not taken: the reader is too slow.
 */
export class Outbox {
  readonly #sink: Sink;
  readonly #maxBytes: number;
  readonly #onOverflow: () => void;
  #frames: Buffer[] = [];
  #bytes = 0;
  #overflown = false;

  constructor(sink: Sink, maxBytes: number, onOverflow: () => void) {
    this.#sink = sink;
    this.#maxBytes = maxBytes;
    this.#onOverflow = onOverflow;
  }

  /** Bytes that wait for this turn's write or in the socket. */
  get bytes(): number {
    return this.#bytes + this.#sink.bufferedBytes;
  }

  push(frames: readonly Buffer[]): void {
    if (this.#overflown) return;
    for (const frame of frames) {
      if (this.bytes + frame.length > this.#maxBytes) {
        this.#overflown = true;
        this.#onOverflow();
        return;
      }
      if (this.#frames.length === 0) atEndOfTurn(this);
      this.#frames.push(frame);
      this.#bytes += frame.length;
    }
  }

  /** The last words before a close: taken also when the outbox is over its limit. */
  pushLast(frames: readonly Buffer[]): void {
    this.#frames.push(...frames);
    this.flush();
  }

  flush(): void {
    if (this.#frames.length === 0) return;
    const frames = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    this.#sink.write(frames);
  }
}

// One callback for all outboxes of a turn: those of a room are then written one after the other, and
// find the bytes that the first one made.
let waiting: Outbox[] = [];

function atEndOfTurn(outbox: Outbox): void {
  if (waiting.length === 0) setImmediate(flushAll);
  waiting.push(outbox);
}

function flushAll(): void {
  const due = waiting;
  waiting = [];
  for (const outbox of due) outbox.flush();
}
