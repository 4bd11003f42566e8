import type { CommandOf } from '../domain/commands.ts';
import { SYSTEM } from '../domain/events.ts';
import type { RoomAnswer } from '../domain/room-commands.ts';
import { type CommandParts, leaveRoom, type Member, refuse } from './caller.ts';
import { type Missed, readMissed, readUnheard } from './history.ts';

type Entered = Extract<RoomAnswer, { ok: true }>;

/**
 * Brings a session into a room: the members as they are at one sequence, what it missed up to there,
 * then every event that comes later. What it missed is what it asks for with `after`, or what chat-core
 * says that it had not heard, where its dialect cannot ask (protocol.md §6.1). Where a wire knows one
 * room at a time, the room before is left once the new one is entered.
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
  const { name = '', members = [], seq } = answer;
  hubs.learn(room, name, members, seq);
  const missed = await missedOf(command, answer, { held, before }, member, parts);
  if (!hubs.has(room, speaker)) return turnAway(command, member, parts);
  const others = stays ? [] : [...speaker.rooms].filter((other) => other !== room);
  const leaving = others.map((other) => leaveRoom(other, speaker, parts));
  speaker.rooms.add(room);
  welcome(room, answer, missed, member);
  await tell(room, missed, member, parts);
  await Promise.all(leaving);
  if (!held) return;
  if (!hubs.has(room, speaker)) return turnAway(command, member, parts);
  hubs.admit(room, speaker, seq);
}

// Too much was said meanwhile to be held for it.
async function turnAway(
  command: CommandOf<'enter'>,
  member: Member,
  parts: CommandParts,
): Promise<void> {
  await undo(command, null, member, parts, true);
  refuse(member, command, 'TRY_AGAIN');
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

// No faster than the client reads: it would be cut for what it asked for.
async function tell(
  room: string,
  { events, whole }: Missed,
  member: Member,
  { hubs }: CommandParts,
): Promise<void> {
  const { codec } = member.speaker;
  if (codec.catchUp && !whole) member.push(codec.encodeEvent(leftOut(room), hubs.viewOf(room)));
  for (const logged of events) {
    await member.whenDrained();
    const frames = codec.encodeEvent(logged, hubs.viewOf(room));
    if (codec.catchUp) member.push(frames, { room, prev: logged.prev });
    else member.push(frames);
    hubs.noteTold(room, member.speaker, logged.seq);
  }
}

async function missedOf(
  command: CommandOf<'enter'>,
  { seq, heard }: Entered,
  { held, before }: { readonly held: boolean; readonly before: number | null },
  member: Member,
  parts: CommandParts,
): Promise<Missed> {
  const { room, after } = command;
  const { reader, limits, hubs, departures } = parts;
  const { speaker } = member;
  const bytes = limits.resumeMaxBytes;
  try {
    if (held) await hubs.begin(room, speaker, seq);
    if (after !== undefined) {
      const within = { events: limits.resumeMax, bytes };
      return await readMissed(reader, room, { after, upTo: seq }, within);
    }
    const known = Math.max(heard ?? -1, departures.unheardOf(room, speaker.actor.id) ?? -1);
    if (!speaker.codec.catchUp || known < 0) return NOTHING;
    hubs.noteTold(room, speaker, known);
    const within = { events: limits.catchUpMax, bytes };
    return await readUnheard(reader, room, { after: known, upTo: seq }, within);
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
  const { hubs } = parts;
  if (before !== null) hubs.admit(room, speaker, before);
  // It did not ask to leave: what it has yet to hear, it still has.
  else if (mayBeIn) await leaveRoom(room, speaker, parts, { heard: hubs.heardBy(room, speaker) });
  else hubs.remove(room, speaker);
}

// Nobody said it and no log has it: the words that every dialect has for a line of the system's.
function leftOut(room: string) {
  const time = new Date(0).toISOString();
  const place = { v: 1, id: 'left-out', n: 1, room, time, from: SYSTEM, via: 'nats' } as const;
  const text = '*Some of what was said while you were away is left out';
  return { seq: 0, prev: 0, event: { ...place, type: 'notice.posted', text } } as const;
}

const NOTHING: Missed = { events: [], whole: true };
