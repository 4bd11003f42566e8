import type { CommandOf } from '../domain/commands.ts';
import type { SaidInRoom } from '../domain/replies.ts';
import type { RoomAnswer } from '../domain/room-commands.ts';
import { type CommandParts, type Member, refuse } from './caller.ts';
import type { UnderWay } from './core-client.ts';

/** Says something into a room, or, for moderators, into several at once. */
export async function say(
  command: CommandOf<'say'>,
  member: Member,
  parts: CommandParts,
): Promise<void> {
  const { speaker } = member;
  const rooms = command.rooms.length > 0 ? command.rooms : [...speaker.rooms];
  const [room, ...others] = rooms;
  if (room === undefined) return refuseInTurn(member, command, 'NOT_IN_ROOM');
  if (command.rooms.length === 0 && others.length > 0) {
    return refuseInTurn(member, command, 'BAD_FIELD', 'Say which room.');
  }
  if (others.length > 0 && !speaker.isModerator) return refuse(member, command, 'FORBIDDEN');

  const id = command.id ?? parts.newId();
  if (others.length > 0) return sayInRooms(rooms, id, command, member, parts);
  if (command.echo === false) speaker.muteEcho(id);
  const answer = await sayInOrder(room, id, command, member, parts);
  await member.whenItsTurn();
  if (!answer.ok) return refuse(member, command, answer.code, answer.message);
  member.reply({ type: 'said', room, seq: answer.seq, id });
}

async function refuseInTurn(member: Member, ...why: Why): Promise<void> {
  await member.whenItsTurn();
  refuse(member, ...why);
}

async function sayInRooms(
  rooms: readonly string[],
  id: string,
  command: CommandOf<'say'>,
  member: Member,
  parts: CommandParts,
): Promise<void> {
  const said = await Promise.all(
    rooms.map(async (room): Promise<SaidInRoom> => {
      const answer = await sayIn(room, id, command, member, parts);
      return answer.ok ? { room, seq: answer.seq } : { room, code: answer.code };
    }),
  );
  member.reply({ type: 'said-in-rooms', rooms: said, id });
}

// What a session says in a room is stored in the order in which it was said.
async function sayInOrder(
  room: string,
  id: string,
  command: CommandOf<'say'>,
  member: Member,
  parts: CommandParts,
): Promise<RoomAnswer> {
  const { speaker } = member;
  const before = speaker.underWay.get(room) ?? null;
  const answer = sayIn(room, id, command, member, parts, before);
  const underWay = { id, done: answer };
  speaker.underWay.set(room, underWay);
  try {
    return await answer;
  } finally {
    if (speaker.underWay.get(room) === underWay) speaker.underWay.delete(room);
  }
}

function sayIn(
  room: string,
  id: string,
  { text }: CommandOf<'say'>,
  { speaker }: Member,
  { core, hubs }: CommandParts,
  before: UnderWay | null = null,
): Promise<RoomAnswer> {
  const { actor, codec } = speaker;
  const asked = { type: 'say', id, from: actor, text, via: codec.via } as const;
  return hubs.has(room, speaker) ? core.say(room, asked, before) : core.room(room, asked);
}

type Why = Parameters<typeof refuse> extends [unknown, ...infer Rest] ? Rest : never;
