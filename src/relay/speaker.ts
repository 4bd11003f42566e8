import type { Codec } from '../codecs/codec.ts';
import type { Actor, Logged } from '../domain/events.ts';
import type { Role } from '../domain/room-commands.ts';
import type { Place } from './outbox.ts';
import type { Listener } from './room-hub.ts';

type Push = (frames: readonly Buffer[], place?: Place) => void;

/** A session that somebody is logged in on: who it is, and the rooms that it is in. */
export class Speaker implements Listener {
  readonly actor: Actor;
  readonly role: Role;
  readonly codec: Codec;
  readonly rooms = new Set<string>();
  readonly #unechoed = new Set<string>();
  readonly #push: Push;

  constructor(actor: Actor, role: Role, codec: Codec, push: Push) {
    this.actor = actor;
    this.role = role;
    this.codec = codec;
    this.#push = push;
  }

  get isModerator(): boolean {
    return this.role === 'moderator';
  }

  push(frames: readonly Buffer[], place?: Place): void {
    this.#push(frames, place);
  }

  /** The session does not want to hear its own message of this id. */
  muteEcho(id: string): void {
    if (this.#unechoed.size >= UNECHOED_MAX) this.#unechoed.clear();
    this.#unechoed.add(id);
  }

  skips({ event }: Logged): boolean {
    return this.#unechoed.size > 0 && this.#unechoed.delete(event.id);
  }

  onRemoved(room: string): void {
    this.rooms.delete(room);
  }
}

// Only messages that were refused stay in the set: commands run one after the other.
const UNECHOED_MAX = 64;
