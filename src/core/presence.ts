import type { Actor } from '../domain/events.ts';

/**
 * Which accounts the relays have in which rooms: soft state, told by the relays, never stored.
 *
 * Bounded by what the relays serve: their own limits on connections and rooms per session.
 */
export class Presence {
  readonly #relays = new Map<string, Relay>();

  /** A relay has a session of this account in the room. */
  add(relay: string, room: string, member: Actor): void {
    const rooms = this.#relay(relay).rooms;
    const accounts = rooms.get(room) ?? new Map<string, Actor>();
    rooms.set(room, accounts.set(member.id, member));
  }

  remove(relay: string, room: string, account: string): void {
    const rooms = this.#relays.get(relay)?.rooms;
    const accounts = rooms?.get(room);
    accounts?.delete(account);
    if (accounts?.size === 0) rooms?.delete(room);
  }

  /** Takes an account out of a room on every relay: it was thrown out. */
  removeEverywhere(room: string, account: string): void {
    for (const relay of this.#relays.keys()) this.remove(relay, room, account);
  }

  /** The room was closed: nobody is in it through any relay. */
  removeRoom(room: string): void {
    for (const { rooms } of this.#relays.values()) rooms.delete(room);
  }

  has(room: string, account: string): boolean {
    for (const { rooms } of this.#relays.values()) {
      if (rooms.get(room)?.has(account) === true) return true;
    }
    return false;
  }

  /** The relays that have this account in the room. */
  relaysOf(room: string, account: string): string[] {
    return [...this.#relays]
      .filter(([, { rooms }]) => rooms.get(room)?.has(account) === true)
      .map(([relay]) => relay);
  }

  /** Whom a relay has where. */
  of(relay: string): { room: string; member: Actor }[] {
    const rooms = this.#relays.get(relay)?.rooms ?? new Map<string, Map<string, Actor>>();
    return [...rooms].flatMap(([room, accounts]) =>
      [...accounts.values()].map((member) => ({ room, member })),
    );
  }

  /** Everybody in a room on any relay. */
  in(room: string): Map<string, Actor> {
    const all = new Map<string, Actor>();
    for (const { rooms } of this.#relays.values()) {
      for (const [id, member] of rooms.get(room) ?? []) all.set(id, member);
    }
    return all;
  }

  /** Replaces all that is known of a relay by what it says itself; returns the rooms concerned. */
  replace(relay: string, list: readonly { room: string; members: readonly Actor[] }[]): string[] {
    const before = [...(this.#relays.get(relay)?.rooms.keys() ?? [])];
    this.#relay(relay).rooms.clear();
    for (const { room, members } of list) {
      for (const member of members) this.add(relay, room, member);
    }
    return [...new Set([...before, ...list.map(({ room }) => room)])];
  }

  /** Forgets a relay; returns the rooms it had somebody in. */
  drop(relay: string): string[] {
    const rooms = [...(this.#relays.get(relay)?.rooms.keys() ?? [])];
    this.#relays.delete(relay);
    return rooms;
  }

  #relay(id: string): Relay {
    const known = this.#relays.get(id);
    if (known !== undefined) return known;
    const made = { rooms: new Map() };
    this.#relays.set(id, made);
    return made;
  }
}

interface Relay {
  readonly rooms: Map<string, Map<string, Actor>>;
}
