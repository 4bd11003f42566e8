import { Junk } from '../support/junk.ts';

/** Frames that are almost right, between frames of junk: a few edits away from a valid one. */
export class NearMisses {
  readonly #random: () => number;
  readonly #samples: readonly string[];
  readonly #tokens: readonly string[];
  readonly #junk: Junk;

  constructor(random: () => number, samples: readonly string[], tokens: readonly string[]) {
    this.#random = random;
    this.#samples = samples;
    this.#tokens = tokens;
    this.#junk = new Junk(random, samples, tokens);
  }

  frame(): Buffer {
    if (this.#random() < 0.4) return this.#junk.frame();
    let text = this.#pick(this.#samples);
    for (let edits = this.#below(4); edits > 0; edits -= 1) text = this.#edit(text);
    return Buffer.from(text);
  }

  #edit(text: string): string {
    const from = this.#below(text.length + 1);
    const to = from + this.#below(6);
    const cut = text.slice(from, to);
    const kind = this.#random();
    if (kind < 0.4) return text.slice(0, from) + this.#token() + text.slice(from);
    if (kind < 0.6) return text.slice(0, from) + text.slice(to);
    if (kind < 0.75) return text.slice(0, to) + cut + text.slice(to);
    if (kind < 0.9) return text.slice(0, from) + this.#token() + text.slice(to);
    // Two frames in one, cut anywhere.
    const other = this.#pick(this.#samples);
    return text.slice(0, from) + other.slice(this.#below(other.length + 1));
  }

  #token(): string {
    if (this.#random() < 0.7) return this.#pick(this.#tokens);
    const code = this.#random() < 0.5 ? this.#below(0x80) : this.#below(0x10000);
    return String.fromCharCode(code).toWellFormed();
  }

  #pick(list: readonly string[]): string {
    return list[this.#below(list.length)] ?? '';
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}
