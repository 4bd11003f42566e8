import type { RoomView } from '../codecs/codec.ts';
import type { Actor, Logged } from '../domain/events.ts';

/** A room's name and members: as chat-core told them once, and as events have changed them since. */
export class Roster implements RoomView {
  readonly room: string;
  readonly members = new Map<string, Actor>();
  name = '';
  #seq: number | null = null;

  constructor(room: string) {
    this.room = room;
  }

  /** The state after the event of a sequence. Does nothing when the state is known. */
  learn(name: string, members: readonly Actor[], seq: number): void {
    if (this.#seq !== null) return;
    this.#seq = seq;
    this.name = name;
    for (const member of members) this.members.set(member.id, member);
  }

  apply({ seq, event }: Logged): void {
    if (this.#seq === null || seq <= this.#seq) return;
    this.#seq = seq;
    if (event.type === 'member.entered') this.members.set(event.member.id, event.member);
    if (event.type === 'member.left' || event.type === 'member.kicked') {
      this.members.delete(event.member.id);
    }
    if (event.type === 'room.changed' && event.name !== undefined) this.name = event.name;
  }

  /** The log was made anew: sequences begin again, and nobody is known to be here. */
  forget(): void {
    this.#seq = 0;
    this.members.clear();
  }
}
