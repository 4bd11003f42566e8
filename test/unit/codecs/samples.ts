import type { RoomView, WhisperReader } from '../../../src/codecs/codec.ts';
import type { Actor, Logged, RoomEvent, WhisperEvent } from '../../../src/domain/events.ts';
import type { Reply } from '../../../src/domain/replies.ts';

/** What every dialect is made with in these tests. */
export const OPTIONS = {
  frameMaxBytes: 32_768,
  invalidUtf8: 'refuse',
  announceToEntrant: true,
  verboseEmptyStatus: false,
  verbosePercent: false,
  palabreLobby: '1',
} as const;

export const ENOBREV: Actor = { id: '6', name: 'enobrev' };
export const ANN: Actor = { id: '9', name: 'ann' };

export const VIEW: RoomView = {
  room: '1',
  name: 'Lobby 1',
  members: new Map([
    [ENOBREV.id, ENOBREV],
    [ANN.id, ANN],
  ]),
};
export const READER: WhisperReader = { actor: ANN, view: VIEW };

const TIME = '2026-11-23T06:55:35.123Z';
const envelope = {
  v: 1,
  id: 'e1',
  n: 17,
  room: '1',
  time: TIME,
  from: ENOBREV,
  via: 'xml',
} as const;

export function messageOf(text: string, from: Actor = ENOBREV): Logged {
  return { seq: 58, prev: 57, event: { ...envelope, type: 'message.posted', from, text } };
}

export function whisperOf(text: string): Logged<WhisperEvent> {
  const { v, id, time, from, via } = envelope;
  return {
    seq: 60,
    prev: 12,
    event: { v, id, type: 'whisper.posted', time, from, to: ANN, text, via },
  };
}

/** An event of every type, with this text and this name wherever one fits. */
export function everyEvent(text: string, name: string): Logged[] {
  const member = { id: ANN.id, name };
  const until = TIME;
  const events: RoomEvent[] = [
    { ...envelope, type: 'message.posted', text },
    { ...envelope, type: 'notice.posted', text },
    { ...envelope, type: 'member.entered', member },
    { ...envelope, type: 'member.left', member },
    { ...envelope, type: 'member.kicked', member, reason: text },
    { ...envelope, type: 'member.muted', member, until, reason: text },
    { ...envelope, type: 'member.unmuted', member },
    { ...envelope, type: 'member.banned', member, until: null, reason: text },
    { ...envelope, type: 'member.unbanned', member },
    { ...envelope, type: 'room.created', name },
    { ...envelope, type: 'room.changed', name },
    { ...envelope, type: 'room.changed', closed: true },
  ];
  return events.map((event) => ({ seq: 58, prev: 57, event }));
}

/** A reply of every type, with this text and this name wherever one fits. */
export function everyReply(text: string, name: string): Reply[] {
  const user = { id: '9', name };
  const rooms = [{ id: '1', name, members: 2 }];
  const members = [ENOBREV, user];
  const events = everyEvent(text, name);
  const refusal = { code: 'BAD_FRAME', message: 'The frame could not be read.' } as const;
  return [
    { type: 'welcome', user, isModerator: true, session: 's1', rooms },
    { type: 'rooms', rooms },
    {
      ...{ type: 'joined', room: '1', name, seq: 57, members, recovered: true },
      ...{ entrant: user, announced: true },
    },
    { type: 'left', room: '1' },
    { type: 'said', room: '1', seq: 58, id: 'a1' },
    { type: 'said-in-rooms', rooms: [{ room: '1', seq: 58 }], id: 'a1' },
    { type: 'whispered' },
    { type: 'members', room: '1', members },
    { type: 'history', room: '1', events, more: false },
    { type: 'whispers', events: [], more: true },
    { type: 'done', command: 'kick', room: '1', seq: 60 },
    { type: 'pong' },
    { type: 'error', refusal, during: null },
    { type: 'error', refusal, during: 'login' },
  ];
}
