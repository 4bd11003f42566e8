/**
 * Bytes that were given to a socket and that the kernel has not taken. A socket that is destroyed
 * forgets what waited in it; this does not.
 */
export class Unsent {
  readonly #sizes: number[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** So much is being written, with `onWritten` as the callback. */
  add(size: number): void {
    this.#sizes.push(size);
    this.#bytes += size;
  }

  /** So much is not written any more: the connection ends. */
  lose(size: number): void {
    this.#bytes += size;
  }

  // A socket calls back in the order of the writes.
  readonly onWritten = (error?: Error | null): void => {
    const size = this.#sizes.shift() ?? 0;
    if (error == null) this.#bytes -= size;
  };
}
