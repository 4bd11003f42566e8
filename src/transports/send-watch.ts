import type { Duplex } from 'node:stream';

/**
 * Watches whether a peer takes what is sent to it. `onStuck` is called once, when bytes have waited
 * for `timeoutMs` and the kernel took not one of them; a slow peer that takes some is fine.
 */
export class SendWatch {
  readonly #waiting: () => number;
  readonly #lookMs: number;
  readonly #onStuck: () => void;
  #timer: NodeJS.Timeout | null = null;
  #seen = 0;
  #looks = 0;
  #isOver = false;

  /** `waiting` says how many bytes the kernel has not taken; more to write behind them do not count. */
  constructor(waiting: () => number, timeoutMs: number, onStuck: () => void) {
    this.#waiting = waiting;
    this.#lookMs = timeoutMs / LOOKS;
    this.#onStuck = onStuck;
  }

  /** Something was written. */
  wrote(): void {
    if (this.#timer !== null || this.#isOver) return;
    this.#seen = this.#waiting();
    this.#looks = 0;
    if (this.#seen > 0) this.#arm();
  }

  stop(): void {
    this.#isOver = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#look(), this.#lookMs);
  }

  #look(): void {
    this.#timer = null;
    const waiting = this.#waiting();
    if (waiting === 0) return;
    this.#looks = waiting === this.#seen ? this.#looks + 1 : 0;
    this.#seen = waiting;
    if (this.#looks < LOOKS) {
      this.#arm();
      return;
    }
    this.stop();
    this.#onStuck();
  }
}

/**
 * How many bytes of the write that is under way the kernel has not taken. Only a private property of
 * Node's says that of a write that is half done; without it, what is queued in all.
 */
export function bytesUnderWay(socket: Duplex): number {
  if (socket.writableLength === 0) return 0;
  const handle: unknown = Reflect.get(socket, '_handle');
  if (typeof handle !== 'object' || handle === null) return socket.writableLength;
  const queued: unknown = Reflect.get(handle, 'writeQueueSize');
  return typeof queued === 'number' ? queued : socket.writableLength;
}

const LOOKS = 4;
