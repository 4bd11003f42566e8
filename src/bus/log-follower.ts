import { setTimeout as pause } from 'node:timers/promises';
import type { Msg, Subscription } from 'nats';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import { type LogReader, type StoredMessage, storedMessage } from './log-reader.ts';
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
  /** The stream was made anew: sequences start again, positions of before mean nothing. */
  onReset(): void;
}

/**
 * The messages of a log subject as they are stored, without a gap.
 *
 * A live message that may not be the next one only marks how far the log is, and the follower reads
 * from the log until it has caught up; so it holds no messages back and needs no limit. It reads
 * after a reconnect, too.
 */
export class LogFollower {
  readonly #bus: BusConnection;
  readonly #reader: LogReader;
  readonly #options: LogFollowerOptions;
  readonly #handler: LogFollowerHandler;
  readonly #subscription: Subscription;
  readonly #stopListening: () => void;
  #last: number | null = null;
  #firstSeen: number | null = null;
  #highestSeen = 0;
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
    const { headers } = message;
    const seq = Number(headers?.get('Nats-Sequence'));
    // Not from the log: somebody else published on the live subject.
    if (!(seq > 0) || headers?.get('Nats-Stream') !== LOG_STREAM) return;
    this.#firstSeen ??= seq;
    this.#highestSeen = Math.max(this.#highestSeen, seq);
    if (this.#last === null || this.#reading) return;
    const prev = Number(headers.get('Nats-Last-Sequence'));
    // A message can come before the news of the reconnect that it needed; it proves nothing then.
    const isProof = this.#bus.status === 'connected';
    if (isProof && seq > this.#last && this.#options.isNext(prev, this.#last)) {
      this.#deliver(storedMessage(message, { seq, subject: headers.get('Nats-Subject') }));
    } else {
      this.check();
    }
  }

  #deliver(message: StoredMessage): void {
    this.#last = message.seq;
    this.#handler.onMessage(message);
  }

  async #catchUp(): Promise<void> {
    let read = 0;
    let pauseMs = PAUSE_MIN_MS;
    while (!this.#stopped && (this.#readAgain || this.#isBehind)) {
      try {
        this.#readAgain = false;
        const more = await this.#readOn();
        read += more;
        if (more > 0) pauseMs = PAUSE_MIN_MS;
        else if (!(await this.#wasReset()) && this.#isBehind) pauseMs = await this.#pause(pauseMs);
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
      const message = await this.#reader.next(this.#options.logged, (this.#last ?? 0) + 1);
      if (message === null || this.#stopped) return read;
      this.#deliver(message);
      read += 1;
    }
  }

  // Of a cluster's servers one may be behind the others, and a live message may be forged: where they
  // tell another story than what was read, only the leader is believed.
  async #wasReset(): Promise<boolean> {
    const { logged } = this.#options;
    const last = this.#last ?? 0;
    const seen = this.#highestSeen;
    const near = (await this.#reader.last(logged))?.seq ?? 0;
    const agrees = near > last || (near === last && !this.#isBehind);
    const newest = agrees ? near : ((await this.#reader.lastFromLeader(logged))?.seq ?? 0);
    if (this.#stopped) return false;
    // What came while the log was asked is not in its answer.
    if (this.#highestSeen === seen) this.#highestSeen = newest;
    if (newest >= last) return false;
    this.#last = 0;
    this.#handler.onReset();
    return true;
  }

  async #pause(ms: number): Promise<number> {
    if (this.#bus.status !== 'connected') {
      await this.#bus.whenConnected(PAUSE_MAX_MS).catch(() => undefined);
    }
    await pause(ms, undefined, { ref: false });
    return Math.min(ms * 2, PAUSE_MAX_MS);
  }
}

const PAUSE_MIN_MS = 20;
const PAUSE_MAX_MS = 1000;
