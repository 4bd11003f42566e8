import { apply, chainHash, emptyRoom, type RoomState } from '../../../src/core/room-state.ts';
import type { Actor, RoomEvent } from '../../../src/domain/events.ts';

export const PEOPLE: Readonly<Record<string, Actor>> = {
  '0': { id: '0', name: 'system' },
  '2': { id: '2', name: 'mod' },
  '6': { id: '6', name: 'enobrev' },
  '9': { id: '9', name: 'ann' },
  '12': { id: '12', name: 'bob' },
};

const MOD: Actor = { id: '2', name: 'mod' };

/** A line like `muted 6 forever` as the n-th event of room 1. */
export function eventOf(line: string, n: number): RoomEvent {
  const [verb = '', who = '', end = 'forever'] = line.split(' ');
  const member = PEOPLE[who] ?? MOD;
  const until = end === 'forever' ? null : end;
  const time = new Date(Date.UTC(2026, 10, 23, 6, 0, n)).toISOString();
  const envelope = { v: 1, id: `e${n}`, n, room: '1', time, from: MOD, via: 'json' } as const;
  switch (verb) {
    case 'created':
      return { ...envelope, type: 'room.created', name: 'Lobby 1' };
    case 'closed':
      return { ...envelope, type: 'room.changed', closed: true };
    case 'named':
      return { ...envelope, type: 'room.changed', name: who };
    case 'muted':
    case 'banned':
      return { ...envelope, type: `member.${verb}`, member, until };
    case 'entered':
    case 'left':
    case 'kicked':
    case 'unmuted':
    case 'unbanned':
      return { ...envelope, type: `member.${verb}`, member };
    default:
      return { ...envelope, type: 'message.posted', from: member, text: line };
  }
}

/** The room after one more event, at the sequence after the last. */
export function next(state: RoomState, event: RoomEvent): RoomState {
  const hash = chainHash(state.hash, JSON.stringify(event));
  return apply(state, { seq: state.seq + 1, prev: state.seq, event }, { hash, epoch: 'e1' });
}

/** The room that these lines make. */
export function roomOf(lines: readonly string[], from: RoomState = emptyRoom('1')): RoomState {
  let state = from;
  for (const line of lines) state = next(state, eventOf(line, state.n + 1));
  return state;
}
