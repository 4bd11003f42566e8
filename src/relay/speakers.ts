import type { RoomView } from '../codecs/codec.ts';
import type { Logged, WhisperEvent } from '../domain/events.ts';
import type { Speaker } from './speaker.ts';

/** The logged-in sessions of this relay by account. Bounded by the number of connections. */
export class Speakers {
  // Most accounts have one session: a list of it is a quarter of a set.
  readonly #accounts = new Map<string, readonly Speaker[]>();

  add(speaker: Speaker): void {
    const { id } = speaker.actor;
    this.#accounts.set(id, [...(this.#accounts.get(id) ?? []), speaker]);
  }

  remove(speaker: Speaker): void {
    const { id } = speaker.actor;
    const others = (this.#accounts.get(id) ?? []).filter((other) => other !== speaker);
    if (others.length > 0) this.#accounts.set(id, others);
    else this.#accounts.delete(id);
  }

  /** Gives a private message to every session of its addressee and of its sender. */
  deliver(whisper: Logged<WhisperEvent>, viewOf: (room: string) => RoomView): void {
    const { from, to } = whisper.event;
    for (const account of new Set([to.id, from.id])) {
      const other = account === to.id ? from.id : to.id;
      for (const speaker of this.#accounts.get(account) ?? []) {
        const views = [...speaker.rooms].map(viewOf);
        const view = views.find(({ members }) => members.has(other)) ?? null;
        speaker.push(speaker.codec.encodeWhisper(whisper, { actor: speaker.actor, view }));
      }
    }
  }
}
