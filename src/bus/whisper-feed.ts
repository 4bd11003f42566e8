import { setTimeout as pause } from 'node:timers/promises';
import type { Logged, WhisperEvent } from '../domain/events.ts';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import { LogFollower } from './log-follower.ts';
import { type LogReader, type StoredMessage, whisperOf } from './log-reader.ts';
import { ANY_LIVE_USER, ANY_LOGGED_USER } from './subjects.ts';

export interface WhisperFeedHandler {
  /** The next private message of anybody: each once, in the order of the log. */
  onWhisper(logged: Logged<WhisperEvent>): void;
  /** A message in the log of an account is no event of this project's; it was passed over. */
  onForeign(seq: number): void;
}

/**
 * All private messages as they are stored, from the start of the feed on. After a reconnect what was
 * stored meanwhile is read from the log first (see `LogFollower`).
 */
export class WhisperFeed {
  readonly #reader: LogReader;
  readonly #handler: WhisperFeedHandler;
  readonly #follower: LogFollower;
  #stopped = false;

  constructor(bus: BusConnection, reader: LogReader, handler: WhisperFeedHandler) {
    this.#reader = reader;
    this.#handler = handler;
    const subjects = { live: ANY_LIVE_USER, logged: ANY_LOGGED_USER };
    this.#follower = new LogFollower(
      bus,
      reader,
      // Each names the one before it to the same account only: what is live counts as the next.
      { ...subjects, isNext: () => true },
      {
        onMessage: (message) => this.#deliver(message),
        onHealed: () => undefined,
        onReset: () => undefined,
      },
    );
  }

  /**
   * Begins behind the newest message that the log has now; at its beginning when there is no log yet.
   * Resolves after the first attempt to learn that; while nobody knows, it goes on asking.
   */
  async start(): Promise<void> {
    if (await this.#begin()) return;
    // Owner of this promise: the feed; `#begin` handles every failure of the bus itself.
    void this.#beginLater();
  }

  /** Looks whether the log has moved on without a live message. */
  check(): void {
    this.#follower.check();
  }

  stop(): void {
    this.#stopped = true;
    this.#follower.stop();
  }

  async #beginLater(): Promise<void> {
    do await pause(RETRY_PAUSE_MS, undefined, { ref: false });
    while (!this.#stopped && !(await this.#begin()));
  }

  async #begin(): Promise<boolean> {
    try {
      const newest = (await this.#reader.last(ANY_LOGGED_USER))?.seq ?? 0;
      // What came meanwhile was after the start.
      const first = this.#follower.firstSeen ?? newest + 1;
      this.#follower.startAfter(Math.min(newest, first - 1));
      return true;
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      return false;
    }
  }

  #deliver(message: StoredMessage): void {
    const whisper = whisperOf(message);
    if (whisper === null) this.#handler.onForeign(message.seq);
    else this.#handler.onWhisper(whisper);
  }
}

const RETRY_PAUSE_MS = 100;
