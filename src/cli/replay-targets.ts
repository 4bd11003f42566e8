import { setTimeout as pause } from 'node:timers/promises';
import type { BusConnection } from '../bus/bus-connection.ts';
import { BusError } from '../bus/bus-error.ts';
import { roomEventOf } from '../bus/log-reader.ts';
import { scanLog } from '../bus/log-scan.ts';
import { publishOnce } from '../bus/messages.ts';
import { Requester } from '../bus/requester.ts';
import { commandSubjectOfRoom, isReservedSubject, logSubjectOfRoom } from '../bus/subjects.ts';
import { type Logged, type RoomEvent, SYSTEM } from '../domain/events.ts';
import { type RoomCommand, roomAnswer } from '../domain/room-commands.ts';
import { eventWithPlace } from '../transcripts/json-writer.ts';
import { eventAsText } from '../transcripts/text-writer.ts';
import type { Zone } from '../transcripts/zone.ts';
import { CommandError, type Io, UsageError } from './command.ts';

/** Where a replay is told. */
export interface Target {
  /** Up to which sequence of the source this replay was told there before; 0: not at all. */
  toldBefore(): Promise<number>;
  /** Whether it has words for an event; others are passed over. */
  tells(event: RoomEvent): boolean;
  /** Tells one event, through times in which nobody answers; throws `CommandError` when it cannot. */
  tell(logged: Logged): Promise<void>;
  stop(): void;
}

/** Another room: chat-core tells its members, as the system, and stores it there. */
export class RoomTarget implements Target {
  readonly #bus: BusConnection;
  readonly #room: string;
  readonly #replay: string;
  readonly #requester: Requester;

  constructor(bus: BusConnection, room: string, replay: string, timeoutMs: number) {
    this.#bus = bus;
    this.#room = room;
    this.#replay = replay;
    this.#requester = new Requester(bus, { timeoutMs, pendingMax: 10 });
  }

  /** Found in the log of the room, so that a replay goes on where it was cut off, whenever that was. */
  async toldBefore(): Promise<number> {
    const subject = logSubjectOfRoom(this.#room);
    const mark = `"replay":"${this.#replay}"`;
    let told = 0;
    const everything = { subject, fromSeq: 1, toSeq: Number.MAX_SAFE_INTEGER };
    for await (const batch of scanLog(this.#bus, everything)) {
      for (const message of batch) {
        if (!Buffer.from(message.payload).includes(mark)) continue;
        const { replayed } = roomEventOf(message)?.event ?? {};
        if (replayed?.replay === this.#replay) told = Math.max(told, replayed.seq);
      }
    }
    return told;
  }

  // That a room was made or closed is no part of a conversation, and would be said of another room.
  tells({ type }: RoomEvent): boolean {
    return type !== 'room.created' && type !== 'room.changed';
  }

  async tell({ seq, event }: Logged): Promise<void> {
    const command: RoomCommand = {
      ...{ type: 'replay', id: `${this.#replay}.${seq}`, from: SYSTEM, via: 'nats' },
      ...{ replay: this.#replay, source: { room: event.room, seq } },
    };
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const refused = await this.#ask(command);
      if (refused === null) return;
      if (performance.now() >= deadline) throw new CommandError(refused);
      // The same id again: what was stored is not stored twice.
      await pause(RETRY_MS);
    }
  }

  stop(): void {
    this.#requester.stop();
  }

  // Null: done. Otherwise why not, when asking again may help.
  async #ask(command: RoomCommand): Promise<string | null> {
    try {
      const subject = commandSubjectOfRoom(this.#room);
      const message = await this.#requester.request(subject, JSON.stringify(command));
      const answer = roomAnswer.parse(message.json());
      if (answer.ok) return null;
      if (answer.code === 'TRY_AGAIN') return 'chat-core is busy or away';
      throw new CommandError(`room ${this.#room}: ${answer.message} (${answer.code})`);
    } catch (cause) {
      if (!(cause instanceof BusError) || !cause.passing) throw cause;
      return 'no chat-core answers: is one running?';
    }
  }
}

/** A subject of its own, for programs: the events as they were, marked as told again. */
export class SubjectTarget implements Target {
  readonly #bus: BusConnection;
  readonly #subject: string;
  readonly #replay: string;

  /** Throws `UsageError` for a subject that is none, or belongs to the chat or to NATS. */
  constructor(bus: BusConnection, subject: string, replay: string) {
    if (isReservedSubject(subject)) throw new UsageError(RESERVED);
    this.#bus = bus;
    this.#subject = subject;
    this.#replay = replay;
  }

  // Nothing is kept of what is told on a subject; a stream that captures it knows the message ids.
  async toldBefore(): Promise<number> {
    return 0;
  }

  tells(): boolean {
    return true;
  }

  async tell(logged: Logged): Promise<void> {
    const payload = JSON.stringify(markedAs(this.#replay, logged).event);
    const messageId = `${this.#replay}.${logged.seq}`;
    await publishOnce(this.#bus, this.#subject, payload, { messageId, waitMs: PATIENCE_MS });
  }

  stop(): void {}
}

/** The terminal, or whoever reads our output. */
export class PrintTarget implements Target {
  readonly #io: Io;
  readonly #replay: string;
  readonly #zone: Zone;
  readonly #format: 'json' | 'text';

  constructor(io: Io, replay: string, zone: Zone, format: 'json' | 'text') {
    this.#io = io;
    this.#replay = replay;
    this.#zone = zone;
    this.#format = format;
  }

  async toldBefore(): Promise<number> {
    return 0;
  }

  tells(): boolean {
    return true;
  }

  async tell(logged: Logged): Promise<void> {
    const line =
      this.#format === 'text'
        ? eventAsText(logged.event, this.#zone)
        : JSON.stringify(eventWithPlace(markedAs(this.#replay, logged)));
    await this.#io.print(`${line}\n`);
  }

  stop(): void {}
}

function markedAs(replay: string, { seq, prev, event }: Logged): Logged {
  const { room, time } = event;
  const name = event.replayed?.name ?? event.from.name;
  return { seq, prev, event: { ...event, replayed: { replay, room, seq, time, name } } };
}

export const RESERVED =
  '--to-subject must be one subject, and none of chat, chatlog, chatcmd, chatctl or NATS itself';
const PATIENCE_MS = 30_000;
const RETRY_MS = 200;
