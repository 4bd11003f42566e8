import type { Msg, Subscription } from 'nats';
import type { Logged, WhisperEvent } from '../domain/events.ts';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import { type LogReader, type StoredMessage, storedMessage, whisperOf } from './log-reader.ts';
import { ANY_LIVE_USER, ANY_LOGGED_USER, lastToken, logSubjectOfUser } from './subjects.ts';

export interface WhisperFeedHandler {
  /** The next private message of anybody: each once, in the order of the log. */
  onWhisper(logged: Logged<WhisperEvent>): void;
  /** A message in the log of an account is no event of this project's; it was passed over. */
  onForeign(seq: number): void;
}

/**
 * All private messages as they are stored, from the start of the feed on. After a reconnect what was
 * stored meanwhile is read from the log first; live messages wait for it in the log, not here.
 */
export class WhisperFeed {
  readonly #bus: BusConnection;
  readonly #reader: LogReader;
  readonly #handler: WhisperFeedHandler;
  #subscription: Subscription | null = null;
  #stopListening: (() => void) | null = null;
  #last = 0;
  #highestSeen = 0;
  #reading = false;
  #stopped = false;

  constructor(bus: BusConnection, reader: LogReader, handler: WhisperFeedHandler) {
    this.#bus = bus;
    this.#reader = reader;
    this.#handler = handler;
  }

  /** Begins behind the newest message that the log has; at its beginning when there is no log yet. */
  async start(): Promise<void> {
    this.#reading = true;
    this.#subscription = this.#bus.nc.subscribe(ANY_LIVE_USER, {
      callback: (error, message) => {
        if (error === null) this.#onLive(message);
      },
    });
    this.#stopListening = this.#bus.onStatus((status) => {
      if (status === 'connected') this.check();
    });
    this.#last = (await this.#newest()) ?? 0;
    this.#reading = false;
    if (this.#highestSeen > this.#last) this.check();
  }

  /** Looks whether the log has moved on without a live message. */
  check(): void {
    if (this.#reading || this.#stopped) return;
    this.#reading = true;
    // Owner of this promise: the feed; passing failures are tried again at the next check.
    void this.#catchUp().finally(() => {
      this.#reading = false;
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#stopListening?.();
    this.#subscription?.unsubscribe();
  }

  async #newest(): Promise<number | null> {
    try {
      return (await this.#reader.last(ANY_LOGGED_USER))?.seq ?? null;
    } catch (error) {
      if (error instanceof BusError) return null;
      throw error;
    }
  }

  #onLive(message: Msg): void {
    const seq = Number(message.headers?.get('Nats-Sequence'));
    // Not from the log: somebody published on the live subject.
    if (!(seq > 0)) return;
    this.#highestSeen = Math.max(this.#highestSeen, seq);
    if (this.#reading || seq <= this.#last) return;
    const subject = logSubjectOfUser(lastToken(message.subject));
    this.#deliver(storedMessage(message, { seq, subject }));
  }

  #deliver(message: StoredMessage): void {
    this.#last = message.seq;
    const whisper = whisperOf(message);
    if (whisper === null) this.#handler.onForeign(message.seq);
    else this.#handler.onWhisper(whisper);
  }

  async #catchUp(): Promise<void> {
    try {
      for (;;) {
        const message = await this.#reader.next(ANY_LOGGED_USER, this.#last + 1);
        if (this.#stopped) return;
        if (message === null && this.#highestSeen <= this.#last) return;
        if (message === null) await pause();
        else this.#deliver(message);
      }
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
    }
  }
}

// A follower of a cluster may be a little behind what was republished.
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, RETRY_PAUSE_MS).unref();
  });
}

const RETRY_PAUSE_MS = 50;
