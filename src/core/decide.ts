import type { Actor, Logged, RoomEvent, Via } from '../domain/events.ts';
import { SYSTEM_ID } from '../domain/ids.ts';
import { type Refusal, type RefusalCode, refusal } from '../domain/refusals.ts';
import type { Role, RoomCommand } from '../domain/room-commands.ts';
import { canonicalText, codePointLength } from '../domain/text.ts';
import { retold } from '../domain/wording.ts';
import { inForce, type RoomState } from './room-state.ts';

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** An event without its place: its writer adds version, id, number, room and time. */
export type Draft = DistributiveOmit<RoomEvent, 'v' | 'id' | 'n' | 'room' | 'time'>;

export type Decision =
  | { readonly ok: true; readonly drafts: readonly Draft[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** The event that says that a command was done. */
export const EVENT_OF = {
  enter: 'member.entered',
  leave: 'member.left',
  say: 'message.posted',
  announce: 'notice.posted',
  kick: 'member.kicked',
  mute: 'member.muted',
  unmute: 'member.unmuted',
  ban: 'member.banned',
  unban: 'member.unbanned',
  create: 'room.created',
  remove: 'room.changed',
  replay: 'notice.posted',
} as const satisfies Record<Exclude<RoomCommand['type'], 'members'>, RoomEvent['type']>;

/** What a decision needs to know beside the room. */
export interface Circumstances {
  readonly nowMs: number;
  /** Of who gives the command. */
  readonly role: Role;
  /** Whether a relay has a session in the room for who gives the command, or may have one again soon. */
  readonly stillHere: boolean;
  /** The name of the account that a moderation command is about; null: no such account. */
  readonly target: Actor | null;
  /** The event that is to be told again; null: there is none. */
  readonly source: Logged | null;
  readonly textMaxCodePoints: number;
  readonly membersPerRoomMax: number;
}

/**
 * What a command does to a room: events, none when it is so already, or a refusal with
 * `NO_SUCH_ROOM`, `ROOM_EXISTS`, `ROOM_FULL`, `NOT_IN_ROOM`, `NO_SUCH_USER`, `FORBIDDEN`, `MUTED`,
 * `BANNED`, `TEXT_TOO_LONG` or `BAD_FIELD`. Pure.
 */
export function decide(state: RoomState, command: RoomCommand, around: Circumstances): Decision {
  if (command.type === 'create') {
    if (around.role !== 'moderator') return no('FORBIDDEN');
    if (state.name !== null) return no('ROOM_EXISTS');
    // protocol.md §3.1: who enters room 0 leaves.
    if (state.room === SYSTEM_ID) return no('BAD_FIELD', 'No room has the id 0.');
    return yes({ ...by(command), type: 'room.created', name: command.name });
  }
  if (state.name === null && command.type !== 'leave') return no('NO_SUCH_ROOM');
  switch (command.type) {
    case 'enter':
      return enter(state, command, around);
    case 'leave':
      if (around.stillHere || !state.members.has(command.from.id)) return yes();
      return yes({
        ...by(command),
        type: 'member.left',
        member: command.from,
        ...(command.heard === undefined ? {} : { heard: command.heard }),
      });
    case 'say':
    case 'announce':
      return speak(state, command, around);
    case 'kick':
    case 'mute':
    case 'unmute':
    case 'ban':
    case 'unban':
      return moderate(state, command, around);
    case 'remove':
      if (around.role !== 'moderator') return no('FORBIDDEN');
      return yes({ ...by(command), type: 'room.changed', closed: true });
    case 'replay':
      return replay(state, command, around);
    case 'members':
      return yes();
  }
}

function enter(
  state: RoomState,
  command: { from: Actor; via: Via },
  around: Circumstances,
): Decision {
  const { id } = command.from;
  if (id === SYSTEM_ID) return no('FORBIDDEN');
  if (inForce(state.bans, id, around.nowMs)) return no('BANNED');
  if (state.members.has(id)) return yes();
  if (state.members.size >= around.membersPerRoomMax) return no('ROOM_FULL');
  return yes({ ...by(command), type: 'member.entered', member: command.from });
}

function speak(
  state: RoomState,
  command: Extract<RoomCommand, { type: 'say' | 'announce' }>,
  around: Circumstances,
): Decision {
  const { id } = command.from;
  const text = canonicalText(command.text);
  if (text === '') return no('BAD_FIELD', 'The text is empty.');
  if (codePointLength(text) > around.textMaxCodePoints) return no('TEXT_TOO_LONG');
  if (command.type === 'announce') {
    if (around.role !== 'moderator') return no('FORBIDDEN');
    return yes({ ...by(command), type: 'notice.posted', text });
  }
  // A moderator may speak into rooms without being in them (protocol.md §4.5), and so may a bot, which
  // has no session that could enter (§5.6).
  if (!state.members.has(id) && !OUTSIDERS.has(around.role)) return no('NOT_IN_ROOM');
  if (around.role === 'bot' && inForce(state.bans, id, around.nowMs)) return no('BANNED');
  if (inForce(state.mutes, id, around.nowMs)) return no('MUTED');
  return yes({ ...by(command), type: 'message.posted', text });
}

const OUTSIDERS: ReadonlySet<Role> = new Set(['moderator', 'bot']);

// protocol.md §5.7: a line of the system's, so that nobody seems to speak who is not there.
function replay(
  state: RoomState,
  command: Extract<RoomCommand, { type: 'replay' }>,
  { source }: Circumstances,
): Decision {
  if (command.from.id !== SYSTEM_ID) return no('FORBIDDEN');
  if (command.source.room === state.room) {
    return no('BAD_FIELD', 'A room is not replayed into itself.');
  }
  if (source === null) return no('BAD_FIELD', 'There is no such event.');
  const { seq, event } = source;
  const { room, time } = event;
  const name = event.replayed?.name ?? event.from.name;
  const replayed = { replay: command.replay, room, seq, time, name };
  return yes({ ...by(command), type: 'notice.posted', text: retold(event), replayed });
}

type Moderation = Extract<RoomCommand, { user: string }>;

function moderate(state: RoomState, command: Moderation, around: Circumstances): Decision {
  if (around.role !== 'moderator') return no('FORBIDDEN');
  const member = state.members.get(command.user) ?? around.target;
  if (member === null) return no('NO_SUCH_USER');
  const about = { ...by(command), member };
  const reason = command.reason === undefined ? {} : { reason: canonicalText(command.reason) };
  const inRoom = state.members.has(member.id);
  const isFull = (sanctions: ReadonlyMap<string, unknown>) =>
    sanctions.size >= SANCTIONS_MAX && !sanctions.has(member.id);
  switch (command.type) {
    case 'kick':
      return inRoom ? yes({ ...about, ...reason, type: 'member.kicked' }) : no('NO_SUCH_USER');
    case 'mute':
      if (isFull(state.mutes)) return no('FORBIDDEN', TOO_MANY_SANCTIONS);
      return yes({
        ...about,
        ...reason,
        type: 'member.muted',
        until: until(command, around.nowMs),
      });
    case 'unmute':
      return state.mutes.has(member.id) ? yes({ ...about, type: 'member.unmuted' }) : yes();
    case 'ban': {
      if (isFull(state.bans)) return no('FORBIDDEN', TOO_MANY_SANCTIONS);
      const end = until(command, around.nowMs);
      const banned: Draft = { ...about, ...reason, type: 'member.banned', until: end };
      // First out, then barred: were the second lost, the moderator is not told that it is done.
      return inRoom ? yes({ ...about, ...reason, type: 'member.kicked' }, banned) : yes(banned);
    }
    case 'unban':
      return state.bans.has(member.id) ? yes({ ...about, type: 'member.unbanned' }) : yes();
  }
}

// Of a kind in one room: they are part of its snapshot.
const SANCTIONS_MAX = 2000;
const TOO_MANY_SANCTIONS = 'There are as many in that room as there may be.';

function until({ seconds }: { seconds?: number | undefined }, nowMs: number): string | null {
  return seconds === undefined ? null : new Date(nowMs + seconds * 1000).toISOString();
}

function by({ from, via }: { from: Actor; via: Via }): { from: Actor; via: Via } {
  return { from, via };
}

function yes(...drafts: Draft[]): Decision {
  return { ok: true, drafts };
}

function no(code: RefusalCode, message?: string): Decision {
  return { ok: false, refusal: refusal(code, message) };
}
