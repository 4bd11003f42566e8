import { refusal } from '../domain/refusals.ts';
import type { ConnectionHandler } from './connection.ts';
import { FrameSplitter } from './frame-splitter.ts';

export interface FrameReaderOptions {
  readonly frameMaxBytes: number;
  /** From the first byte of a frame to its NUL; time in which nobody reads does not count. */
  readonly frameTimeoutMs: number;
}

/**
 * Turns the chunks of a byte stream into a connection's frames. Refuses with `FRAME_TOO_LONG` or
 * `FRAME_TIMEOUT`, once; after that, and after `stop`, nothing more is delivered.
 */
export class FrameReader {
  readonly #splitter: FrameSplitter;
  readonly #frameTimeoutMs: number;
  readonly #handler: ConnectionHandler;
  readonly #deliver: (frame: Buffer) => void;
  #timer: NodeJS.Timeout | null = null;
  #paused = false;
  #stopped = false;

  constructor(options: FrameReaderOptions, handler: ConnectionHandler) {
    this.#splitter = new FrameSplitter(options.frameMaxBytes);
    this.#frameTimeoutMs = options.frameTimeoutMs;
    this.#handler = handler;
    this.#deliver = (frame) => {
      this.#disarm();
      if (!this.#stopped) handler.onFrame(frame);
    };
  }

  read(chunk: Buffer): void {
    if (this.#stopped) return;
    const fits = this.#splitter.push(chunk, this.#deliver);
    // A frame of this chunk may have been the one to stop at.
    if (this.#stopped) return;
    if (fits) {
      this.#arm();
      return;
    }
    this.stop();
    this.#handler.onRefusal(refusal('FRAME_TOO_LONG'));
  }

  /** The peer is not read from: that its frame does not end is not its fault. */
  pause(): void {
    this.#paused = true;
    this.#disarm();
  }

  resume(): void {
    this.#paused = false;
    this.#arm();
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
  }

  #arm(): void {
    if (this.#paused || this.#stopped || !this.#splitter.isInFrame) return;
    this.#timer ??= setTimeout(() => this.#onTimeout(), this.#frameTimeoutMs);
  }

  #onTimeout(): void {
    this.stop();
    this.#handler.onRefusal(refusal('FRAME_TIMEOUT'));
  }

  #disarm(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
  }
}
