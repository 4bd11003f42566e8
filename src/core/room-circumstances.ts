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
    return { ...this.#around(from), role, target, source };
  }

  /** Of what somebody says who is a member of the room. */
  ofMember(from: Actor): Circumstances {
    return { ...this.#around(from), role: 'member', target: null, source: null };
  }

  #around(from: Actor | null) {
    const { options, presence, absences, now } = this.#parts;
    const nowMs = now();
    const isHere = ({ id }: Actor) =>
      presence.has(this.#room, id) || absences.isAwaited(this.#room, id, nowMs);
    return {
      nowMs,
      stillHere: from !== null && isHere(from),
      textMaxCodePoints: options.textMaxCodePoints,
      membersPerRoomMax: options.membersPerRoomMax,
    };
  }

  async #sourceOf({ room, seq }: { room: string; seq: number }): Promise<Logged | null> {
    const message = await this.#parts.reader.at(seq);
    return message?.subject === logSubjectOfRoom(room) ? roomEventOf(message) : null;
  }
}
