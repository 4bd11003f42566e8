/** Where an append stands among those that were sent. */
export interface Link {
  /** The message id that must be the log's newest when this append is stored; null: any. */
  readonly after: string | null;
  /** Where it will be stored if nobody else writes; null: not known. */
  readonly seq: number | null;
  readonly index: number;
  readonly era: number;
}

/**
 * What one writer has sent to the log and not heard of yet, as a chain: each append asks to come right
 * after the one that was sent before it, so that when one is not stored, none of those sent after it
 * is. Only with one server storing the log does the order of sending hold.
 *
 * A chain is broken by an append that is not stored where it was foreseen: refused, a duplicate, or
 * behind somebody else's. It is whole again when everything sent before that was known has settled, and
 * after a pause that grows with each break, so that several writers do not go on spoiling each other's.
 */
export class AppendChain {
  readonly #clock: () => number;
  #sent = 0;
  #newestId = '';
  /** From the number of a send to the sequence it gets. */
  #offset: number | null = null;
  #era = 0;
  /** Appends under way: of this era, and of those before it. */
  #current = 0;
  #former = 0;
  #pauseMs = 0;
  #brokenAt = Number.NEGATIVE_INFINITY;

  /** `clock` gives monotonic milliseconds. */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Whether it is foreseen where the next append will be, and what comes after a failed one fails. */
  get isWhole(): boolean {
    return this.#offset !== null && this.#former === 0 && this.#sinceBreak >= this.#pauseMs;
  }

  /**
   * An append is sent now; nothing else may be sent before it. `id` is one that nobody else stores;
   * null: others may. Then nothing can rest on it, and the chain is whole again when it has settled.
   */
  send(id: string | null): Link {
    if (id === null) this.#newEra();
    const link = this.#link(id ?? '');
    if (id === null) this.#newEra();
    return link;
  }

  #link(id: string): Link {
    const index = this.#sent;
    const isBehind = this.#current > 0 && this.#former === 0;
    const link = {
      after: isBehind ? this.#newestId : null,
      seq: this.#offset === null ? null : index + this.#offset,
      index,
      era: this.#era,
    };
    this.#sent += 1;
    this.#current += 1;
    this.#newestId = id;
    return link;
  }

  /** An append was stored at a sequence, or not, or nobody knows: null. */
  settle(link: Link, seq: number | null): void {
    const isCurrent = link.era === this.#era;
    if (isCurrent) this.#current -= 1;
    else this.#former -= 1;
    // It may have been sent to be of no era: what comes after it is elsewhere than was foreseen.
    if (!isCurrent && seq !== link.seq) this.#offset = null;
    if (!isCurrent || (seq !== null && seq === link.seq)) return;
    const learned = seq === null ? null : seq - link.index;
    const isFirstWord = link.seq === null && (this.#offset === null || this.#offset === learned);
    if (!isFirstWord) this.#break();
    // Of those sent before that was known, nobody knows how many will be stored.
    this.#offset = isFirstWord || this.#former === 0 ? learned : null;
  }

  get #sinceBreak(): number {
    return this.#clock() - this.#brokenAt;
  }

  #newEra(): void {
    this.#era += 1;
    this.#former += this.#current;
    this.#current = 0;
  }

  #break(): void {
    this.#newEra();
    const isLongAgo = this.#sinceBreak > this.#pauseMs * LONG;
    this.#pauseMs = isLongAgo ? PAUSE_MIN_MS : Math.min(PAUSE_MAX_MS, this.#pauseMs * 2);
    this.#brokenAt = this.#clock();
  }
}

const PAUSE_MIN_MS = 5;
const PAUSE_MAX_MS = 2000;
// A break so many pauses after the last one has nothing to do with it.
const LONG = 10;
