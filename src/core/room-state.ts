import { createHash } from 'node:crypto';
import { z } from 'zod';
import { NO_EPOCH } from '../bus/epoch.ts';
import { type Actor, actor, type Logged, position, type RoomEvent } from '../domain/events.ts';
import { displayName, roomId } from '../domain/ids.ts';

/**
 * A room as its log tells it: nothing but the fold of its events. `seq`, `n` and `hash` are those
 * of the last event folded in.
 */
export interface RoomState {
  readonly room: string;
  /** Null: the room was never created, or was removed. */
  readonly name: string | null;
  readonly seq: number;
  readonly n: number;
  readonly hash: string;
  /** ISO time of the last event; the next one is never earlier. */
  readonly time: string;
  readonly members: ReadonlyMap<string, Actor>;
  /** Account id to the end of the mute in ISO time; null: until it is undone. */
  readonly mutes: ReadonlyMap<string, string | null>;
  readonly bans: ReadonlyMap<string, string | null>;
  /** Who left by a broken connection, by account, the longest ago first: the last `AWAY_MAX`. */
  readonly away: ReadonlyMap<string, Away>;
  /** The last `RECENT_MAX` events, oldest first: by them a command that is asked again is known. */
  readonly recent: readonly RecentEvent[];
  /** In which the last event was stored (see `stampedId`). */
  readonly epoch: string;
  /** Those before, the newest last: at most `EPOCHS_MAX`. Ids of an epoch are known to it alone. */
  readonly epochsBefore: readonly FormerEpoch[];
}

export interface FormerEpoch {
  readonly epoch: string;
  /** ISO time of its last event. */
  readonly until: string;
}

export interface RecentEvent {
  readonly key: string;
  readonly seq: number;
}

/** An account that left without saying so (protocol.md §6.1). */
export interface Away {
  /** Up to where it was told the room's events. */
  readonly heard: number;
  /** ISO time at which it left. */
  readonly since: string;
  /** The id of the event by which it came back; null: it has not. */
  readonly backBy: string | null;
}

export const RECENT_MAX = 64;
export const AWAY_MAX = 500;
/** More changes of who writes a room than this within the duplicate window are not reckoned with. */
export const EPOCHS_MAX = 16;

/** The sequence of a recent event by what it is known again: ids are their author's own choice. */
export function recentSeq(
  { recent }: RoomState,
  author: string,
  type: RoomEvent['type'],
  id: string,
): number | null {
  const key = recentKey(author, type, id);
  return recent.find((event) => event.key === key)?.seq ?? null;
}

function recentKey(author: string, type: RoomEvent['type'], id: string): string {
  return `${author}:${type}:${id}`;
}

type EventOf<T extends RoomEvent['type']> = Extract<RoomEvent, { readonly type: T }>;

/** The hash before the first event: 32 zero bytes. */
export const FIRST_HASH = '0'.repeat(64);

export function emptyRoom(room: string): RoomState {
  return {
    room,
    name: null,
    seq: 0,
    n: 0,
    hash: FIRST_HASH,
    time: '1970-01-01T00:00:00.000Z',
    members: new Map(),
    mutes: new Map(),
    bans: new Map(),
    away: new Map(),
    recent: [],
    epoch: NO_EPOCH,
    epochsBefore: [],
  };
}

/** The hash of an event's stored bytes in the chain of its room (protocol.md §5.5). */
export function chainHash(previous: string, payload: Uint8Array | string): string {
  return createHash('sha256').update(Buffer.from(previous, 'hex')).update(payload).digest('hex');
}

/** The room after one more event. `hash` is that event's place in the chain. Pure. */
export function apply(
  state: RoomState,
  { seq, event }: Logged,
  { hash, epoch }: { readonly hash: string; readonly epoch: string },
): RoomState {
  const key = recentKey(event.from.id, event.type, event.id);
  const recent = [...state.recent.slice(1 - RECENT_MAX), { key, seq }];
  return {
    ...state,
    ...change(state, event),
    ...(epoch === state.epoch ? {} : { epoch, epochsBefore: epochsBefore(state) }),
    ...{ seq, n: event.n, hash, time: event.time, recent },
  };
}

function epochsBefore({ n, epoch, time, epochsBefore: before }: RoomState): FormerEpoch[] {
  const others = before.filter((former) => former.epoch !== epoch);
  return n === 0 ? [] : [...others, { epoch, until: time }].slice(-EPOCHS_MAX);
}

function change(state: RoomState, event: RoomEvent): Partial<RoomState> {
  switch (event.type) {
    case 'message.posted':
    case 'notice.posted':
      return {};
    case 'member.entered':
      return {
        members: put(state.members, event.member.id, event.member),
        away: back(state, event),
      };
    case 'member.left':
      return { members: without(state.members, event.member.id), away: gone(state, event) };
    case 'member.kicked':
      return {
        members: without(state.members, event.member.id),
        away: without(state.away, event.member.id),
      };
    case 'member.muted':
      return { mutes: put(lasting(state.mutes, event.time), event.member.id, event.until) };
    case 'member.unmuted':
      return { mutes: without(state.mutes, event.member.id) };
    case 'member.banned':
      return { bans: put(lasting(state.bans, event.time), event.member.id, event.until) };
    case 'member.unbanned':
      return { bans: without(state.bans, event.member.id) };
    case 'room.created':
      return { name: event.name };
    case 'room.changed':
      return event.closed === true
        ? { name: null, members: new Map(), mutes: new Map(), bans: new Map(), away: new Map() }
        : { name: event.name ?? state.name };
  }
}

function back({ away }: RoomState, { id, member }: EventOf<'member.entered'>) {
  const known = away.get(member.id);
  return known === undefined ? away : put(away, member.id, { ...known, backBy: id });
}

function gone({ away }: RoomState, { time, member, heard }: EventOf<'member.left'>) {
  const others = without(away, member.id);
  if (heard === undefined) return others;
  const kept = [...others].slice(1 - AWAY_MAX);
  return put(new Map(kept), member.id, { heard, since: time, backBy: null });
}

/** Whether a mute or ban is in force at a time. */
export function inForce(
  sanctions: ReadonlyMap<string, string | null>,
  account: string,
  nowMs: number,
): boolean {
  const until = sanctions.get(account);
  return until === null || (until !== undefined && Date.parse(until) > nowMs);
}

// The others are over and would only grow in number.
function lasting(sanctions: ReadonlyMap<string, string | null>, time: string) {
  const nowMs = Date.parse(time);
  return new Map([...sanctions].filter(([account]) => inForce(sanctions, account, nowMs)));
}

/** The state as text for a snapshot. */
export function snapshotOf(state: RoomState): string {
  return JSON.stringify({
    ...state,
    v: 1,
    members: [...state.members.values()],
    mutes: [...state.mutes],
    bans: [...state.bans],
    away: [...state.away],
  });
}

/** Reads a snapshot; null for one that cannot be used: it can always be thrown away. */
export function stateOf(snapshot: string): RoomState | null {
  let json: unknown;
  try {
    json = JSON.parse(snapshot);
  } catch {
    return null;
  }
  const parsed = snapshotSchema.safeParse(json);
  if (!parsed.success) return null;
  const { v: _version, members, mutes, bans, away, ...rest } = parsed.data;
  return {
    ...rest,
    members: new Map(members.map((member) => [member.id, member])),
    mutes: new Map(mutes),
    bans: new Map(bans),
    away: new Map(away),
  };
}

const sanctions = z.array(z.tuple([z.string(), z.string().nullable()]));
const awaySchema = z.object({
  heard: position,
  since: z.string(),
  backBy: z.string().nullable(),
});
const snapshotSchema = z.object({
  v: z.literal(1),
  room: roomId,
  name: displayName.nullable(),
  seq: z.int().min(0),
  n: z.int().min(0),
  hash: z.string().length(64),
  time: z.string(),
  members: z.array(actor),
  mutes: sanctions,
  bans: sanctions,
  // Snapshots of before there were any.
  away: z.array(z.tuple([z.string(), awaySchema])).default([]),
  recent: z.array(z.object({ key: z.string(), seq: z.int().min(1) })),
  // Snapshots of before there were any.
  epoch: z.string().default(NO_EPOCH),
  epochsBefore: z.array(z.object({ epoch: z.string(), until: z.string() })).default([]),
});

function put<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
