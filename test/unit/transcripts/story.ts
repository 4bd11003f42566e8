import type { Actor, Logged, RoomEvent } from '../../../src/domain/events.ts';
import { Zone } from '../../../src/transcripts/zone.ts';

export function zoneNamed(name: string): Zone {
  const zone = Zone.named(name);
  if (zone === null) throw new Error(`there is no zone ${name}`);
  return zone;
}

export const utc = zoneNamed('UTC');

export const ANN: Actor = { id: '9', name: 'ann' };
export const BOB: Actor = { id: '6', name: 'b<o>b & "co"' };
export const MOD: Actor = { id: '2', name: 'mod' };
export const SYSTEM: Actor = { id: '0', name: 'system' };

type Own = RoomEvent extends infer E
  ? E extends unknown
    ? Omit<E, 'v' | 'id' | 'n' | 'room' | 'time' | 'via'>
    : never
  : never;

/** Events of a room, one each `stepMs`, with every second sequence. */
export function events(room: string, start: string, owns: readonly Own[], stepMs = 1000): Logged[] {
  return owns.map((own, index) => {
    const time = new Date(Date.parse(start) + index * stepMs).toISOString();
    const place = { v: 1, id: `e${index}`, n: index + 1, room, time, via: 'json' } as const;
    return { seq: 2 * index + 1, prev: Math.max(0, 2 * index - 1), event: { ...place, ...own } };
  });
}

/** A meeting over midnight in which everything happens that can, awkward texts included. */
export const MEETING: readonly Logged[] = events('1', '2026-03-27T23:59:50.000Z', [
  { type: 'room.created', from: SYSTEM, name: 'Lobby 1' },
  { type: 'member.entered', from: ANN, member: ANN },
  { type: 'message.posted', from: ANN, text: 'The deadline is Friday.' },
  { type: 'message.posted', from: BOB, text: '<script>alert("1")</script> & \'so\' on' },
  { type: 'message.posted', from: ANN, text: 'two\n# lines, *not* _marked_\n1. [x](y)' },
  { type: 'message.posted', from: BOB, text: 'שלום \u202Eevil\u202C 🎉' },
  { type: 'notice.posted', from: SYSTEM, text: 'Back at noon' },
  {
    ...{ type: 'notice.posted', from: SYSTEM, text: 'bob: from another day' },
    replayed: { replay: 'r1', room: '2', seq: 7, time: '2026-01-02T03:04:05.678Z', name: 'bob' },
  },
  { type: 'member.muted', from: MOD, member: BOB, until: null, reason: 'flood' },
  { type: 'member.unmuted', from: MOD, member: BOB },
  { type: 'member.banned', from: MOD, member: BOB, until: '2026-03-29T00:00:00.000Z' },
  { type: 'member.unbanned', from: MOD, member: BOB },
  { type: 'member.kicked', from: MOD, member: BOB },
  { type: 'member.left', from: ANN, member: ANN },
  { type: 'room.changed', from: SYSTEM, closed: true },
]);
