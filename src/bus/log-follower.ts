import { setTimeout as pause } from 'node:timers/promises';
import type { Msg, Subscription } from 'nats';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import { headerBlock, headerIn } from './header-block.ts';
import { identityOf, type LogReader, type StoredMessage, storedMessage } from './log-reader.ts';
import { LOG_STREAM } from './subjects.ts';

export interface LogFollowerOptions {
  /** The live subject and the log's, both with the same wildcards or none. */
  readonly live: string;
  readonly logged: string;
  /** Whether the log has no message of `logged` between `last` and one whose subject was at `prev`. */
  readonly isNext: (prev: number, last: number) => boolean;
}

export interface LogFollowerHandler {
  /** The next message: each once, in the order of the log, none left out. */
  onMessage(message: StoredMessage): void;
  /** A gap was closed by reading so many messages from the log. */
  onHealed(messages: number): void;
  /**
   * The log is another one: the stream was made anew, or its end was lost and written again. Positions
   * of before mean nothing. The new log is told from its beginning, or its last `RESET_MAX` sequences.
   */
  onReset(): void;
}

/**
 * The messages of a log subject as they are stored, without a gap.
 *
 * A live message that may not be the next one only marks how far the log is, and the follower reads
 * from the log until it has caught up. What is live meanwhile is held, at most `HELD_MAX` messages, and
 * delivered when the reading has come to it; of more, the earlier ones are read. It reads after a
 * reconnect, too. Before it reads on it looks whether what it delivered last still stands there.
 */
export class LogFollower {
  readonly #bus: BusConnection;
  readonly #reader: LogReader;
  readonly #options: LogFollowerOptions;
  readonly #handler: LogFollowerHandler;
  readonly #subscription: Subscription;
  readonly #stopListening: () => void;
  #last: number | null = null;
  // Of the message at `#last`; null: not known yet.
  #identity: string | null = null;
  #firstSeen: number | null = null;
  #highestSeen = 0;
  // Where the log ended when it was last asked.
  #end = 0;
  /** Live messages that came while the log was read, each the next after the one before it. */
  #held: Live[] = [];
  #reading = false;
  #readAgain = false;
  #stopped = false;

  constructor(
    bus: BusConnection,
    reader: LogReader,
    options: LogFollowerOptions,
    handler: LogFollowerHandler,
  ) {
    this.#bus = bus;
    this.#reader = reader;
    this.#options = options;
    this.#handler = handler;
    this.#subscription = bus.nc.subscribe(options.live, {
      callback: (error, message) => {
        if (error === null) this.#onLive(message);
      },
    });
    this.#stopListening = bus.onStatus((status) => {
      // Between what was held and what comes now, something may be missing.
      this.#held = [];
      if (status === 'connected') this.check();
    });
  }

  /** The sequence of the last message delivered; null before `startAfter`. */
  get position(): number | null {
    return this.#last;
  }

  /** The sequence of the first live message that was heard; null: none yet. */
  get firstSeen(): number | null {
    return this.#firstSeen;
  }

  /** Messages with a higher sequence are delivered from now on. Only the first call counts. */
  startAfter(seq: number): void {
    if (this.#last !== null) return;
    this.#last = seq;
    // Owner of this promise: the follower. Where it fails the next look learns it.
    if (seq > 0) void this.#learnIdentity(seq).catch(() => undefined);
    if (this.#highestSeen > seq) this.check();
  }

  /** Looks whether the log has moved on without a live message: the last one may have been lost. */
  check(): void {
    if (this.#last === null || this.#stopped) return;
    this.#readAgain = true;
    if (this.#reading) return;
    this.#reading = true;
    // Owner of this promise: the follower; `#catchUp` handles every failure of the bus itself.
    void this.#catchUp().finally(() => {
      this.#reading = false;
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#stopListening();
    this.#subscription.unsubscribe();
  }

  #onLive(message: Msg): void {
    const headers = headerBlock(message);
    const seq = Number(headerIn(headers, 'Nats-Sequence'));
    // Not from the log: somebody else published on the live subject.
    if (!(seq > 0) || headerIn(headers, 'Nats-Stream') !== LOG_STREAM) return;
    this.#firstSeen ??= seq;
    this.#highestSeen = Math.max(this.#highestSeen, seq);
    if (this.#last === null) return;
    const prev = Number(headerIn(headers, 'Nats-Last-Sequence') ?? 0);
    // A message can come before the news of the reconnect that it needed; it proves nothing then.
    const isProof = this.#bus.status === 'connected' && seq > this.#last;
    const subject = headerIn(headers, 'Nats-Subject') ?? '';
    const read = () => storedMessage(message, { seq, subject }, headers);
    if (this.#reading) {
      if (isProof) this.#hold({ prev, message: read() });
    } else if (isProof && this.#options.isNext(prev, this.#last)) {
      this.#deliver(read());
    } else {
      this.check();
    }
  }

  #hold(live: Live): void {
    const newest = this.#held.at(-1)?.message.seq;
    const isNext = newest !== undefined && this.#options.isNext(live.prev, newest);
    if (!isNext || this.#held.length >= HELD_MAX) this.#held = [];
    this.#held.push(live);
  }

  // The reading has come to what is held, or found nothing before it.
  #deliverHeld(): void {
    const held = this.#held;
    this.#held = [];
    for (const { message } of held) {
      if (!this.#stopped) this.#deliver(message);
    }
  }

  #deliver(message: StoredMessage): void {
    this.#last = message.seq;
    this.#identity = identityOf(message);
    this.#handler.onMessage(message);
  }

  async #catchUp(): Promise<void> {
    let read = 0;
    let pauseMs = PAUSE_MIN_MS;
    while (!this.#stopped && (this.#readAgain || this.#isBehind)) {
      try {
        const isNewLook = this.#readAgain;
        this.#readAgain = false;
        if (isNewLook && (await this.#isOtherLog())) await this.#reset();
        const from = this.#last;
        read += await this.#readOn();
        if (this.#last !== from) {
          pauseMs = PAUSE_MIN_MS;
          continue;
        }
        await this.#learnEnd();
        if (this.#isBehind) pauseMs = await this.#pause(pauseMs);
      } catch (error) {
        if (!(error instanceof BusError)) throw error;
        this.#readAgain = true;
        pauseMs = await this.#pause(pauseMs);
      }
    }
    if (read > 0 && !this.#stopped) this.#handler.onHealed(read);
  }

  get #isBehind(): boolean {
    return (this.#last ?? 0) < this.#highestSeen;
  }

  async #readOn(): Promise<number> {
    let read = 0;
    for (;;) {
      const last = this.#last ?? 0;
      const message = await this.#reader.next(this.#options.logged, last + 1);
      if (this.#stopped) return read;
      const [first] = this.#held;
      const isMet =
        message === null
          ? first !== undefined && this.#options.isNext(first.prev, last)
          : first !== undefined && message.seq >= first.message.seq;
      if (isMet) this.#deliverHeld();
      if (isMet || message === null) return read;
      this.#deliver(message);
      read += 1;
    }
  }

  async #learnIdentity(seq: number): Promise<void> {
    const message = await this.#reader.at(seq);
    if (message !== null && this.#last === seq) this.#identity ??= identityOf(message);
  }

  // Of a cluster's servers one may be behind the others: where one tells another story than what was
  // read, only the leader is believed.
  async #isOtherLog(): Promise<boolean> {
    const last = this.#last ?? 0;
    if (last === 0) return false;
    if (this.#identity === null) await this.#learnIdentity(last);
    const isSame = (message: StoredMessage | null) =>
      message !== null && identityOf(message) === this.#identity;
    if (isSame(await this.#reader.at(last))) return false;
    const there = await this.#reader.atFromLeader(last);
    if (there !== null) {
      this.#identity ??= identityOf(there);
      return !isSame(there);
    }
    // Older messages than the log keeps do not tell, and one that is empty tells when it fills.
    const oldest = await this.#reader.oldestFromLeader();
    return oldest !== null && oldest.seq <= last;
  }

  async #reset(): Promise<void> {
    await this.#learnEnd();
    if (this.#stopped) return;
    this.#last = Math.max(0, this.#end - RESET_MAX);
    this.#identity = null;
    this.#held = [];
    this.#handler.onReset();
  }

  // A live message may be forged: where the log does not have it, the leader says where it ends.
  async #learnEnd(): Promise<void> {
    const { logged } = this.#options;
    const last = this.#last ?? 0;
    const seen = this.#highestSeen;
    const near = (await this.#reader.last(logged))?.seq ?? 0;
    const agrees = near > last || (near === last && !this.#isBehind);
    this.#end = agrees ? near : ((await this.#reader.lastFromLeader(logged))?.seq ?? 0);
    // What came while the log was asked is not in its answer.
    if (this.#highestSeen === seen) this.#highestSeen = this.#end;
  }

  async #pause(ms: number): Promise<number> {
    if (this.#bus.status !== 'connected') {
      await this.#bus.whenConnected(PAUSE_MAX_MS).catch(() => undefined);
    }
    await pause(ms, undefined, { ref: false });
    return Math.min(ms * 2, PAUSE_MAX_MS);
  }
}

interface Live {
  /** The sequence that its subject was at before it. */
  readonly prev: number;
  readonly message: StoredMessage;
}

const HELD_MAX = 1000;
/** How many sequences of a log made anew are told; the others are in its history. */
const RESET_MAX = 10_000;
const PAUSE_MIN_MS = 2;
const PAUSE_MAX_MS = 1000;
