import type { Codec, RoomView } from '../codecs/codec.ts';
import type { Actor, Logged, RoomEventType } from '../domain/events.ts';
import { Attendance } from './attendance.ts';
import { Crowd } from './crowd.ts';
import type { Place } from './outbox.ts';
import { Roster } from './roster.ts';
import type { StormOptions } from './storm.ts';

export interface RoomHubParts {
  /** A dialect that somebody here speaks has no words for an event. */
  readonly onUnsaid: (dialect: string) => void;
  /** It has words for a crowd, and an event was one of many. */
  readonly onSummed: (dialect: string) => void;
  readonly storm: StormOptions;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** Somebody who hears a room: a session. */
export interface Listener {
  readonly actor: Actor;
  readonly codec: Codec;
  /** `place`: the event that they tell of, where the dialect catches up. */
  push(frames: readonly Buffer[], place?: Place): void;
  /** Whether this session is not to hear an event, its own. */
  skips(logged: Logged): boolean;
  /** The session is out of the room, by no command of its own. */
  onRemoved(room: string): void;
}

interface Told {
  readonly logged: Logged;
  readonly place: Place;
  /** It is one of too many comings and goings. */
  readonly summed: boolean;
}

interface Membership {
  readonly listener: Listener;
  /** Events up to this sequence are in what the session was told on entering; null: not told yet. */
  since: number | null;
  /** Up to where it had heard the room when it asked to enter; null: nothing of it. */
  told: number | null;
  /** What was said since the session asked to enter. */
  held: Told[];
  /** Up to this sequence nothing of the room is held; null: the room was not heard here yet. */
  heldAfter: number | null;
}

/**
 * The sessions of this relay in one room. An event is encoded once per dialect, and the same bytes go
 * to every session that speaks it.
 *
 * A session is in from the moment it asks, and its events are held until it is told the state that
 * they come after: at most `heldMax`, then it is out again.
 */
export class RoomHub {
  readonly room: string;
  readonly #heldMax: number;
  readonly #parts: RoomHubParts;
  readonly #members = new Map<Listener, Membership>();
  readonly #accounts = new Attendance();
  readonly #roster: Roster;
  readonly #crowd: Crowd;
  /** The sequence of the last event delivered. */
  #last = 0;

  constructor(room: string, heldMax: number, parts: RoomHubParts = QUIET) {
    this.room = room;
    this.#heldMax = heldMax;
    this.#parts = parts;
    this.#roster = new Roster(room);
    this.#crowd = new Crowd({ ...parts, view: this.#roster });
  }

  /** Events that wait for sessions which are entering. */
  get held(): number {
    let held = 0;
    for (const member of this.#members.values()) held += member.held.length;
    return held;
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  /** Everybody who is in through this relay, each account once, those about to be told included. */
  get actors(): Actor[] {
    return this.#accounts.actors;
  }

  has(listener: Listener): boolean {
    return this.#members.has(listener);
  }

  hasAccount(account: string): boolean {
    return this.#accounts.actor(account) !== null;
  }

  /** An account that is in through this relay, or null. */
  actor(account: string): Actor | null {
    return this.#accounts.actor(account);
  }

  /**
   * The session asks to enter, or to be told the state anew: from now on its events are held. Returns
   * the sequence up to which it has heard, null when it is new here. `position` is the room's, of the
   * last event delivered here; null when none was asked for yet.
   */
  expect(listener: Listener, position: number | null = null): number | null {
    const before = this.#members.get(listener)?.since ?? null;
    const told = this.heardBy(listener);
    const heldAfter = position;
    if (!this.#members.has(listener)) this.#accounts.add(listener);
    this.#members.set(listener, { listener, since: null, told, held: [], heldAfter });
    return before;
  }

  /** Events with a higher sequence than this come from now on. */
  startAfter(seq: number): void {
    for (const member of this.#members.values()) member.heldAfter ??= seq;
  }

  /** Up to this sequence nothing was held for a session that waits to be admitted. */
  heldAfter(listener: Listener): number {
    return this.#members.get(listener)?.heldAfter ?? 0;
  }

  /** What was not held for a session, and comes before what was. */
  holdBefore(listener: Listener, events: readonly Logged[]): void {
    const member = this.#members.get(listener);
    if (member === undefined) return;
    const earlier = events.map((logged) => this.#told(logged, false));
    member.held.unshift(...earlier);
    this.#expelIfTooMuch(member);
  }

  /** A session that waits to be admitted has been told the room's events up to this sequence. */
  noteTold(listener: Listener, seq: number): void {
    const member = this.#members.get(listener);
    if (member !== undefined) member.told = seq;
  }

  /** Up to where a session has been told the room's events; null: it knows nothing of the room. */
  heardBy(listener: Listener): number | null {
    const member = this.#members.get(listener);
    if (member === undefined) return null;
    return member.since === null ? member.told : Math.max(member.since, this.#last);
  }

  /** Up to where everybody who was admitted has been told the room's events. */
  get last(): number {
    return this.#last;
  }

  /** Whether a session is here whose dialect catches up. */
  get catchesUp(): boolean {
    return this.#accounts.catchUp > 0;
  }

  /** The room as its members see it now. */
  get view(): RoomView {
    return this.#roster;
  }

  /** What chat-core says of the room; only the first such word is needed, events tell the rest. */
  learn(name: string, members: readonly Actor[], seq: number): void {
    this.#roster.learn(name, members, seq);
  }

  /** The session was told the state after `seq`; what was held and came later goes out now. */
  admit(listener: Listener, seq: number): void {
    const member = this.#members.get(listener);
    if (member === undefined || member.since !== null) return;
    member.since = seq;
    const { held } = member;
    member.held = [];
    for (const told of held) {
      if (!this.#members.has(listener)) return;
      this.#send(member, told, this.#encode(listener.codec, told));
      this.#expelIfOut(member, told.logged);
    }
  }

  remove(listener: Listener): void {
    if (this.#members.delete(listener)) this.#accounts.remove(listener);
    this.#crowd.forget(listener);
  }

  /** The log was made anew: sequences of before say nothing about those to come. */
  forgetPositions(): void {
    this.#roster.forget();
    this.#last = 0;
    for (const member of this.#members.values()) {
      if (member.since !== null) member.since = 0;
      if (member.heldAfter !== null) member.heldAfter = 0;
    }
  }

  deliver(logged: Logged): void {
    this.#roster.apply(logged);
    this.#last = logged.seq;
    const told = this.#told(logged, this.#crowd.sums(logged));
    const encoded = new Map<Codec, readonly Buffer[]>();
    for (const member of this.#members.values()) {
      if (member.since === null) {
        this.#hold(member, told);
        continue;
      }
      const { codec } = member.listener;
      let frames = encoded.get(codec);
      if (frames === undefined) {
        frames = this.#encode(codec, told);
        encoded.set(codec, frames);
        this.#count(codec, told, frames);
      }
      this.#send(member, told, frames);
    }
    if (!MAY_EXPEL.has(logged.event.type)) return;
    for (const member of [...this.#members.values()]) this.#expelIfOut(member, logged);
  }

  /** What was to be told later is not. */
  stop(): void {
    this.#crowd.stop();
  }

  #encode(codec: Codec, { logged, summed }: Told): readonly Buffer[] {
    const words = summed && codec.crowds !== null ? codec.crowds : codec;
    return words.encodeEvent(logged, this.#roster);
  }

  #count({ name, crowds }: Codec, { summed }: Told, frames: readonly Buffer[]): void {
    if (summed && crowds !== null) this.#parts.onSummed(name);
    else if (frames.length === 0) this.#parts.onUnsaid(name);
  }

  #send({ listener, since }: Membership, told: Told, frames: readonly Buffer[]): void {
    const { logged, place, summed } = told;
    if (since === null || logged.seq <= since || listener.skips(logged)) return;
    if (listener.codec.catchUp) listener.push(frames, place);
    else listener.push(frames);
    if (summed && listener.codec.crowds !== null) this.#crowd.note(listener, logged);
  }

  #told(logged: Logged, summed: boolean): Told {
    return { logged, place: { room: this.room, prev: logged.prev }, summed };
  }

  #hold(member: Membership, told: Told): void {
    member.held.push(told);
    this.#expelIfTooMuch(member);
  }

  #expelIfTooMuch({ held, listener }: Membership): void {
    if (held.length > this.#heldMax) this.#expel(listener);
  }

  // Whoever was thrown out, and everybody when the room was closed, hears that last.
  #expelIfOut({ listener, since }: Membership, { seq, event }: Logged): void {
    if (since === null || seq <= since || !this.#members.has(listener)) return;
    const closed = event.type === 'room.changed' && event.closed === true;
    const kicked = event.type === 'member.kicked' && event.member.id === listener.actor.id;
    if (closed || kicked) this.#expel(listener);
  }

  #expel(listener: Listener): void {
    this.remove(listener);
    listener.onRemoved(this.room);
  }
}

// Nothing is counted and nothing summed up.
const QUIET: RoomHubParts = {
  onUnsaid: () => undefined,
  onSummed: () => undefined,
  storm: { events: Number.POSITIVE_INFINITY, windowMs: 1 },
  clock: () => 0,
};

const MAY_EXPEL: ReadonlySet<RoomEventType> = new Set(['member.kicked', 'room.changed']);
