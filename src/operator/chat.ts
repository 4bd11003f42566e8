import type { z } from 'zod';
import type { BusConnection } from '../bus/bus-connection.ts';
import { BusError } from '../bus/bus-error.ts';
import { LogReader, roomEventOf } from '../bus/log-reader.ts';
import { type Retention, readRetention } from '../bus/log-retention.ts';
import { gather } from '../bus/messages.ts';
import { Requester } from '../bus/requester.ts';
import {
  COMMAND_SUBJECTS,
  CONTROL_SUBJECTS,
  commandSubjectOfRoom,
  logSubjectOfRoom,
} from '../bus/subjects.ts';
import { type ConnectionsAnswer, connectionsAnswer } from '../domain/control.ts';
import type { Logged } from '../domain/events.ts';
import { refusal } from '../domain/refusals.ts';
import {
  type LoginAnswer,
  loginAnswer,
  type RoomAnswer,
  type RoomCommand,
  type RoomsAnswer,
  refuse,
  roomAnswer,
  roomsAnswer,
} from '../domain/room-commands.ts';

/** The chat as operators see it: what chat-core, the relays and the log say when asked. */
export class OperatorChat {
  readonly #bus: BusConnection;
  readonly #requester: Requester;
  readonly #reader: LogReader;
  #logNotBefore = 0;

  constructor(bus: BusConnection, options: { readonly timeoutMs: number }) {
    this.#bus = bus;
    const limits = { timeoutMs: options.timeoutMs, pendingMax: PENDING_MAX };
    this.#requester = new Requester(bus, limits);
    this.#reader = new LogReader(bus, limits);
  }

  rooms(): Promise<RoomsAnswer> {
    return this.#ask(COMMAND_SUBJECTS.rooms, {}, roomsAnswer);
  }

  room(room: string): Promise<RoomAnswer> {
    return this.command(room, { type: 'members' });
  }

  command(room: string, command: RoomCommand): Promise<RoomAnswer> {
    return this.#ask(commandSubjectOfRoom(room), command, roomAnswer);
  }

  login(user: string, password: string): Promise<LoginAnswer> {
    const credentials = { kind: 'password', user, password };
    return this.#ask(COMMAND_SUBJECTS.login, { credentials }, loginAnswer);
  }

  /** The newest events of a room, oldest first. Rejects with `BusError`. */
  async newest(room: string, count: number): Promise<Logged[]> {
    const found: Logged[] = [];
    for await (const message of this.#reader.backward(logSubjectOfRoom(room), null)) {
      const logged = roomEventOf(message);
      if (logged !== null) found.unshift(logged);
      if (found.length >= count) break;
    }
    return found;
  }

  /** The events of a room around a sequence, oldest first. Rejects with `BusError`. */
  async around(room: string, seq: number, count: number): Promise<Logged[]> {
    const subject = logSubjectOfRoom(room);
    const found: Logged[] = [];
    const next = await this.#reader.next(subject, seq);
    if (next === null) return found;
    const from = next.seq + 1;
    for await (const message of this.#reader.backward(subject, from)) {
      if (found.length >= count / 2) break;
      const logged = roomEventOf(message);
      if (logged !== null) found.unshift(logged);
    }
    for await (const message of this.#reader.forward(subject, from, Number.MAX_SAFE_INTEGER)) {
      if (found.length >= count) break;
      const logged = roomEventOf(message);
      if (logged !== null) found.push(logged);
    }
    return found;
  }

  /** The connections of each relay that answers soon. */
  async connections(): Promise<ConnectionsAnswer[]> {
    const answers = await gather(this.#bus, CONTROL_SUBJECTS.connections, {}, GATHER_MS);
    return answers.flatMap((answer) => connectionsAnswer.safeParse(answer).data ?? []);
  }

  /** What the log keeps and has; null when it does not say. */
  async log(): Promise<Retention | null> {
    if (performance.now() < this.#logNotBefore) return null;
    try {
      return await readRetention(this.#bus);
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      // Most likely we may not ask: NATS complains of each time, and a page asks every few seconds.
      this.#logNotBefore = performance.now() + LOG_PAUSE_MS;
      return null;
    }
  }

  stop(): void {
    this.#requester.stop();
    this.#reader.stop();
  }

  async #ask<T>(
    subject: string,
    body: object,
    schema: z.ZodType<T>,
  ): Promise<T | ReturnType<typeof refuse>> {
    try {
      const answer = await this.#requester.request(subject, JSON.stringify(body));
      return schema.parse(answer.json());
    } catch (error) {
      if (!(error instanceof BusError)) throw error;
      return refuse(refusal('TRY_AGAIN', `No chat-core answers: ${error.message}.`));
    }
  }
}

const LOG_PAUSE_MS = 300_000;
const PENDING_MAX = 1000;
const GATHER_MS = 400;
