import type { BusConnection } from '../bus/bus-connection.ts';
import { type LogReader, roomEventOf } from '../bus/log-reader.ts';
import { RoomFeed } from '../bus/room-feed.ts';
import { logSubjectOfRoom } from '../bus/subjects.ts';
import type { RoomView } from '../codecs/codec.ts';
import type { Actor, Logged } from '../domain/events.ts';
import { type Listener, RoomHub, type RoomHubParts } from './room-hub.ts';
import { Rounds } from './rounds.ts';

export interface HubsParts extends RoomHubParts {
  readonly bus: BusConnection;
  readonly reader: LogReader;
  readonly heldEventsMax: number;
  readonly onHealed: (messages: number) => void;
  readonly onForeign: (room: string, seq: number) => void;
  readonly onReset: (room: string) => void;
  /** The log says that an account left, and a session of this relay has it in the room. */
  readonly onMissing: (room: string, account: string) => void;
  /** An event was delivered. */
  readonly onDelivered: (logged: Logged) => void;
  /** An event was told to sessions whose dialect catches up. */
  readonly onTold: (room: string, seq: number) => void;
}

interface Place {
  readonly hub: RoomHub;
  readonly feed: RoomFeed;
}

/** The rooms that this relay has sessions in, each with its feed. A room without sessions is let go. */
export class Hubs {
  readonly #parts: HubsParts;
  readonly #places = new Map<string, Place>();
  readonly #checks = new Rounds<string>(CHECK_PARTS);

  constructor(parts: HubsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#places.size;
  }

  /** Events that wait for sessions which are entering. */
  get held(): number {
    let held = 0;
    for (const { hub } of this.#places.values()) held += hub.held;
    return held;
  }

  /** Every hub; for telling chat-core who is where. */
  all(): RoomHub[] {
    return [...this.#places.values()].map(({ hub }) => hub);
  }

  hasAccount(room: string, account: string): boolean {
    return this.#places.get(room)?.hub.hasAccount(account) ?? false;
  }

  /** An account that has a session in the room here, or null. */
  actorIn(room: string, account: string): Actor | null {
    return this.#places.get(room)?.hub.actor(account) ?? null;
  }

  /** As the hub's `expect`; a room that nobody was in is heard from now on. */
  expect(room: string, listener: Listener): number | null {
    const place = this.#places.get(room) ?? this.#open(room);
    return place.hub.expect(listener, place.feed.position);
  }

  /**
   * chat-core says that the room is at this sequence: the room is heard from there on, if it was not
   * yet. Others may have entered meanwhile and had the room begin further on, so what lies between is
   * read, and held for the session. Rejects with `BusError`.
   */
  async begin(room: string, listener: Listener, seq: number): Promise<void> {
    const place = this.#places.get(room);
    if (place === undefined) return;
    const { hub, feed } = place;
    feed.startAfter(seq);
    hub.startAfter(feed.position ?? seq);
    const upTo = hub.heldAfter(listener);
    if (upTo > seq) hub.holdBefore(listener, await this.#read(room, seq + 1, upTo));
  }

  /** As the hub's `noteTold`. */
  noteTold(room: string, listener: Listener, seq: number): void {
    this.#places.get(room)?.hub.noteTold(listener, seq);
  }

  /** As the hub's `heardBy`. */
  heardBy(room: string, listener: Listener): number | null {
    return this.#places.get(room)?.hub.heardBy(listener) ?? null;
  }

  has(room: string, listener: Listener): boolean {
    return this.#places.get(room)?.hub.has(listener) ?? false;
  }

  /** What chat-core says of a room that somebody enters. */
  learn(room: string, name: string, members: readonly Actor[], seq: number): void {
    this.#places.get(room)?.hub.learn(name, members, seq);
  }

  /** The room as its members see it. */
  viewOf(room: string): RoomView {
    return this.#places.get(room)?.hub.view ?? { room, name: '', members: new Map() };
  }

  admit(room: string, listener: Listener, seq: number): void {
    this.#places.get(room)?.hub.admit(listener, seq);
  }

  /** Takes a session out; true when its account has no other session here in that room. */
  remove(room: string, listener: Listener): boolean {
    const place = this.#places.get(room);
    if (place === undefined) return true;
    place.hub.remove(listener);
    const wasLast = !place.hub.hasAccount(listener.actor.id);
    this.#closeIfEmpty(room);
    return wasLast;
  }

  /**
   * Looks in a part of the rooms whether a last event was missed that no later one gave away; in every
   * room once in `CHECK_PARTS` calls. All at once would hold up what is said meanwhile.
   */
  checkPart(): void {
    for (const room of this.#checks.next(() => [...this.#places.keys()])) {
      this.#places.get(room)?.feed.check();
    }
  }

  stop(): void {
    for (const { hub, feed } of this.#places.values()) {
      hub.stop();
      feed.stop();
    }
    this.#places.clear();
  }

  #open(room: string): Place {
    const { bus, reader, heldEventsMax, onHealed, onForeign, onReset } = this.#parts;
    const hub = new RoomHub(room, heldEventsMax, this.#parts);
    const feed = new RoomFeed(bus, reader, room, {
      onEvent: (logged) => this.#deliver(hub, logged),
      onHealed,
      onForeign: (seq) => onForeign(room, seq),
      onReset: () => {
        hub.forgetPositions();
        onReset(room);
      },
    });
    const place = { hub, feed };
    this.#places.set(room, place);
    return place;
  }

  async #read(room: string, fromSeq: number, toSeq: number): Promise<Logged[]> {
    const { reader, heldEventsMax } = this.#parts;
    const events: Logged[] = [];
    for await (const message of reader.forward(logSubjectOfRoom(room), fromSeq, toSeq)) {
      const logged = roomEventOf(message);
      if (logged !== null) events.push(logged);
      // The session is out then: it was to be held so many.
      if (events.length > heldEventsMax) break;
    }
    return events;
  }

  #deliver(hub: RoomHub, logged: Logged): void {
    hub.deliver(logged);
    this.#parts.onDelivered(logged);
    if (hub.catchesUp) this.#parts.onTold(hub.room, logged.seq);
    const { event } = logged;
    if (event.type === 'member.left' && hub.hasAccount(event.member.id)) {
      this.#parts.onMissing(hub.room, event.member.id);
    }
    this.#closeIfEmpty(hub.room);
  }

  #closeIfEmpty(room: string): void {
    const place = this.#places.get(room);
    if (place?.hub.isEmpty !== true) return;
    place.hub.stop();
    place.feed.stop();
    this.#places.delete(room);
  }
}

export const CHECK_PARTS = 100;
