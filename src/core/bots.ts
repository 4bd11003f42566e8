import type { Received } from '../bus/messages.ts';
import { COMMAND_SUBJECTS, lastToken } from '../bus/subjects.ts';
import { type BotRoomCommand, botRoomCommand, botUserCommand } from '../domain/bot-commands.ts';
import { accountId, roomId } from '../domain/ids.ts';
import { type RefusalCode, refusal } from '../domain/refusals.ts';
import {
  type RoomAnswer,
  type RoomCommand,
  refuse,
  type UserCommand,
} from '../domain/room-commands.ts';
import type { Trace } from '../domain/trace.ts';
import type { Account, Accounts } from './accounts.ts';
import { accountOfKey, isKeyOf } from './bot-keys.ts';
import { aboutRoom, aboutUser, type Intake } from './intake.ts';
import { KeyedBuckets } from './keyed-buckets.ts';

export interface BotOptions {
  /** False: a bot may be as fast as it likes. */
  readonly rateLimits: boolean;
  readonly botCommandsPerSecond: number;
  readonly botCommandsBurst: number;
  /** Commands whose key is being looked up; one more is refused with `TRY_AGAIN`. */
  readonly botCommandsPendingMax: number;
}

export interface BotParts {
  readonly accounts: Accounts;
  readonly options: BotOptions;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
  readonly runInRoom: (
    room: string,
    command: RoomCommand,
    trace: Trace | null,
  ) => Promise<RoomAnswer>;
  readonly whisper: (
    account: string,
    command: UserCommand,
    trace: Trace | null,
  ) => Promise<RoomAnswer>;
  readonly answer: (message: Received, type: string, work: Promise<RoomAnswer>) => void;
}

/**
 * Answers the commands of bots. Who gives one is told by its key alone: the account that has the key,
 * under the name it has now. From there on it is a command like a relay's, under the same rules.
 *
 * Refuses with `LOGIN_REQUIRED` (no key), `LOGIN_FAILED` (nobody's key), `RATE_LIMITED`, `TRY_AGAIN`,
 * `BAD_FIELD`, and whatever the command itself is refused with.
 */
export class Bots {
  readonly #parts: BotParts;
  readonly #buckets: KeyedBuckets;
  #pending = 0;

  constructor(parts: BotParts) {
    const { botCommandsPerSecond, botCommandsBurst } = parts.options;
    this.#parts = parts;
    this.#buckets = new KeyedBuckets(botCommandsPerSecond, botCommandsBurst);
  }

  get pending(): number {
    return this.#pending;
  }

  /** Returns a function that ends it. */
  serve(intake: Intake): () => void {
    const { anyRoomOfBots, anyUserOfBots } = COMMAND_SUBJECTS;
    const endings = [
      intake.hear(anyRoomOfBots, aboutRoom, (message) => this.#onRoomCommand(message)),
      intake.hear(anyUserOfBots, aboutUser, (message) => this.#onWhisper(message)),
    ];
    return () => {
      for (const end of endings) end();
    };
  }

  #onRoomCommand(message: Received): void {
    const id = lastToken(message.subject);
    const room = roomId.safeParse(id).data;
    const command = botRoomCommand.safeParse(message.body).data;
    if (room === undefined || command === undefined) {
      this.#refuse(message);
      return;
    }
    const run = (bot: Account) =>
      this.#parts.runInRoom(room, asRelayed(command, bot), message.trace);
    this.#parts.answer(message, command.type, this.#authorized(command.key, run));
  }

  #onWhisper(message: Received): void {
    const to = accountId.safeParse(lastToken(message.subject)).data;
    const command = botUserCommand.safeParse(message.body).data;
    if (to === undefined || command === undefined) {
      this.#refuse(message);
      return;
    }
    const { key, ...rest } = command;
    const run = (bot: Account) =>
      this.#parts.whisper(to, { ...rest, from: actorOf(bot), via: 'nats' }, message.trace);
    this.#parts.answer(message, command.type, this.#authorized(key, run));
  }

  #refuse(message: Received): void {
    const hasKey = message.body instanceof Object && Object.hasOwn(message.body, 'key');
    const refused = no(hasKey ? 'BAD_FIELD' : 'LOGIN_REQUIRED');
    this.#parts.answer(message, 'unreadable', Promise.resolve(refused));
  }

  async #authorized(key: string, run: (bot: Account) => Promise<RoomAnswer>): Promise<RoomAnswer> {
    const { options, clock } = this.#parts;
    if (this.#pending >= options.botCommandsPendingMax) return no('TRY_AGAIN');
    this.#pending += 1;
    const bot = await this.#ownerOf(key).finally(() => {
      this.#pending -= 1;
    });
    if (bot === null) return no('LOGIN_FAILED');
    if (options.rateLimits && !this.#buckets.take(bot.id, clock())) return no('RATE_LIMITED');
    return run(bot);
  }

  async #ownerOf(key: string): Promise<Account | null> {
    const id = accountOfKey(key);
    if (id === null) return null;
    const account = await this.#parts.accounts.byId(id);
    return account?.key !== undefined && isKeyOf(key, account.key) ? account : null;
  }
}

function asRelayed(command: BotRoomCommand, bot: Account): RoomCommand {
  if (command.type === 'members') return { type: 'members' };
  const { key: _, ...rest } = command;
  return { ...rest, from: actorOf(bot), via: 'nats' };
}

function actorOf({ id, name }: Account) {
  return { id, name };
}

function no(code: RefusalCode): RoomAnswer {
  return refuse(refusal(code));
}
