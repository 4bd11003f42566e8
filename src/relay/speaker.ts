import type { Codec } from '../codecs/codec.ts';
import type { Actor, Logged } from '../domain/events.ts';
import type { Role } from '../domain/room-commands.ts';
import type { UnderWay } from './core-client.ts';
import type { Place } from './outbox.ts';
import type { Listener } from './room-hub.ts';

/** Where what a speaker hears goes: the session. */
export interface Hearer {
  push(frames: readonly Buffer[], place?: Place): void;
}

/** A session that somebody is logged in on: who it is, and the rooms that it is in. */
export class Speaker implements Listener {
  readonly actor: Actor;
  readonly role: Role;
  readonly codec: Codec;
  readonly rooms = new Set<string>();
  readonly #hearer: Hearer;
  #unechoed: Set<string> | null = null;
  #underWay: Map<string, UnderWay> | null = null;

  constructor(actor: Actor, role: Role, codec: Codec, hearer: Hearer) {
    this.actor = actor;
    this.role = role;
    this.codec = codec;
    this.#hearer = hearer;
  }

  get isModerator(): boolean {
    return this.role === 'moderator';
  }

  /** The last message that it has said in each room and that has no answer yet. */
  get underWay(): Map<string, UnderWay> {
    this.#underWay ??= new Map();
    return this.#underWay;
  }

  push(frames: readonly Buffer[], place?: Place): void {
    this.#hearer.push(frames, place);
  }

  /** The session does not want to hear its own message of this id. */
  muteEcho(id: string): void {
    this.#unechoed ??= new Set();
    const [oldest] = this.#unechoed;
    if (oldest !== undefined && this.#unechoed.size >= UNECHOED_MAX) this.#unechoed.delete(oldest);
    this.#unechoed.add(id);
  }

  skips({ event }: Logged): boolean {
    return this.#unechoed?.delete(event.id) === true;
  }

  onRemoved(room: string): void {
    this.rooms.delete(room);
  }
}

// Beside those under way, only messages that were refused stay in the set.
const UNECHOED_MAX = 1024;
