import type { Bucket } from '../bus/bucket.ts';
import { BusError } from '../bus/bus-error.ts';
import { type LogReader, roomEventOf, type StoredMessage } from '../bus/log-reader.ts';
import type { LogWriter } from '../bus/log-writer.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import type { RoomEvent } from '../domain/events.ts';
import type { Trace } from '../domain/trace.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Draft } from './decide.ts';
import {
  apply,
  chainHash,
  emptyRoom,
  type FormerEpoch,
  type RoomState,
  snapshotOf,
  stateOf,
} from './room-state.ts';

export interface RoomLogParts {
  readonly writer: LogWriter;
  readonly reader: LogReader;
  readonly snapshots: Bucket;
  readonly checkpoints: Checkpoints;
  /** The log does not have the event of a room any more that was its `had`th: its end was lost. */
  readonly onLost: (room: string, had: number) => void;
  readonly now: () => number;
  readonly options: { readonly duplicateWindowMs: number };
  readonly onSnapshot: (outcome: 'saved' | 'failed') => void;
}

export interface AppendUnder {
  /** Of the event. */
  readonly id: string;
  readonly messageId: string;
  /** By when to give up. */
  readonly deadline: number;
  readonly trace: Trace | null;
}

/**
 * One room's log with the state that it folds to. `state` is what chat-core believes; the log itself
 * refuses an append made on a belief that is out of date (`FENCED`), and `catchUp` mends it.
 */
export class RoomLog {
  readonly #parts: RoomLogParts;
  readonly #subject: string;
  #state: RoomState;
  #snapshotAt = 0;
  // Of the room's newest message in the log; 0: it has none, or none any more.
  #newest = 0;

  constructor(room: string, parts: RoomLogParts) {
    this.#parts = parts;
    this.#subject = logSubjectOfRoom(room);
    this.#state = emptyRoom(room);
  }

  get state(): RoomState {
    return this.#state;
  }

  /** Events since the last snapshot. */
  get unsaved(): number {
    return this.#state.n - this.#snapshotAt;
  }

  /**
   * Reads the snapshot, if it is one of this very log, and the events after it. Tells when the log is
   * shorter than a snapshot or a checkpoint knows it, or another one.
   */
  async load(): Promise<void> {
    const { snapshots, checkpoints, onLost } = this.#parts;
    const { room } = this.#state;
    const [entry, checkpoint] = await Promise.all([snapshots.get(room), checkpoints.of(room)]);
    const snapshot = entry === null ? null : stateOf(entry.value);
    const isOurs = snapshot !== null && (await this.#isOfThisLog(snapshot));
    if (isOurs) {
      this.#state = snapshot;
      this.#snapshotAt = snapshot.n;
    }
    await this.catchUp();
    const had = Math.max(snapshot?.n ?? 0, checkpoint?.events ?? 0);
    if (had > this.#state.n || (snapshot !== null && snapshot.seq > 0 && !isOurs))
      onLost(room, had);
  }

  async #isOfThisLog({ room, seq, hash }: RoomState): Promise<boolean> {
    if (room !== this.#state.room || seq === 0) return false;
    const last = await this.#parts.reader.at(seq);
    // Its event may be older than the log keeps: then the state is known from here alone.
    if (last === null) return this.#hasExpired(seq);
    return last.subject === this.#subject && last.hash === hash;
  }

  // Whether the log once had this sequence and begins after it now.
  async #hasExpired(seq: number): Promise<boolean> {
    const { firstSeq, lastSeq } = await this.#parts.reader.extent();
    return firstSeq > seq && lastSeq >= seq;
  }

  /** Folds in what the log has beyond the state. */
  async catchUp(): Promise<void> {
    const newest = await this.#parts.reader.lastFromLeader(this.#subject);
    const until = newest?.seq ?? 0;
    if (until < this.#state.seq && !(await this.#hasExpired(this.#state.seq))) {
      // The log is shorter than what we knew: it was made anew. Nothing of before holds.
      this.#forget();
    }
    while (this.#state.seq < until) {
      const message = await this.#parts.reader.next(this.#subject, this.#state.seq + 1);
      if (message === null) throw new BusError('TIMEOUT', 'the log is settling');
      if (await this.#follows(message)) this.#foldIn(message);
      else this.#forget();
    }
    this.#newest = until;
  }

  // Each message names the one before it. One that knows another than ours is of another log, unless
  // it goes on from our hash, or ours and what came after it are older than the log keeps.
  async #follows({ prev, payload, hash }: StoredMessage): Promise<boolean> {
    const { seq } = this.#state;
    if (seq === 0 || prev === null || prev === seq) return true;
    return hash === chainHash(this.#state.hash, payload) || (await this.#hasExpired(seq));
  }

  #forget(): void {
    this.#parts.onLost(this.#state.room, this.#state.n);
    this.#state = emptyRoom(this.#state.room);
    this.#snapshotAt = 0;
    this.#newest = 0;
  }

  /**
   * Stores an event made of a draft and folds it in; returns its sequence. Sent again with the same
   * `messageId` it stores nothing and returns the sequence of the first time.
   */
  async append(
    draft: Draft,
    { id, ...under }: AppendUnder,
  ): Promise<{ readonly seq: number; readonly duplicate: boolean }> {
    const earlier = await this.#storedEarlier(under.messageId);
    if (earlier !== null) return { seq: earlier, duplicate: true };
    const made = this.#make(draft, id);
    const appended = await this.#parts.writer.append({ ...made.append, ...under });
    if (!appended.duplicate) this.#take(made, appended);
    else if (appended.seq > this.#state.seq) await this.catchUp();
    return appended;
  }

  // The log knows again what this epoch has stored, by its id. Of those before, it must be asked.
  async #storedEarlier(messageId: string): Promise<number | null> {
    const { writer } = this.#parts;
    const append = { subject: this.#subject, messageId };
    const seqs = await Promise.all(
      this.#formerEpochs().map(({ epoch }) => writer.storedIn(epoch, append)),
    );
    return seqs.find((seq) => seq !== null) ?? null;
  }

  // Of which the log may still know ids.
  #formerEpochs(): FormerEpoch[] {
    const { writer, now, options } = this.#parts;
    const { n, epoch, time, epochsBefore } = this.#state;
    if (epoch === writer.epoch && epochsBefore.length === 0) return [];
    const all = n === 0 ? [] : [...epochsBefore, { epoch, until: time }];
    const since = new Date(now() - options.duplicateWindowMs).toISOString();
    return all.filter((former) => former.epoch !== writer.epoch && former.until >= since);
  }

  /**
   * The same without waiting: the event is folded in as if it were stored, so that the next one can be
   * decided. Resolves with its sequence when it is; when it rejects, `goBackTo` what was believed
   * before. Null, and nothing is sent, while the log cannot be written ahead, or must be asked first
   * what another has stored.
   */
  appendAhead(draft: Draft, { id, ...under }: AppendUnder): Promise<number> | null {
    if (this.#formerEpochs().length > 0) return null;
    const made = this.#make(draft, id);
    const ahead = this.#parts.writer.appendAhead({ ...made.append, ...under });
    if (ahead === null) return null;
    this.#take(made, ahead);
    return ahead.stored.then(() => ahead.seq);
  }

  get belief(): Belief {
    return { state: this.#state, newest: this.#newest };
  }

  goBackTo({ state, newest }: Belief): void {
    this.#state = state;
    this.#newest = newest;
  }

  #make(draft: Draft, id: string): Made {
    const { room, n, hash, time } = this.#state;
    const now = Math.max(this.#parts.now(), Date.parse(time));
    const event = eventOf(draft, { id, n: n + 1, room, time: new Date(now).toISOString() });
    const payload = JSON.stringify(event);
    const next = chainHash(hash, payload);
    const append = { subject: this.#subject, payload, expectedLast: this.#newest, hash: next };
    return { event, append };
  }

  #take({ event, append }: Made, { seq, epoch }: { seq: number; epoch: string }): void {
    const { expectedLast: prev, hash } = append;
    this.#state = apply(this.#state, { seq, prev, event }, { hash, epoch });
    this.#newest = seq;
  }

  /** Appends may go on meanwhile: a snapshot is of the state at the call. */
  async saveSnapshot(): Promise<void> {
    const state = this.#state;
    if (state.n === this.#snapshotAt) return;
    // Also when it fails: the next is tried as many events later as if it had not.
    this.#snapshotAt = state.n;
    try {
      await this.#parts.snapshots.put(state.room, snapshotOf(state));
      this.#parts.onSnapshot('saved');
    } catch (error) {
      this.#parts.onSnapshot('failed');
      throw error;
    }
  }

  #foldIn(message: StoredMessage): void {
    const logged = roomEventOf(message);
    // A foreign message moves the fence, but says nothing about the room and is not in its chain.
    if (logged === null) {
      this.#state = { ...this.#state, seq: message.seq };
      return;
    }
    const chained = chainHash(this.#state.hash, message.payload);
    // Where events before this one are gone, its own hash stands for them.
    const isNext = logged.event.n === this.#state.n + 1;
    const hash = isNext ? chained : (message.hash ?? chained);
    this.#state = apply(this.#state, logged, { hash, epoch: message.epoch });
  }
}

/** What chat-core thinks of a room at some moment. */
export interface Belief {
  readonly state: RoomState;
  readonly newest: number;
}

interface Made {
  readonly event: RoomEvent;
  readonly append: {
    readonly subject: string;
    readonly payload: string;
    readonly expectedLast: number;
    readonly hash: string;
  };
}

interface Place {
  readonly id: string;
  readonly n: number;
  readonly room: string;
  readonly time: string;
}

// The order of the keys is the order on the wire (protocol.md §5.2).
function eventOf(draft: Draft, { id, n, room, time }: Place): RoomEvent {
  const { type, from, via, ...rest } = draft;
  return { v: 1, id, n, type, room, time, from, ...rest, via } as RoomEvent;
}
