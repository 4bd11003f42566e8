import { describe, expect, it } from 'vitest';
import { replayActOf, wantedReplayOf } from '../../../src/operator/replay-forms.ts';
import { MOD } from '../../support/log.ts';

const wanted = (form: string) => wantedReplayOf('1', new URLSearchParams(form), MOD);
const act = (form: string) => replayActOf(new URLSearchParams(form));
const USUAL = { room: '1', to: '2', since: null, until: null, speed: 1, maxPauseSeconds: null };

describe('the form of a replay', () => {
  it('names a room and a pace, and may name days and a longest pause', () => {
    expect(wanted('to=2&speed=1&since=&until=&max-pause=')).toEqual({ ...USUAL, by: MOD });
    expect(wanted('to=2&speed=max&since=2026-11-01&until=2026-11-02&max-pause=5')).toEqual({
      ...{ ...USUAL, by: MOD, since: '2026-11-01', until: '2026-11-02' },
      ...{ speed: 'max', maxPauseSeconds: 5 },
    });
  });

  it.each([
    ['', 'no room'],
    ['to=1&speed=1', 'itself'],
    ['to=a.b&speed=1', 'no id'],
    ['to=2', 'no speed'],
    ['to=2&speed=0', 'no pace'],
    ['to=2&speed=1&since=yesterday', 'no day'],
    ['to=2&speed=1&until=2026-13-01', 'no day'],
    ['to=2&speed=1&max-pause=-1', 'no pause'],
  ])('is not %s (%s)', (form) => {
    expect(wanted(form)).toBeNull();
  });
});

describe('what becomes of a replay', () => {
  it.each([
    ['act=pause', { act: 'pause', value: null }],
    ['act=speed&speed=10', { act: 'speed', value: 10 }],
    ['act=seek&time=2026-11-23T06:55', { act: 'seek', value: Date.UTC(2026, 10, 23, 6, 55) }],
    ['act=speed&speed=x', null],
    ['act=seek&time=', null],
    ['act=toString', null],
  ])('%s', (form, expected) => {
    expect(act(form)).toEqual(expected);
  });
});
