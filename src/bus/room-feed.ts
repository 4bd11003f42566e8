import type { Logged } from '../domain/events.ts';
import type { BusConnection } from './bus-connection.ts';
import { LogFollower } from './log-follower.ts';
import { type LogReader, roomEventOf, type StoredMessage } from './log-reader.ts';
import { liveSubjectOfRoom, logSubjectOfRoom } from './subjects.ts';

export interface RoomFeedHandler {
  /** The next event of the room: each once, in the order of the log, none left out. */
  onEvent(logged: Logged): void;
  /** A gap was closed by reading so many messages from the log. */
  onHealed(messages: number): void;
  /** A message in the room's log is no event of this project's; it was passed over. */
  onForeign(seq: number): void;
  /** The log is another one: positions of before mean nothing (see `LogFollower`). */
  onReset(): void;
}

/** The events of one room as they are stored, without a gap (see `LogFollower`). */
export class RoomFeed {
  readonly #handler: RoomFeedHandler;
  readonly #follower: LogFollower;

  constructor(bus: BusConnection, reader: LogReader, room: string, handler: RoomFeedHandler) {
    this.#handler = handler;
    const subjects = { live: liveSubjectOfRoom(room), logged: logSubjectOfRoom(room) };
    // Every message of a room names the one before it: where that is another, some were missed, or
    // the log has dropped it, or it is another log.
    const isNext = (prev: number, last: number) => prev === last;
    this.#follower = new LogFollower(
      bus,
      reader,
      { ...subjects, isNext },
      {
        onMessage: (message) => this.#deliver(message),
        onHealed: (messages) => handler.onHealed(messages),
        onReset: () => handler.onReset(),
      },
    );
  }

  /** The sequence of the last event delivered; null before `startAfter`. */
  get position(): number | null {
    return this.#follower.position;
  }

  /** Events with a higher sequence are delivered from now on. Only the first call counts. */
  startAfter(seq: number): void {
    this.#follower.startAfter(seq);
  }

  /** Looks whether the log has moved on without a live message: the last one may have been lost. */
  check(): void {
    this.#follower.check();
  }

  stop(): void {
    this.#follower.stop();
  }

  #deliver(message: StoredMessage): void {
    const logged = roomEventOf(message);
    if (logged === null) this.#handler.onForeign(message.seq);
    else this.#handler.onEvent(logged);
  }
}
