import type { RoomAnswer, RoomCommandOf } from '../domain/room-commands.ts';

/** What came of a command in a room. */
export type RoomOutcome = RoomAnswer & {
  /** Who asked hears the event that this command stored, and wants no other answer. */
  readonly isHeard?: boolean;
};

/** Of a message that was stored just now, at `seq`. */
export function storedBy({ quiet }: RoomCommandOf<'say'>, seq: number): RoomOutcome {
  return quiet === true ? { ok: true, seq, isHeard: true } : { ok: true, seq };
}
