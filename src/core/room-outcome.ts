import type { RoomAnswer, RoomCommand } from '../domain/room-commands.ts';

/** What came of a command in a room. */
export type RoomOutcome = RoomAnswer & {
  /** Who asked hears the event that this command stored, and wants no other answer. */
  readonly isHeard?: boolean;
};

/** Of a command whose event was stored just now, at `seq`. */
export function storedBy(command: RoomCommand | undefined, seq: number): RoomOutcome {
  const isHeard = command?.type === 'say' && command.quiet === true;
  return isHeard ? { ok: true, seq, isHeard } : { ok: true, seq };
}
