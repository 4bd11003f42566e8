import type { Codec } from '../codecs/codec.ts';
import type { Actor } from '../domain/events.ts';
import type { Role } from '../domain/room-commands.ts';
import type { Listener } from './room-hub.ts';

/** A session that somebody is logged in on: who it is, and the rooms that it is in. */
export class Speaker implements Listener {
  readonly actor: Actor;
  readonly role: Role;
  readonly codec: Codec;
  readonly rooms = new Set<string>();
  readonly #push: (frames: readonly Buffer[]) => void;

  constructor(actor: Actor, role: Role, codec: Codec, push: (frames: readonly Buffer[]) => void) {
    this.actor = actor;
    this.role = role;
    this.codec = codec;
    this.#push = push;
  }

  get isModerator(): boolean {
    return this.role === 'moderator';
  }

  push(frames: readonly Buffer[]): void {
    this.#push(frames);
  }

  onRemoved(room: string): void {
    this.rooms.delete(room);
  }
}
