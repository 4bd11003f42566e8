import { nameKey } from '../domain/ids.ts';

/**
 * Names for ids, one each, for vocabularies that know people or rooms by name. Two ids with the same
 * name are told apart: the second is `ann_2`. A name once given stays, for every connection.
 *
 * Holds at most `namesMax` beside the reserved ones; the one that was given first is forgotten then.
 */
export class Names {
  readonly #namesMax: number;
  readonly #reserved = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  /** The number to try next for a name that several want. */
  readonly #numbers = new Map<string, number>();

  constructor(namesMax: number) {
    this.#namesMax = namesMax;
  }

  /** Gives a name for good, before anybody else can have it. */
  reserve(id: string, name: string): void {
    this.#reserved.set(id, name);
    this.#ids.set(nameKey(name), id);
  }

  nameOf(id: string, wanted: string): string {
    const known = this.#reserved.get(id) ?? this.#names.get(id);
    if (known !== undefined) return known;
    const name = this.#freeName(wanted);
    this.#makePlace();
    this.#names.set(id, name);
    this.#ids.set(nameKey(name), id);
    return name;
  }

  idOf(name: string): string | null {
    return this.#ids.get(nameKey(name)) ?? null;
  }

  #freeName(wanted: string): string {
    const key = nameKey(wanted);
    if (!this.#ids.has(key)) return wanted;
    let number = this.#numbers.get(key) ?? 2;
    while (this.#ids.has(nameKey(`${wanted}_${number}`))) number += 1;
    if (this.#numbers.size >= this.#namesMax) this.#numbers.clear();
    this.#numbers.set(key, number + 1);
    return `${wanted}_${number}`;
  }

  #makePlace(): void {
    if (this.#names.size < this.#namesMax) return;
    const [oldest] = this.#names;
    if (oldest === undefined) return;
    this.#names.delete(oldest[0]);
    this.#ids.delete(nameKey(oldest[1]));
  }
}
