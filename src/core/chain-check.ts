import { roomEventOf, type StoredMessage } from '../bus/log-reader.ts';
import { chainHash, FIRST_HASH, type RoomState } from './room-state.ts';

/**
 * - `edited`: the bytes of an event are not those that its hash was made of.
 * - `missing`: an event before this one is not there.
 * - `reordered`: an event stands behind one that came after it.
 * - `foreign`: a message that is no event was put into the room's log.
 * - `lost-tail`: the log ends before the newest event that a snapshot knows.
 */
export type ChainProblemKind = 'edited' | 'missing' | 'reordered' | 'foreign' | 'lost-tail';

export interface ChainProblem {
  readonly kind: ChainProblemKind;
  /** Of the message where it shows; of the newest event that is known to be lost. */
  readonly seq: number;
  readonly message: string;
}

/** What a snapshot says of the newest event that it knows. */
export type KnownEvent = Pick<RoomState, 'seq' | 'n' | 'hash'>;

/**
 * Recomputes the hash chain of one room, message by message (protocol.md §5.5). After a problem it goes
 * on from what is there, so that each is told once, where it is.
 */
export class ChainCheck {
  readonly #known: KnownEvent | null;
  readonly #firstSeq: number;
  #n = 0;
  // Null: the events before are gone.
  #hash: string | null = FIRST_HASH;
  #dropped = 0;

  /**
   * `known` is what the newest snapshot says, if there is one; `firstSeq` where the log begins: what
   * stood before that, it has dropped as its limits of age and size tell it to.
   */
  constructor(known: KnownEvent | null, firstSeq = 1) {
    this.#known = known;
    this.#firstSeq = firstSeq;
  }

  /** How many events at the beginning the log has dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The number of the last event seen. */
  get n(): number {
    return this.#n;
  }

  /** The hash that the chain ends in. */
  get hash(): string {
    return this.#hash ?? FIRST_HASH;
  }

  /** The next message of the room's log, in order; null when all is well with it. */
  next(message: StoredMessage): ChainProblem | null {
    const logged = roomEventOf(message);
    const { seq } = message;
    if (logged === null) return problem('foreign', seq, 'a message that is no event');
    const { n } = logged.event;
    if (this.#n === 0 && n > 1 && this.#isDropped(message.prev ?? 0)) this.#beginAfter(n - 1);
    const expected = this.#n + 1;
    const hash = this.#hash === null ? message.hash : chainHash(this.#hash, message.payload);
    this.#n = Math.max(this.#n, n);
    this.#hash = message.hash ?? hash;
    if (n < expected)
      return problem('reordered', seq, `event ${n} stands behind event ${expected - 1}`);
    if (n > expected) return problem('missing', seq, `event ${n} follows event ${expected - 1}`);
    const known = this.#known?.n === n ? this.#known : null;
    const isChained = hash !== null && hash === message.hash;
    const whole = isChained && (known === null || known.hash === hash);
    return whole ? null : problem('edited', seq, `event ${n} is not what was stored`);
  }

  /** After the last message: whether events are lost that were there when the snapshot was made. */
  end(): ChainProblem | null {
    const known = this.#known;
    if (known === null || known.n <= this.#n) return null;
    if (this.#n === 0 && this.#isDropped(known.seq)) {
      this.#beginAfter(known.n);
      return null;
    }
    const lost = `the log ends with event ${this.#n}, and event ${known.n} was there`;
    return problem('lost-tail', known.seq, lost);
  }

  #isDropped(seq: number): boolean {
    return this.#firstSeq > 1 && seq < this.#firstSeq;
  }

  // The chain goes on from the snapshot where that is of the event just before. Else the oldest event's
  // own hash stands for what was before it.
  #beginAfter(n: number): void {
    this.#dropped = n;
    this.#n = n;
    this.#hash = this.#known?.n === n ? this.#known.hash : null;
  }
}

function problem(kind: ChainProblemKind, seq: number, message: string): ChainProblem {
  return { kind, seq, message };
}
