/**
 * Numbers for room ids, one each, for vocabularies whose ids are 32-bit integers. An id that is such a
 * number is its own; another gets one that stays, for every connection.
 *
 * Holds at most `numbersMax` made-up numbers; the oldest is forgotten then.
 */
export class Numbers {
  readonly #numbersMax: number;
  readonly #numbers = new Map<string, string>();
  readonly #ids = new Map<string, string>();
  #next = FIRST;

  constructor(numbersMax: number) {
    this.#numbersMax = numbersMax;
  }

  numberOf(id: string): string {
    if (isPlain(id)) return id;
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    if (this.#numbers.size >= this.#numbersMax) this.#forgetOldest();
    const number = String(this.#next);
    this.#next = this.#next >= LAST ? FIRST : this.#next + 1;
    this.#numbers.set(id, number);
    this.#ids.set(number, id);
    return number;
  }

  /** The id that a number stands for; null when it stands for none. */
  idOf(number: string): string | null {
    return isPlain(number) ? number : (this.#ids.get(number) ?? null);
  }

  #forgetOldest(): void {
    const [oldest] = this.#numbers;
    if (oldest === undefined) return;
    this.#numbers.delete(oldest[0]);
    this.#ids.delete(oldest[1]);
  }
}

const FIRST = 1_000_000_000;
const LAST = 2_000_000_000;

function isPlain(id: string): boolean {
  return /^[1-9][0-9]{0,8}$/.test(id);
}
