import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import type { BusConnection } from '../bus/bus-connection.ts';
import { BusError } from '../bus/bus-error.ts';
import { Requester } from '../bus/requester.ts';
import { COMMAND_SUBJECTS, commandSubjectOfRoom, commandSubjectOfUser } from '../bus/subjects.ts';
import { traceHeaders } from '../bus/trace-header.ts';
import type { Credentials } from '../domain/commands.ts';
import { refusal } from '../domain/refusals.ts';
import {
  type LoginAnswer,
  loginAnswer,
  type RoomAnswer,
  type RoomCommand,
  type RoomCommandOf,
  type RoomsAnswer,
  refuse,
  roomAnswer,
  roomsAnswer,
  type UserCommand,
  userAnswer,
} from '../domain/room-commands.ts';
import { startTrace, type Trace } from '../domain/trace.ts';
import type { Logger } from '../observability/logger.ts';
import type { Said } from './said.ts';
import { SharedQuestion } from './shared-question.ts';

export interface CoreClientOptions {
  /** After this long a command is refused with `TRY_AGAIN`. */
  readonly commandTimeoutMs: number;
  readonly commandsPendingMax: number;
  /** Of the trace that each command begins: UUIDs. */
  readonly newId: () => string;
  readonly log: Logger;
  readonly said: Said;
}

/** Something said that has no answer yet. */
export interface UnderWay {
  readonly id: string;
  /** Resolves when it has. */
  readonly done: Promise<unknown>;
}

/**
 * Asks chat-core, each command in a trace of its own. While nobody answers it asks again, which the ids
 * in the commands make harmless, until the time is up: then, and when too many wait, the answer is a refusal with `TRY_AGAIN`. It
 * never rejects for a failure of the bus.
 */
export class CoreClient {
  readonly #bus: BusConnection;
  readonly #options: CoreClientOptions;
  readonly #requester: Requester;
  readonly #logins: Requester;
  readonly #rooms = new SharedQuestion(() => this.#ask(COMMAND_SUBJECTS.rooms, {}, roomsAnswer));

  constructor(bus: BusConnection, options: CoreClientOptions) {
    this.#bus = bus;
    this.#options = options;
    this.#requester = new Requester(bus, {
      timeoutMs: options.commandTimeoutMs / ATTEMPTS,
      pendingMax: options.commandsPendingMax,
    });
    // A login waits its turn in chat-core. Asked again it would wait, and cost, twice.
    this.#logins = new Requester(bus, {
      timeoutMs: options.commandTimeoutMs,
      pendingMax: options.commandsPendingMax,
    });
  }

  get pending(): number {
    return this.#requester.pending + this.#logins.pending;
  }

  room(room: string, command: RoomCommand): Promise<RoomAnswer> {
    return this.#ask(commandSubjectOfRoom(room), command, roomAnswer);
  }

  /**
   * Says something into a room that is heard here. chat-core answers when it refuses or has stored it
   * before; else the event is the answer. `before` is what the same session has said there and has no
   * answer to yet: this one is not stored before it.
   */
  async say(
    room: string,
    command: RoomCommandOf<'say'>,
    before: UnderWay | null = null,
  ): Promise<RoomAnswer> {
    const { said } = this.#options;
    const place = [room, command.from.id, command.id] as const;
    let isAlone = true;
    const heard = new Promise<RoomAnswer>((resolve) => {
      isAlone = said.expect(...place, (seq) => resolve({ ok: true, seq }));
    });
    if (!isAlone) return this.room(room, command);
    const subject = commandSubjectOfRoom(room);
    const after = before === null ? {} : { after: before.id };
    try {
      const payload = JSON.stringify({ ...command, quiet: true, ...after });
      const trace = startTrace(this.#options.newId);
      const asked = this.#once(payload, { subject, schema: roomAnswer, trace, heard });
      const first = await asked.catch(unlessPassing);
      // TRY_AGAIN may mean that the one before was not stored yet: it was lost on the way, or refused.
      const isLast =
        before === null || (first !== null && (first.ok || first.code !== 'TRY_AGAIN'));
      if (first !== null && isLast) return first;
      await before?.done;
      // Its event may have come and gone meanwhile: now it is answered in any case.
      return await this.#ask(subject, command, roomAnswer, { heard });
    } finally {
      said.forget(...place);
    }
  }

  // The answer to one request, or what is heard elsewhere if that comes first. Rejects with `BusError`.
  async #once<T>(
    payload: string,
    { subject, schema, trace, requester = this.#requester, heard }: Question<T>,
  ): Promise<T> {
    const request = requester.begin(subject, payload, traceHeaders(trace));
    try {
      const answer = request.answer.then((message) => schema.parse(message.json()));
      const first = await (heard === undefined ? answer : Promise.race([answer, heard]));
      this.#options.log.debug({ ...trace, subject }, 'command answered');
      return first;
    } finally {
      request.forget();
    }
  }

  user(account: string, command: UserCommand): Promise<z.infer<typeof userAnswer>> {
    return this.#ask(commandSubjectOfUser(account), command, userAnswer);
  }

  login(credentials: Credentials): Promise<LoginAnswer> {
    return this.#ask(COMMAND_SUBJECTS.login, { credentials }, loginAnswer, {
      requester: this.#logins,
    });
  }

  /** Who asks at the same time gets the same list: every login asks, and rooms can be many. */
  rooms(): Promise<RoomsAnswer> {
    return this.#rooms.ask();
  }

  stop(): void {
    this.#requester.stop();
    this.#logins.stop();
  }

  async #ask<T>(
    subject: string,
    body: object,
    schema: z.ZodType<T>,
    more: Pick<Question<T>, 'requester' | 'heard'> = {},
  ): Promise<T | ReturnType<typeof refuse>> {
    const payload = JSON.stringify(body);
    const trace = startTrace(this.#options.newId);
    const deadline = performance.now() + this.#options.commandTimeoutMs;
    for (;;) {
      try {
        return await this.#once(payload, { subject, schema, trace, ...more });
      } catch (error) {
        if (!(error instanceof BusError)) throw error;
        const left = deadline - performance.now();
        if (!error.passing || left <= 0) return refuse(refusal('TRY_AGAIN'));
        await this.#beforeRetry(error, left);
      }
    }
  }

  async #beforeRetry(error: BusError, leftMs: number): Promise<void> {
    if (error.kind === 'DISCONNECTED') {
      // When it stays away the next attempt fails at once, past the deadline.
      await this.#bus.whenConnected(leftMs).catch(() => undefined);
    } else if (error.kind === 'NO_RESPONDERS') {
      await pause(Math.min(RETRY_PAUSE_MS, leftMs));
    }
  }
}

const ATTEMPTS = 3;
const RETRY_PAUSE_MS = 100;

interface Question<T> {
  readonly subject: string;
  readonly schema: z.ZodType<T>;
  readonly trace: Trace;
  readonly requester?: Requester | undefined;
  /** What the answer would say, from elsewhere. */
  readonly heard?: Promise<T> | undefined;
}

// Null: nobody answered.
function unlessPassing(error: unknown): ReturnType<typeof refuse> | null {
  if (!(error instanceof BusError)) throw error;
  return error.passing ? null : refuse(refusal('TRY_AGAIN'));
}
