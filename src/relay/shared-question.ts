/**
 * A question that many ask and that is asked once at a time: who comes while it is under way shares the
 * next one, so that nobody gets an answer from before he asked.
 */
export class SharedQuestion<T> {
  readonly #put: () => Promise<T>;
  #asking: Promise<T> | null = null;
  #next: Promise<T> | null = null;

  /** `put` never rejects. */
  constructor(put: () => Promise<T>) {
    this.#put = put;
  }

  ask(): Promise<T> {
    if (this.#next !== null) return this.#next;
    if (this.#asking === null) return this.#begin();
    this.#next = this.#asking.then(() => {
      this.#next = null;
      return this.#begin();
    });
    return this.#next;
  }

  #begin(): Promise<T> {
    const asking = this.#put().finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    this.#asking = asking;
    return asking;
  }
}
