import { roomEventOf, type StoredMessage } from '../bus/log-reader.ts';
import { chainHash, FIRST_HASH, type RoomState } from './room-state.ts';

/**
 * - `edited`: the bytes of an event are not those that its hash was made of.
 * - `missing`: an event before this one is not there.
 * - `reordered`: an event stands behind one that came after it.
 * - `foreign`: a message that is no event was put into the room's log.
 * - `lost-tail`: the log ends before the newest event that a snapshot or checkpoint knows.
 */
export type ChainProblemKind = 'edited' | 'missing' | 'reordered' | 'foreign' | 'lost-tail';

export interface ChainProblem {
  readonly kind: ChainProblemKind;
  /** Of the message where it shows; of the newest event that is known to be lost. */
  readonly seq: number;
  readonly message: string;
}

/** What a snapshot or a checkpoint says of the newest event that it knows. */
export type KnownEvent = Pick<RoomState, 'seq' | 'n' | 'hash'>;

/** Where reading begins: after event `n`, in which the chain ends with `hash`; null: that is not known. */
export interface ChainStart {
  readonly n: number;
  readonly hash: string | null;
}

/**
 * Recomputes the hash chain of one room, message by message (protocol.md §5.5). After a problem it goes
 * on from what is there, so that each is told once, where it is.
 */
export class ChainCheck {
  readonly #known: readonly KnownEvent[];
  readonly #firstSeq: number;
  #n: number;
  // Null: the events before are gone, or were not read.
  #hash: string | null;
  #dropped = 0;
  #last: { readonly seq: number; readonly time: string } | null = null;

  /**
   * `known` is what snapshots and checkpoints say; `firstSeq` where the log begins: what stood before
   * that, it has dropped as its limits of age and size tell it to. Without `start` the room is read from
   * its first event.
   */
  constructor(known: readonly KnownEvent[], firstSeq = 1, start: ChainStart | null = null) {
    this.#known = known;
    this.#firstSeq = firstSeq;
    this.#n = start?.n ?? 0;
    this.#hash = start === null ? FIRST_HASH : start.hash;
  }

  /** Where the last event stands and of when it is; null: none was seen. */
  get last(): { readonly seq: number; readonly time: string } | null {
    return this.#last;
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
    this.#last = { seq, time: logged.event.time };
    if (n < expected)
      return problem('reordered', seq, `event ${n} stands behind event ${expected - 1}`);
    if (n > expected) return problem('missing', seq, `event ${n} follows event ${expected - 1}`);
    const isChained = hash !== null && hash === message.hash;
    if (!isChained) return problem('edited', seq, `event ${n} is not what was stored`);
    if (this.#knownAt(n).every((known) => known.hash === hash)) return null;
    return problem(
      'edited',
      seq,
      `event ${n} is not what was stored: up to here all was written anew`,
    );
  }

  /** After the last message: whether events are lost that were there when something was known of them. */
  end(): ChainProblem | null {
    const newest = Math.max(0, ...this.#known.map(({ n }) => n));
    const [known] = this.#knownAt(newest);
    if (known === undefined || known.n <= this.#n) return null;
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
    this.#hash = this.#knownAt(n)[0]?.hash ?? null;
  }

  #knownAt(n: number): readonly KnownEvent[] {
    return this.#known.filter((known) => known.n === n);
  }
}

function problem(kind: ChainProblemKind, seq: number, message: string): ChainProblem {
  return { kind, seq, message };
}
