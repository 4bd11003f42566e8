/**
 * Goes through a list again and again in even parts: each round takes `parts` calls, and what the list
 * has at its beginning comes once in it.
 */
export class Rounds<T> {
  readonly #parts: number;
  #round: readonly T[] = [];
  #part = 0;

  constructor(parts: number) {
    this.#parts = parts;
  }

  /** The next part; `all` is asked for when a round begins. */
  next(all: () => readonly T[]): readonly T[] {
    if (this.#part === 0) this.#round = all();
    const bound = (part: number) => Math.floor((part * this.#round.length) / this.#parts);
    const part = this.#round.slice(bound(this.#part), bound(this.#part + 1));
    this.#part = (this.#part + 1) % this.#parts;
    return part;
  }
}
