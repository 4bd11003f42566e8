import type { CommandOf } from '../domain/commands.ts';
import type { RoomAnswer } from '../domain/room-commands.ts';
import { type CommandParts, leaveRoom, type Member, pageBytes, refuse } from './caller.ts';
import { type Missed, readMissed } from './history.ts';

type Entered = Extract<RoomAnswer, { ok: true }>;

/**
 * Brings a session into a room: the members as they are at one sequence, what it missed since `after`
 * up to there, then every event that comes later. Where a wire knows one room at a time, the room
 * before is left once the new one is entered.
 *
 * In a room that it is in already a session is told the members anew and hears on.
 */
export async function enter(
  command: CommandOf<'enter'>,
  member: Member,
  parts: CommandParts,
): Promise<void> {
  const { speaker } = member;
  const { room, after } = command;
  const { core, hubs, limits, newId, relay } = parts;
  const isNew = !speaker.rooms.has(room);
  const stays = speaker.codec.rooms === 'many' || command.keep === true;
  const crowded = stays && speaker.rooms.size >= limits.roomsPerSessionMax;
  if (isNew && crowded) return refuse(member, command, 'TOO_MANY_ROOMS');

  const held = isNew || after !== undefined;
  const before = held ? hubs.expect(room, speaker) : null;
  const { actor, codec } = speaker;
  const asked = { type: 'enter', id: newId(), from: actor, via: codec.via, relay } as const;
  const answer = await core.room(room, asked);
  if (!answer.ok) {
    if (!held) return refuse(member, command, answer.code, answer.message);
    // The answer may have been lost and not the entering: then nobody is here after all.
    await undo(command, before, member, parts, answer.code === 'TRY_AGAIN');
    return refuse(member, command, answer.code, answer.message);
  }
  const missed = await missedOf(command, answer, before, member, parts);
  // Too much was said meanwhile to be held for it.
  if (!hubs.has(room, speaker)) {
    await undo(command, null, member, parts, true);
    return refuse(member, command, 'TRY_AGAIN');
  }
  const others = stays ? [] : [...speaker.rooms].filter((other) => other !== room);
  const leaving = others.map((other) => leaveRoom(other, speaker, parts));
  speaker.rooms.add(room);
  const { name = '', members = [], seq } = answer;
  hubs.learn(room, name, members, seq);
  welcome(room, answer, missed, member);
  const view = hubs.viewOf(room);
  for (const logged of missed.events) member.push(codec.encodeEvent(logged, view));
  if (held) hubs.admit(room, speaker, answer.seq);
  await Promise.all(leaving);
}

function welcome(room: string, answer: Entered, missed: Missed, member: Member): void {
  member.reply({
    type: 'joined',
    room,
    name: answer.name ?? '',
    seq: answer.seq,
    members: answer.members ?? [],
    recovered: missed.whole,
    entrant: member.speaker.actor,
    announced: answer.announced ?? false,
  });
}

async function missedOf(
  command: CommandOf<'enter'>,
  { seq }: Entered,
  before: number | null,
  member: Member,
  parts: CommandParts,
): Promise<Missed> {
  const { room, after } = command;
  const { reader, limits } = parts;
  if (after === undefined) return { events: [], whole: true };
  const within = { events: limits.resumeMax, bytes: pageBytes(limits) };
  try {
    return await readMissed(reader, room, { after, upTo: seq }, within);
  } catch (error) {
    await undo(command, before, member, parts, true);
    throw error;
  }
}

async function undo(
  { room }: CommandOf<'enter'>,
  before: number | null,
  { speaker }: Member,
  parts: CommandParts,
  mayBeIn: boolean,
): Promise<void> {
  if (before !== null) parts.hubs.admit(room, speaker, before);
  else if (mayBeIn) await leaveRoom(room, speaker, parts);
  else parts.hubs.remove(room, speaker);
}
