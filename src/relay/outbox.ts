import type { Flusher } from './flusher.ts';

/** What an outbox needs of its connection. */
export interface Sink {
  readonly bufferedBytes: number;
  write(frames: readonly Buffer[]): void;
}

/** The event that frames tell of. */
export interface Place {
  readonly room: string;
  /** The sequence of the event before it in the room. */
  readonly prev: number;
}

/**
 * The frames that wait for one connection. They are written when the flusher says so, all together, in
 * the order they came.
 *
 * When more than `maxBytes` wait, here or in the socket, `onOverflow` is called once and the frame is
 * not taken: the reader is too slow.
 */
export class Outbox {
  readonly #sink: Sink;
  readonly #flusher: Flusher;
  readonly #maxBytes: number;
  readonly #onOverflow: () => void;
  #frames: Buffer[] = [];
  #bytes = 0;
  #overflown = false;
  /** All bytes ever taken. */
  #taken = 0;
  /** Events whose frames may not have left yet, and all bytes taken with each. */
  readonly #places: Place[] = [];
  readonly #ends: number[] = [];
  /** The event before the first one of a room that was not taken. */
  #refused: Map<string, number> | null = null;

  constructor(sink: Sink, flusher: Flusher, maxBytes: number, onOverflow: () => void) {
    this.#sink = sink;
    this.#flusher = flusher;
    this.#maxBytes = maxBytes;
    this.#onOverflow = onOverflow;
  }

  /** Bytes that wait for this turn's write or in the socket. */
  get bytes(): number {
    return this.#bytes + this.#sink.bufferedBytes;
  }

  /** `place` is for a reader that cannot say itself what it has heard (see `lastSent`). */
  push(frames: readonly Buffer[], place?: Place): void {
    for (const frame of frames) {
      if (!this.#overflown && this.bytes + frame.length > this.#maxBytes) {
        this.#overflown = true;
        this.#onOverflow();
      }
      if (this.#overflown) {
        if (place !== undefined) this.skip(place);
        return;
      }
      if (this.#frames.length === 0) this.#flusher.add(this);
      this.#frames.push(frame);
      this.#bytes += frame.length;
      this.#taken += frame.length;
    }
    if (place === undefined) return;
    this.#places.push(place);
    this.#ends.push(this.#taken);
  }

  /** An event is not told any more: the connection ends. */
  skip({ room, prev }: Place): void {
    this.#refused ??= new Map();
    if (!this.#refused.has(room)) this.#refused.set(room, prev);
  }

  /** The last words before a close: taken also when the outbox is over its limit. */
  pushLast(frames: readonly Buffer[]): void {
    for (const frame of frames) this.#taken += frame.length;
    this.#frames.push(...frames);
    this.flush();
  }

  /** Returns how many frames it has written. */
  flush(): number {
    if (this.#frames.length === 0) return 0;
    this.#forgetSent();
    const frames = this.#frames;
    this.#frames = [];
    this.#bytes = 0;
    this.#sink.write(frames);
    // As a rule the kernel has taken all of it by now.
    if (this.#places.length > 0 && this.#sink.bufferedBytes === 0) {
      this.#places.length = 0;
      this.#ends.length = 0;
    }
    return frames.length;
  }

  /** The event of a room up to which the kernel has taken all; null: it has taken everything. */
  lastSent(room: string): number | null {
    this.#forgetSent();
    const last = this.#places.find((place) => place.room === room)?.prev;
    return last ?? this.#refused?.get(room) ?? null;
  }

  #forgetSent(): void {
    if (this.#places.length === 0) return;
    const sent = this.#taken - this.bytes;
    const first = this.#ends.findIndex((end) => end > sent);
    const gone = first < 0 ? this.#ends.length : first;
    this.#places.splice(0, gone);
    this.#ends.splice(0, gone);
  }
}
