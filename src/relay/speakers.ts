import type { RoomView } from '../codecs/codec.ts';
import type { Logged, WhisperEvent } from '../domain/events.ts';
import type { Speaker } from './speaker.ts';

/** The logged-in sessions of this relay by account. Bounded by the number of connections. */
export class Speakers {
  readonly #accounts = new Map<string, Set<Speaker>>();

  add(speaker: Speaker): void {
    const { id } = speaker.actor;
    const sessions = this.#accounts.get(id) ?? new Set();
    this.#accounts.set(id, sessions.add(speaker));
  }

  remove(speaker: Speaker): void {
    const sessions = this.#accounts.get(speaker.actor.id);
    sessions?.delete(speaker);
    if (sessions?.size === 0) this.#accounts.delete(speaker.actor.id);
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
