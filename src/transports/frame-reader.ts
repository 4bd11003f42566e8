import { refusal } from '../domain/refusals.ts';
import type { ConnectionHandler } from './connection.ts';
import { FrameSplitter } from './frame-splitter.ts';

export interface FrameReaderOptions {
  readonly frameMaxBytes: number;
  /** From the first byte of a frame to its NUL. */
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
    if (!this.#splitter.push(chunk, this.#deliver)) {
      this.stop();
      this.#handler.onRefusal(refusal('FRAME_TOO_LONG'));
    } else if (this.#splitter.isInFrame && !this.#stopped) {
      this.#timer ??= setTimeout(() => this.#onTimeout(), this.#frameTimeoutMs);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#disarm();
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
