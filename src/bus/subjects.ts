import { accountId, roomId } from '../domain/ids.ts';
import { processId } from '../domain/room-commands.ts';

/** The stream that is the log (protocol.md §5.1). */
export const LOG_STREAM = 'CHATLOG';

/** The log's own subjects: chat-core publishes here and nobody else. */
export const LOG_SUBJECTS = 'chatlog.>';
export const REPUBLISH = { src: 'chatlog.>', dest: 'chat.>' } as const;

/** Headers that this project adds to an event in the log. */
export const HASH_HEADER = 'Chat-Hash';

/** Requests that chat-core answers (protocol.md §5.4, §5.6). On those of bots it asks for a key. */
export const COMMAND_SUBJECTS = {
  login: 'chatcmd.login',
  rooms: 'chatcmd.rooms',
  anyRoom: 'chatcmd.relay.room.*',
  anyUser: 'chatcmd.relay.user.*',
  anyRoomOfBots: 'chatcmd.room.*',
  anyUserOfBots: 'chatcmd.user.*',
} as const;

/** Soft state that relays and cores tell each other; never stored. */
export const CONTROL_SUBJECTS = {
  relayBeat: 'chatctl.relay.beat',
  coreBeat: 'chatctl.core.beat',
  presence: 'chatctl.relay.presence',
  heard: 'chatctl.relay.heard',
  connections: 'chatctl.relay.connections',
  counts: 'chatctl.core.counts',
  roomsChanged: 'chatctl.rooms.changed',
} as const;

export const ANY_LIVE_ROOM = 'chat.room.*';
export const ANY_LIVE_USER = 'chat.user.*';
export const ANY_LOGGED_USER = 'chatlog.user.*';
export const ALL_LOGGED_ROOMS = 'chatlog.room.*';

// Each takes a checked id: a token made of anything else would be another subject.
export const logSubjectOfRoom = (room: string): string => `chatlog.room.${roomId.parse(room)}`;
export const liveSubjectOfRoom = (room: string): string => `chat.room.${roomId.parse(room)}`;
export const commandSubjectOfRoom = (room: string): string =>
  `chatcmd.relay.room.${roomId.parse(room)}`;
export const logSubjectOfUser = (id: string): string => `chatlog.user.${accountId.parse(id)}`;
export const commandSubjectOfUser = (id: string): string =>
  `chatcmd.relay.user.${accountId.parse(id)}`;

/** Where one relay answers whom it has; nobody answers for a relay that is dead. */
export const hereSubjectOf = (relay: string): string =>
  `chatctl.relay.here.${processId.parse(relay)}`;

/** The last token of a subject: the room or the account it is about. */
export function lastToken(subject: string): string {
  return subject.slice(subject.lastIndexOf('.') + 1);
}

/**
 * Whether a subject is none to publish on for others: no subject, or several, or one whose first token
 * belongs to the chat or to NATS.
 */
export function isReservedSubject(subject: string): boolean {
  const [first = ''] = subject.split('.');
  return !SUBJECT.test(subject) || first.startsWith('$') || RESERVED.has(first);
}

const SUBJECT = /^[^\s.*>]+(\.[^\s.*>]+)*$/;
const RESERVED: ReadonlySet<string> = new Set([
  ...['chat', 'chatlog', 'chatcmd', 'chatctl', '_INBOX', '_R_'],
]);
