import { BusError } from '../bus/bus-error.ts';
import type { LogWriter } from '../bus/log-writer.ts';
import { logSubjectOfUser } from '../bus/subjects.ts';
import type { Actor, WhisperEvent } from '../domain/events.ts';
import { type RefusalCode, refusal } from '../domain/refusals.ts';
import { type RoomAnswer, refuse, type UserCommand } from '../domain/room-commands.ts';
import { canonicalText, codePointLength } from '../domain/text.ts';
import type { Trace } from '../domain/trace.ts';

export interface WhisperParts {
  readonly writer: LogWriter;
  readonly accountOf: (account: string) => Promise<Actor | null>;
  readonly now: () => number;
  readonly textMaxCodePoints: number;
  readonly commandTimeoutMs: number;
}

/** Stores private messages, each under the subject of its addressee, never under a room's. */
export class Whispers {
  readonly #parts: WhisperParts;

  constructor(parts: WhisperParts) {
    this.#parts = parts;
  }

  /** Refuses with `NO_SUCH_USER`, `BAD_FIELD`, `TEXT_TOO_LONG` or `TRY_AGAIN`. */
  async run(account: string, command: UserCommand, trace: Trace | null): Promise<RoomAnswer> {
    const { writer, accountOf, now, textMaxCodePoints, commandTimeoutMs } = this.#parts;
    const deadline = performance.now() + commandTimeoutMs;
    const text = canonicalText(command.text);
    if (text === '') return no('BAD_FIELD', 'The text is empty.');
    if (codePointLength(text) > textMaxCodePoints) return no('TEXT_TOO_LONG');
    try {
      const to = await accountOf(account);
      if (to === null) return no('NO_SUCH_USER');
      const { id, from, via } = command;
      const time = new Date(now()).toISOString();
      const event: WhisperEvent = { v: 1, id, type: 'whisper.posted', time, from, to, text, via };
      const { seq } = await writer.append({
        subject: logSubjectOfUser(account),
        payload: JSON.stringify(event),
        // No room id has an @: no room's command makes the same one.
        messageId: `@${account}:${from.id}:${id}`,
        expectedLast: null,
        hash: null,
        trace,
        deadline,
      });
      return { ok: true, seq };
    } catch (error) {
      if (error instanceof BusError && (error.passing || error.kind === 'TOO_MANY')) {
        return no('TRY_AGAIN');
      }
      throw error;
    }
  }
}

function no(code: RefusalCode, message?: string): RoomAnswer {
  return refuse(refusal(code, message));
}
