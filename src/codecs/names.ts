import { nameKey } from '../domain/ids.ts';

/**
 * Names for ids, one each, for vocabularies that know people or rooms by name. Two ids with the same
 * name are told apart: the second is `ann_2`. A name once given stays, for every connection.
 *
 * Holds at most `namesMax`; the one that was given first is forgotten then.
 */
export class Names {
  readonly #namesMax: number;
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<string, string>();

  constructor(namesMax: number) {
    this.#namesMax = namesMax;
  }

  nameOf(id: string, wanted: string): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    let name = wanted;
    for (let number = 2; this.#ids.has(nameKey(name)); number += 1) name = `${wanted}_${number}`;
    this.#makePlace();
    this.#names.set(id, name);
    this.#ids.set(nameKey(name), id);
    return name;
  }

  idOf(name: string): string | null {
    return this.#ids.get(nameKey(name)) ?? null;
  }

  #makePlace(): void {
    if (this.#names.size < this.#namesMax) return;
    const [oldest] = this.#names;
    if (oldest === undefined) return;
    this.#names.delete(oldest[0]);
    this.#ids.delete(nameKey(oldest[1]));
  }
}
