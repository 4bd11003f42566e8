import { describe, expect, it } from 'vitest';
import { roomEvent, whisperEvent } from '../../../src/domain/events.ts';
import { roomCommand } from '../../../src/domain/room-commands.ts';

const POSTED = {
  ...{ v: 1, id: 'm1', n: 17, type: 'message.posted', room: '1' },
  ...{
    time: '2026-11-23T06:55:35.123Z',
    from: { id: '6', name: 'enobrev' },
    text: 'Hello',
    via: 'xml',
  },
};

describe('a canonical event', () => {
  it('is read, and what it has more is read past', () => {
    expect(roomEvent.parse({ ...POSTED, later: true })).toEqual(POSTED);
  });

  it.each([
    ['another version', { v: 2 }],
    ['a number of nothing', { n: 0 }],
    ['a room that cannot be', { room: 'a.b' }],
    ['a time without milliseconds', { time: '2026-11-23T06:55:35Z' }],
    ['a time of another zone', { time: '2026-11-23T06:55:35.123+01:00' }],
    ['nobody', { from: undefined }],
    ['another wire', { via: 'fax' }],
    ['another type', { type: 'message.erased' }],
    ['text that is none', { text: 7 }],
  ])('is none with %s', (_name, change) => {
    expect(roomEvent.safeParse({ ...POSTED, ...change }).success).toBe(false);
  });

  it('of a room is no whisper, nor the other way round', () => {
    const whisper = { ...POSTED, type: 'whisper.posted', to: { id: '9', name: 'ann' } };
    expect(whisperEvent.safeParse(POSTED).success).toBe(false);
    expect(roomEvent.safeParse(whisper).success).toBe(false);
    expect(whisperEvent.safeParse(whisper).success).toBe(true);
  });
});

describe('a command on the bus', () => {
  const SAY = { type: 'say', id: 'c1', from: POSTED.from, via: 'json', text: 'x' };

  it('is read', () => expect(roomCommand.parse(SAY)).toEqual(SAY));

  it.each([
    ['without an id', { id: undefined }],
    ['with an id that cannot be a header', { id: 'a\r\nNats-Rollup: all' }],
    ['of a strange account', { from: { id: 'x', name: 'y' } }],
    ['of another type', { type: 'drop' }],
    ['a ban without end that is too long', { type: 'ban', user: '9', seconds: 31_536_001 }],
    ['an entering through nobody', { type: 'enter', relay: 'a b' }],
  ])('is none: %s', (_name, change) => {
    expect(roomCommand.safeParse({ ...SAY, ...change }).success).toBe(false);
  });
});
