import type { Journal } from './journal.ts';
import type { RoomTruth } from './truth.ts';

/**
 * - `lost`: it was acknowledged and is not in the log where it was said to be.
 * - `stored-twice`: the log has it twice.
 * - `missing`: the log has it, and a client that was entitled to it did not get it.
 * - `doubled`, `out-of-order`: a client got it twice, or after a later one.
 * - `garbled`: a client got something that is not what the log has.
 * - `broken-link`: an event named another one before it than the one that came before it.
 * - `unrecovered`: the server said that it cannot bring all that was missed.
 * - `unacknowledged`: it was said again and again until the end and never acknowledged.
 * - `chain`: the hash chain of the log does not add up.
 */
export type ProblemKind =
  | ('lost' | 'stored-twice' | 'missing' | 'doubled' | 'out-of-order' | 'garbled')
  | ('broken-link' | 'unrecovered' | 'unacknowledged' | 'chain');

export interface Problem {
  readonly kind: ProblemKind;
  readonly room: string;
  readonly seq: number | null;
  /** Of what was said; the type of another event. */
  readonly mark: string | null;
}

/** Whom a journal is of, and what it could know. */
export interface Witness {
  readonly wire: 'xml' | 'web';
  readonly account: string;
  readonly journal: Journal;
}

export interface Evidence {
  /** Of each room. */
  readonly truth: ReadonlyMap<string, RoomTruth>;
  /** Of each room: up to this sequence everybody had time to hear it. */
  readonly upTo: ReadonlyMap<string, number>;
}
