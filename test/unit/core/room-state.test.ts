import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chainHash,
  emptyRoom,
  FIRST_HASH,
  inForce,
  RECENT_MAX,
  recentSeq,
  snapshotOf,
  stateOf,
} from '../../../src/core/room-state.ts';
import { PEOPLE, roomOf } from './story.ts';

const who = fc.constantFrom('2', '6', '9', '12');
const when = fc.constantFrom('forever', '2026-11-23T06:00:30.000Z', '2026-11-23T08:00:00.000Z');
const line = fc.oneof(
  fc.constantFrom('created', 'closed', 'named Other'),
  fc.tuple(fc.constantFrom('entered', 'left', 'kicked', 'unmuted', 'unbanned', 'said'), who),
  fc.tuple(fc.constantFrom('muted', 'banned'), who, when),
);
const lines = fc.array(
  line.map((words) => (typeof words === 'string' ? words : words.join(' '))),
  { maxLength: 150 },
);

describe('the state of a room', () => {
  it('is what its events tell', () => {
    const state = roomOf(['created', 'entered 6', 'entered 9', 'muted 9 forever', 'left 6']);
    expect(state).toMatchObject({ room: '1', name: 'Lobby 1', seq: 5, n: 5 });
    expect([...state.members.values()]).toEqual([PEOPLE['9']]);
    expect([...state.mutes]).toEqual([['9', null]]);
    expect(state.time).toBe('2026-11-23T06:00:05.000Z');
    expect(roomOf(['named Other'], state).name).toBe('Other');
  });

  it('has nothing left of a room that was closed', () => {
    const closed = roomOf(['created', 'entered 6', 'muted 6', 'banned 9', 'closed']);
    const { name, members, mutes, bans, n } = closed;
    expect({ name, n, sizes: [members.size, mutes.size, bans.size] }).toEqual({
      ...{ name: null, n: 5, sizes: [0, 0, 0] },
    });
  });

  it('lets go of sanctions that are over when there is a new one', () => {
    const over = '2026-11-23T06:00:02.000Z';
    const state = roomOf(['created', `banned 9 ${over}`, `banned 6 2026-11-23T08:00:00.000Z`]);
    expect([...state.bans.keys()]).toEqual(['6']);
  });

  it('is the same from a snapshot at any place and the events after it', () => {
    fc.assert(
      fc.property(lines, fc.nat(150), (told, at) => {
        const snapshot = stateOf(snapshotOf(roomOf(told.slice(0, at))));
        expect(snapshot).not.toBeNull();
        if (snapshot !== null) expect(roomOf(told.slice(at), snapshot)).toEqual(roomOf(told));
      }),
      { numRuns: 200 },
    );
  });

  it('changes no state that there was before', () => {
    fc.assert(
      fc.property(lines, lines, (told, more) => {
        const before = roomOf(told);
        const copy = snapshotOf(before);
        roomOf(more, before);
        expect(snapshotOf(before)).toBe(copy);
      }),
      { numRuns: 100 },
    );
  });

  it('remembers the last events and no more', () => {
    const state = roomOf(['created', ...Array.from({ length: RECENT_MAX + 5 }, () => 'said 6')]);
    expect(state.recent).toHaveLength(RECENT_MAX);
    expect(recentSeq(state, '6', 'message.posted', `e${state.n}`)).toBe(state.seq);
  });

  it.each(['', 'null', '{}', '{"v":2}', snapshotOf(emptyRoom('1')).replace('"v":1', '"v":9')])(
    'is not read from %s',
    (text) => expect(stateOf(text)).toBeNull(),
  );
});

describe('the hash chain', () => {
  it('is SHA-256 over the hash before and the bytes', () => {
    const first = chainHash(FIRST_HASH, 'one');
    const bytes = Buffer.concat([Buffer.alloc(32), Buffer.from('one')]);
    expect(first).toBe(createHash('sha256').update(bytes).digest('hex'));
    const second = createHash('sha256').update(Buffer.from(first, 'hex')).update('zwei \u00fc');
    expect(chainHash(first, 'zwei \u00fc')).toBe(second.digest('hex'));
    expect(chainHash(first, Buffer.from('zwei \u00fc'))).toBe(chainHash(first, 'zwei \u00fc'));
  });
});

describe('a sanction', () => {
  it('is in force until its end, or for ever', () => {
    const end = '2026-11-23T07:00:00.000Z';
    const sanctions = new Map([
      ['6', end],
      ['9', null],
    ]);
    const at = Date.parse(end);
    const inForceAt = (account: string, ms: number) => inForce(sanctions, account, ms);
    expect([inForceAt('6', at - 1), inForceAt('6', at)]).toEqual([true, false]);
    expect([inForceAt('9', at), inForceAt('12', at)]).toEqual([true, false]);
  });
});
