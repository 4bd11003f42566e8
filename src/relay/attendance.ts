import type { Codec } from '../codecs/codec.ts';
import type { Actor } from '../domain/events.ts';

interface Attendee {
  readonly actor: Actor;
  readonly codec: Codec;
}

/** The accounts that sessions of this relay have in a room, counted so that nobody looks through all. */
export class Attendance {
  // An account with a second session is in `#more`, too.
  readonly #actors = new Map<string, Actor>();
  readonly #more = new Map<string, number>();
  #catchUp = 0;

  /** Each account once. */
  get actors(): Actor[] {
    return [...this.#actors.values()];
  }

  /** How many sessions have a dialect that catches up. */
  get catchUp(): number {
    return this.#catchUp;
  }

  actor(account: string): Actor | null {
    return this.#actors.get(account) ?? null;
  }

  add({ actor, codec }: Attendee): void {
    if (this.#actors.has(actor.id)) this.#more.set(actor.id, (this.#more.get(actor.id) ?? 0) + 1);
    else this.#actors.set(actor.id, actor);
    if (codec.catchUp) this.#catchUp += 1;
  }

  /** Of one that was added, once. */
  remove({ actor, codec }: Attendee): void {
    const more = this.#more.get(actor.id) ?? 0;
    if (more > 1) this.#more.set(actor.id, more - 1);
    else if (more === 1) this.#more.delete(actor.id);
    else this.#actors.delete(actor.id);
    if (codec.catchUp) this.#catchUp -= 1;
  }
}
