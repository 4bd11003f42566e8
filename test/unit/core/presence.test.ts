import { describe, expect, it } from 'vitest';
import { Presence } from '../../../src/core/presence.ts';

const ANN = { id: '9', name: 'ann' };
const BOB = { id: '12', name: 'bob' };
const idsIn = (presence: Presence, room: string) => [...presence.in(room).keys()].sort();

describe('presence', () => {
  it('is of an account as long as one relay has it', () => {
    const presence = new Presence();
    for (const relay of ['r1', 'r2']) presence.add(relay, '1', ANN);
    presence.remove('r1', '1', ANN.id);
    expect(presence.has('1', ANN.id)).toBe(true);
    presence.remove('r2', '1', ANN.id);
    presence.remove('r3', 'x', ANN.id);
    expect(presence.has('1', ANN.id)).toBe(false);
  });

  it('is what a relay says of itself, and the rooms it says nothing of are concerned, too', () => {
    const presence = new Presence();
    presence.add('r1', '1', ANN);
    presence.add('r2', '1', BOB);
    const concerned = presence.replace('r1', [
      { room: '2', members: [ANN, BOB] },
      { room: '3', members: [] },
    ]);
    expect(concerned.sort()).toEqual(['1', '2', '3']);
    expect(['1', '2', '3'].map((room) => idsIn(presence, room))).toEqual([['12'], ['12', '9'], []]);
  });

  it('ends with the relay, with a kick and with the room', () => {
    const presence = new Presence();
    for (const relay of ['r1', 'r2']) {
      presence.add(relay, '1', ANN);
      presence.add(relay, '1', BOB);
      presence.add(relay, '2', BOB);
    }
    presence.removeEverywhere('1', ANN.id);
    expect(idsIn(presence, '1')).toEqual(['12']);
    expect(presence.drop('r1').sort()).toEqual(['1', '2']);
    expect(presence.drop('r1')).toEqual([]);
    expect(idsIn(presence, '2')).toEqual(['12']);
    presence.removeRoom('2');
    expect([idsIn(presence, '1'), idsIn(presence, '2')]).toEqual([['12'], []]);
  });
});
