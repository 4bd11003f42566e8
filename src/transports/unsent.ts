import type { Writable } from 'node:stream';

/**
 * Bytes that were given to a socket and that the kernel has not taken. A socket that is destroyed
 * forgets what waited in it; this does not.
 */
export class Unsent {
  readonly #socket: Writable;
  readonly #sizes: number[] = [];
  #bytes = 0;

  constructor(socket: Writable) {
    this.#socket = socket;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Gives bytes to the socket. */
  write(bytes: Buffer): void {
    const socket = this.#socket;
    socket.write(bytes);
    // As a rule the kernel has taken all of it by now: that costs no callback.
    if (socket.writableLength === 0 && socket.errored === null) return;
    this.#sizes.push(bytes.length);
    this.#bytes += bytes.length;
    // The socket calls back in the order of the writes.
    socket.write(NOTHING, this.#onWritten);
  }

  /** So much is not written any more: the connection ends. */
  lose(size: number): void {
    this.#bytes += size;
  }

  readonly #onWritten = (error?: Error | null): void => {
    const size = this.#sizes.shift() ?? 0;
    if (error == null) this.#bytes -= size;
  };
}

const NOTHING = Buffer.alloc(0);
