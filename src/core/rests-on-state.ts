import type { RoomAnswer, RoomCommand } from '../domain/room-commands.ts';

/** Whether a room that has changed meanwhile could give another answer. */
export function restsOnState({ type }: RoomCommand, answer: RoomAnswer): boolean {
  if (!answer.ok) return !OF_THE_COMMAND_ALONE.has(answer.code);
  return type === 'enter' || type === 'leave' || type === 'members';
}

const OF_THE_COMMAND_ALONE: ReadonlySet<string> = new Set([
  'BAD_FIELD',
  'TEXT_TOO_LONG',
  'FORBIDDEN',
]);
