import { roomEventOf } from '../bus/log-reader.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import type { Actor, Logged } from '../domain/events.ts';
import type { RoomCommand } from '../domain/room-commands.ts';
import type { Circumstances } from './decide.ts';
import type { RoomParts } from './room-parts.ts';
import type { RoomState } from './room-state.ts';

/** What decisions in one room need to know beside the room. Looking it up rejects with `BusError`. */
export class RoomCircumstances {
  readonly #room: string;
  readonly #parts: RoomParts;

  constructor(room: string, parts: RoomParts) {
    this.#room = room;
    this.#parts = parts;
  }

  async of(command: RoomCommand, { members }: RoomState): Promise<Circumstances> {
    const { roleOf, accountOf } = this.#parts;
    const from = 'from' in command ? command.from : null;
    // Only what the decision can turn on is looked up: the hot path, a member's say, asks nothing.
    const roleMatters =
      command.type === 'say'
        ? !members.has(command.from.id)
        : command.type !== 'enter' && command.type !== 'leave';
    const role = from !== null && roleMatters ? await roleOf(from.id) : 'member';
    const target = 'user' in command ? await accountOf(command.user) : null;
    const source = command.type === 'replay' ? await this.#sourceOf(command.source) : null;
    const nowMs = this.#parts.now();
    const stillHere = from !== null && this.#isHere(from, nowMs);
    return { ...this.#usual(nowMs), role, target, source, stillHere };
  }

  /** Of what members say, and of who enters: whether somebody is here matters to who leaves alone. */
  usual(): Circumstances {
    return this.#usual(this.#parts.now());
  }

  #usual(nowMs: number): Circumstances {
    const { textMaxCodePoints, membersPerRoomMax } = this.#parts.options;
    const nobody = { role: 'member', target: null, source: null, stillHere: false } as const;
    return { nowMs, textMaxCodePoints, membersPerRoomMax, ...nobody };
  }

  #isHere({ id }: Actor, nowMs: number): boolean {
    const { presence, absences } = this.#parts;
    return presence.has(this.#room, id) || absences.isAwaited(this.#room, id, nowMs);
  }

  async #sourceOf({ room, seq }: { room: string; seq: number }): Promise<Logged | null> {
    const message = await this.#parts.reader.at(seq);
    return message?.subject === logSubjectOfRoom(room) ? roomEventOf(message) : null;
  }
}
