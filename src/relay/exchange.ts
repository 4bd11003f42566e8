import type { Codec, Ref } from '../codecs/codec.ts';
import type { Reply } from '../domain/replies.ts';
import type { Caller } from './caller.ts';
import type { Place } from './outbox.ts';
import type { Speaker } from './speaker.ts';

/** What an exchange needs of its session. */
export interface Replier extends Omit<Caller, 'reply' | 'whenItsTurn'> {
  replyTo(reply: Reply, ref: Ref | undefined): void;
}

/** One command of a session and what it is answered. */
export class Exchange implements Caller {
  readonly #session: Replier;
  readonly #ref: Ref | undefined;
  readonly #before: Promise<void> | null;

  /** `before`: resolves when the command before is answered; null: it is. */
  constructor(session: Replier, ref: Ref | undefined, before: Promise<void> | null) {
    this.#session = session;
    this.#ref = ref;
    this.#before = before;
  }

  get codec(): Codec {
    return this.#session.codec;
  }

  get speaker(): Speaker | null {
    return this.#session.speaker;
  }

  begin(speaker: Speaker): void {
    this.#session.begin(speaker);
  }

  push(frames: readonly Buffer[], place?: Place): void {
    this.#session.push(frames, place);
  }

  whenDrained(): Promise<void> {
    return this.#session.whenDrained();
  }

  reply(reply: Reply): void {
    this.#session.replyTo(reply, this.#ref);
  }

  async whenItsTurn(): Promise<void> {
    await this.#before;
  }

  logOut(): void {
    this.#session.logOut();
  }
}
