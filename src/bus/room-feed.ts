import type { Msg, Subscription } from 'nats';
import type { Logged } from '../domain/events.ts';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import { type LogReader, roomEventOf, type StoredMessage, storedMessage } from './log-reader.ts';
import { liveSubjectOfRoom, logSubjectOfRoom } from './subjects.ts';

export interface RoomFeedHandler {
  /** The next event of the room: each once, in the order of the log, none left out. */
  onEvent(logged: Logged): void;
  /** A gap was closed by reading so many messages from the log. */
  onHealed(messages: number): void;
  /** A message in the room's log is no event of this project's; it was passed over. */
  onForeign(seq: number): void;
  /** The stream was made anew: sequences start again, positions of before mean nothing. */
  onReset(): void;
}

/**
 * The events of one room as they are stored, without a gap.
 *
 * Every live message names the sequence before it. Where that is not the last one seen, live
 * messages only mark how far the log is, and the feed reads from the log until it has caught up; so
 * it holds no messages back and needs no limit. The same happens after a reconnect.
 */
export class RoomFeed {
  readonly #bus: BusConnection;
  readonly #reader: LogReader;
  readonly #handler: RoomFeedHandler;
  readonly #logSubject: string;
  readonly #subscription: Subscription;
  readonly #stopListening: () => void;
  #last: number | null = null;
  #highestSeen = 0;
  #healing = false;
  #stopped = false;

  constructor(bus: BusConnection, reader: LogReader, room: string, handler: RoomFeedHandler) {
    this.#bus = bus;
    this.#reader = reader;
    this.#handler = handler;
    this.#logSubject = logSubjectOfRoom(room);
    this.#subscription = bus.nc.subscribe(liveSubjectOfRoom(room), {
      callback: (error, message) => {
        if (error === null) this.#onLive(message);
      },
    });
    this.#stopListening = bus.onStatus((status) => {
      if (status === 'connected') this.check();
    });
  }

  /** The sequence of the last event delivered; null before `startAfter`. */
  get position(): number | null {
    return this.#last;
  }

  /** Events with a higher sequence are delivered from now on. Only the first call counts. */
  startAfter(seq: number): void {
    if (this.#last !== null) return;
    this.#last = seq;
    if (this.#highestSeen > seq) this.#heal();
  }

  /** Looks whether the log has moved on without a live message: the last one may have been lost. */
  check(): void {
    if (this.#last !== null) this.#heal();
  }

  stop(): void {
    this.#stopped = true;
    this.#stopListening();
    this.#subscription.unsubscribe();
  }

  #onLive(message: Msg): void {
    const seq = Number(message.headers?.get('Nats-Sequence'));
    const previous = Number(message.headers?.get('Nats-Last-Sequence'));
    // Not from the log: somebody published on the live subject.
    if (!(seq > 0)) return;
    this.#highestSeen = Math.max(this.#highestSeen, seq);
    if (this.#healing || this.#last === null) return;
    if (seq > this.#last && previous <= this.#last) {
      this.#deliver(storedMessage(message, { seq, subject: this.#logSubject }));
    } else {
      this.#heal();
    }
  }

  #deliver(message: StoredMessage): void {
    this.#last = message.seq;
    const logged = roomEventOf(message);
    if (logged === null) this.#handler.onForeign(message.seq);
    else this.#handler.onEvent(logged);
  }

  #heal(): void {
    if (this.#healing || this.#stopped) return;
    this.#healing = true;
    // Owner of this promise: the feed; `#catchUp` handles every passing failure itself.
    void this.#catchUp().finally(() => {
      this.#healing = false;
    });
  }

  async #catchUp(): Promise<void> {
    let read = 0;
    while (!this.#stopped) {
      try {
        read += await this.#readOn();
        if ((this.#last ?? 0) >= this.#highestSeen) break;
        if (await this.#wasReset()) continue;
      } catch (error) {
        if (!(error instanceof BusError)) throw error;
      }
      await this.#pause();
    }
    if (read > 0 && !this.#stopped) this.#handler.onHealed(read);
  }

  async #readOn(): Promise<number> {
    let read = 0;
    for (;;) {
      const message = await this.#reader.next(this.#logSubject, (this.#last ?? 0) + 1);
      if (message === null || this.#stopped) break;
      this.#deliver(message);
      read += 1;
    }
    return read;
  }

  async #wasReset(): Promise<boolean> {
    const newest = await this.#reader.lastFromLeader(this.#logSubject);
    if ((newest?.seq ?? 0) >= (this.#last ?? 0)) return false;
    this.#last = 0;
    this.#highestSeen = newest?.seq ?? 0;
    this.#handler.onReset();
    return true;
  }

  async #pause(): Promise<void> {
    if (this.#bus.status !== 'connected') {
      await this.#bus.whenConnected(RETRY_PAUSE_MS * 20).catch(() => undefined);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, RETRY_PAUSE_MS).unref();
    });
  }
}

const RETRY_PAUSE_MS = 50;
