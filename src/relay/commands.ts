import type { Command, CommandOf, ModerationCommand } from '../domain/commands.ts';
import { nameKey } from '../domain/ids.ts';
import {
  type Caller,
  type CommandParts,
  leaveRoom,
  type Member,
  pageBytes,
  refuse,
} from './caller.ts';
import { enter } from './enter.ts';
import { readHistory, readWhispers } from './history.ts';
import { say } from './say.ts';
import { Speaker } from './speaker.ts';

/**
 * Does what a command asks and replies, once, to the one who gave it. May reject with `BusError` when
 * the log cannot be read; the caller then answers with `TRY_AGAIN`.
 */
export async function runCommand(
  command: Command,
  caller: Caller,
  parts: CommandParts,
): Promise<void> {
  if (command.type === 'login') return login(command, caller, parts);
  if (command.type === 'ping') return caller.reply({ type: 'pong' });
  if (command.type === 'logout') {
    caller.reply({ type: 'goodbye' });
    return caller.logOut();
  }
  if (caller.speaker === null) return refuse(caller, command, 'LOGIN_REQUIRED');
  return runMembersCommand(command, caller as Member, parts);
}

type MembersCommand = Exclude<Command, { type: 'login' | 'ping' | 'logout' }>;

function runMembersCommand(
  command: MembersCommand,
  member: Member,
  parts: CommandParts,
): Promise<void> {
  switch (command.type) {
    case 'rooms':
      return rooms(command, member, parts);
    case 'enter':
      return enter(command, member, parts);
    case 'enter-by-name':
      return enterByName(command, member, parts);
    case 'leave':
      return leave(command, member, parts);
    case 'say':
      return say(command, member, parts);
    case 'announce':
      return announce(command, member, parts);
    case 'whisper':
      return whisper(command, member, parts);
    case 'members':
      return members(command, member, parts);
    case 'history':
      return history(command, member, parts);
    case 'whispers':
      return whispers(command, member, parts);
    case 'kick':
    case 'mute':
    case 'unmute':
    case 'ban':
    case 'unban':
      return moderate(command, member, parts);
  }
}

async function login(
  command: CommandOf<'login'>,
  caller: Caller,
  { core }: CommandParts,
): Promise<void> {
  if (caller.speaker !== null) return refuse(caller, command, 'ALREADY_LOGGED_IN');
  const answer = await core.login(command.credentials);
  if (!answer.ok) return refuse(caller, command, answer.code, answer.message);
  const list = await core.rooms();
  if (!list.ok) return refuse(caller, command, list.code, list.message);
  const { user, role, session } = answer;
  caller.begin(new Speaker(user, role, caller.codec, caller));
  const isModerator = role === 'moderator';
  caller.reply({ type: 'welcome', user, isModerator, session, rooms: list.rooms });
}

async function rooms(command: Command, member: Member, { core }: CommandParts): Promise<void> {
  const answer = await core.rooms();
  if (!answer.ok) return refuse(member, command, answer.code, answer.message);
  member.reply({ type: 'rooms', rooms: answer.rooms });
}

async function enterByName(
  command: CommandOf<'enter-by-name'>,
  member: Member,
  parts: CommandParts,
): Promise<void> {
  const answer = await parts.core.rooms();
  if (!answer.ok) return refuse(member, command, answer.code, answer.message);
  const wanted = command.name === null ? null : nameKey(command.name);
  const found = answer.rooms.find(({ name }) => wanted === null || nameKey(name) === wanted);
  if (found === undefined) return refuse(member, command, 'NO_SUCH_ROOM');
  return enter({ type: 'enter', room: found.id }, member, parts);
}

async function leave(
  command: CommandOf<'leave'>,
  member: Member,
  parts: CommandParts,
): Promise<void> {
  const { speaker } = member;
  const leaving = command.room === null ? [...speaker.rooms] : [command.room];
  if (leaving.length === 0 || leaving.some((room) => !speaker.rooms.has(room))) {
    return refuse(member, command, 'NOT_IN_ROOM');
  }
  for (const room of leaving) await leaveRoom(room, speaker, parts);
  for (const room of leaving) member.reply({ type: 'left', room });
}

async function announce(
  command: CommandOf<'announce'>,
  member: Member,
  { core, newId }: CommandParts,
): Promise<void> {
  const { actor, codec } = member.speaker;
  const { room, text, type } = command;
  const answer = await core.room(room, { type, id: newId(), from: actor, text, via: codec.via });
  if (!answer.ok) return refuse(member, command, answer.code, answer.message);
  member.reply({ type: 'done', command: type, room, seq: answer.seq });
}

async function whisper(
  command: CommandOf<'whisper'>,
  member: Member,
  { core, newId }: CommandParts,
): Promise<void> {
  const { actor, codec } = member.speaker;
  const id = command.id ?? newId();
  const { to, text } = command;
  const answer = await core.user(to, { type: 'whisper', id, from: actor, text, via: codec.via });
  if (!answer.ok) return refuse(member, command, answer.code, answer.message);
  member.reply({ type: 'whispered' });
}

async function members(
  command: CommandOf<'members'>,
  member: Member,
  { core }: CommandParts,
): Promise<void> {
  const room = placeOf(command.room, member);
  if (room === null) return refuse(member, command, 'NOT_IN_ROOM');
  const answer = await core.room(room, { type: 'members' });
  if (!answer.ok) return refuse(member, command, answer.code, answer.message);
  member.reply({ type: 'members', room, members: answer.members ?? [] });
}

async function history(
  command: CommandOf<'history'>,
  member: Member,
  { reader, limits }: CommandParts,
): Promise<void> {
  const room = placeOf(command.room, member);
  if (room === null) return refuse(member, command, 'NOT_IN_ROOM');
  const events = Math.min(command.limit ?? HISTORY_DEFAULT, limits.historyMax);
  const page = await readHistory(reader, room, command, { events, bytes: pageBytes(limits) });
  member.reply({ type: 'history', room, ...page });
}

async function whispers(
  { after = 0, limit = HISTORY_DEFAULT }: CommandOf<'whispers'>,
  member: Member,
  { reader, limits }: CommandParts,
): Promise<void> {
  const within = { events: Math.min(limit, limits.historyMax), bytes: pageBytes(limits) };
  const page = await readWhispers(reader, member.speaker.actor.id, after, within);
  member.reply({ type: 'whispers', ...page });
}

async function moderate(
  command: ModerationCommand,
  member: Member,
  { core, newId }: CommandParts,
): Promise<void> {
  const { actor, codec } = member.speaker;
  const { room, ...rest } = command;
  const answer = await core.room(room, { ...rest, id: newId(), from: actor, via: codec.via });
  if (!answer.ok) return refuse(member, command, answer.code, answer.message);
  member.reply({ type: 'done', command: command.type, room, seq: answer.seq });
}

// The room that is meant, where the session is: a moderator may look into every room.
function placeOf(named: string | null, { speaker }: Member): string | null {
  if (named === null) return speaker.rooms.size === 1 ? ([...speaker.rooms][0] ?? null) : null;
  return speaker.rooms.has(named) || speaker.isModerator ? named : null;
}

const HISTORY_DEFAULT = 50;
