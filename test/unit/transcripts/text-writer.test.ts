import { expect, it } from 'vitest';
import type { RoomEvent } from '../../../src/domain/events.ts';
import { eventAsText } from '../../../src/transcripts/text-writer.ts';
import { utc } from './story.ts';

const ENVELOPE = {
  v: 1,
  id: 'x',
  n: 1,
  room: '1',
  time: '2026-11-23T06:55:35.123Z',
  from: { id: '2', name: 'mod' },
  via: 'xml',
} as const;
const member = { id: '9', name: 'ann' };

const CASES: readonly (readonly [RoomEvent, string])[] = [
  [{ ...ENVELOPE, type: 'message.posted', text: 'Hello' }, '<mod> Hello'],
  [{ ...ENVELOPE, type: 'message.posted', text: 'two\nlines' }, '<mod> two\n    lines'],
  [
    { ...ENVELOPE, type: 'message.posted', text: '\u001b[2J\u009b2J\u202Etxt\r' },
    '<mod> \uFFFD[2J\uFFFD2J\uFFFDtxt\uFFFD',
  ],
  [{ ...ENVELOPE, type: 'notice.posted', text: 'Down at noon' }, '* Down at noon'],
  [{ ...ENVELOPE, type: 'member.entered', member }, '* ann has entered'],
  [{ ...ENVELOPE, type: 'member.left', member }, '* ann has left'],
  [{ ...ENVELOPE, type: 'member.kicked', member }, '* ann was kicked by mod'],
  [{ ...ENVELOPE, type: 'member.kicked', member, reason: 'spam' }, '* ann was kicked by mod: spam'],
  [{ ...ENVELOPE, type: 'member.muted', member, until: null }, '* ann was muted by mod'],
  [
    { ...ENVELOPE, type: 'member.banned', member, until: '2026-11-24T00:00:00.000Z', reason: 'x' },
    '* ann was banned by mod until 2026-11-24T00:00:00.000Z: x',
  ],
  [{ ...ENVELOPE, type: 'room.created', name: 'Lobby' }, '* the room Lobby was made'],
  [{ ...ENVELOPE, type: 'room.changed', closed: true }, '* the room was closed'],
];

it.each(CASES)('$type', (event, line) => {
  expect(eventAsText(event, utc)).toBe(`[2026-11-23 06:55:35] ${line}`);
});
