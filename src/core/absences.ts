import type { Actor } from '../domain/events.ts';

interface Absence {
  readonly member: Actor;
  readonly heard: number | null;
  untilMs: number;
  /** The `enter` that ended it; kept a little, for one that is asked again. */
  endedBy: string | null;
}

/**
 * Accounts whose last connection broke, and that may come back before the room hears of it; and up to
 * where relays have told their members the events of rooms (protocol.md §6.1). Soft state, told by
 * the relays.
 *
 * Bounded by what the relays serve: their connections, and the rooms of each.
 */
export class Absences {
  readonly #graceMs: number;
  readonly #rooms = new Map<string, Map<string, Absence>>();
  readonly #relays = new Map<string, Map<string, number>>();
  /** Up to where the last relay that is gone had told a room's events; of several at once, the least. */
  readonly #gone = new Map<string, { readonly seq: number; readonly atMs: number }>();

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** Accounts that are awaited in all rooms, and those back for a moment. */
  get size(): number {
    let size = 0;
    for (const accounts of this.#rooms.values()) size += accounts.size;
    return size;
  }

  /**
   * The account is awaited from now on. What it had heard never goes back; null: its session was told
   * nothing of the room.
   */
  add(room: string, member: Actor, heard: number | null, nowMs: number): void {
    this.#put(room, member, heard, nowMs + this.#graceMs);
  }

  /**
   * The account's relay is gone, and it has heard what that one had told. `overdue`: it was silent too
   * long already for anybody on it to be awaited.
   */
  addOf(relay: string, room: string, member: Actor, nowMs: number, overdue = false): void {
    const heard = this.toldBy(relay, room);
    // It may have been told much since what is known of it.
    if (heard === null) this.remove(room, member.id);
    this.#put(room, member, heard, overdue ? nowMs : nowMs + this.#graceMs);
  }

  /** Whether anything is known of the account: that it is awaited, or just came back. */
  knows(room: string, account: string): boolean {
    return this.#rooms.get(room)?.has(account) ?? false;
  }

  isAwaited(room: string, account: string, nowMs: number): boolean {
    const absence = this.#rooms.get(room)?.get(account);
    return absence !== undefined && absence.endedBy === null && nowMs < absence.untilMs;
  }

  /**
   * What an account that is away had heard; null when that is not known. One that nobody said anything
   * of was on a relay that is gone, and on it in a room that another chat-core served.
   */
  heardBy(room: string, account: string): number | null {
    const absence = this.#rooms.get(room)?.get(account);
    if (absence === undefined) return this.#gone.get(room)?.seq ?? null;
    return absence.endedBy === null ? absence.heard : null;
  }

  /** The account is back by an `enter` of that id. Returns what it had heard, again for the same id. */
  end(room: string, account: string, commandId: string, nowMs: number): number | null {
    const absence = this.#rooms.get(room)?.get(account);
    if (absence === undefined) return null;
    if (absence.endedBy === null) {
      absence.endedBy = commandId;
      absence.untilMs = nowMs + ASKED_AGAIN_MS;
    }
    return absence.endedBy === commandId ? absence.heard : null;
  }

  remove(room: string, account: string): void {
    const accounts = this.#rooms.get(room);
    accounts?.delete(account);
    if (accounts?.size === 0) this.#rooms.delete(room);
  }

  /** The room was closed. */
  removeRoom(room: string): void {
    this.#rooms.delete(room);
  }

  /** Forgets who is back; returns those who are not and are awaited no longer, by room. */
  takeStock(nowMs: number): Map<string, string[]> {
    for (const [room, { atMs }] of this.#gone) {
      if (nowMs - atMs > GONE_KEPT_MS) this.#gone.delete(room);
    }
    const over = new Map<string, string[]>();
    for (const [room, accounts] of this.#rooms) {
      for (const [account, { untilMs, endedBy }] of accounts) {
        if (nowMs < untilMs) continue;
        if (endedBy !== null) this.remove(room, account);
        else over.set(room, [...(over.get(room) ?? []), account]);
      }
    }
    return over;
  }

  /** A relay has told its members in a room the events up to this sequence. */
  noteTold(relay: string, room: string, seq: number): void {
    const rooms = this.#relays.get(relay) ?? new Map<string, number>();
    this.#relays.set(relay, rooms.set(room, seq));
  }

  /** Up to where a relay has told its members a room's events, if it said so. */
  toldBy(relay: string, room: string): number | null {
    return this.#relays.get(relay)?.get(room) ?? null;
  }

  /** Nothing of it holds any more: relays are asked anew. */
  clear(): void {
    this.#rooms.clear();
    this.#relays.clear();
  }

  /** What every relay has told, for a chat-core that begins. */
  get told(): { relay: string; rooms: { room: string; seq: number }[] }[] {
    return [...this.#relays].map(([relay, rooms]) => ({
      relay,
      rooms: [...rooms].map(([room, seq]) => ({ room, seq })),
    }));
  }

  /**
   * Up to where another relay, one that lives or is just gone, has told a room's events: the one that
   * has told least, because one that is dead tells no more.
   */
  toldElsewhere(room: string, relay: string): number | null {
    const others = [...this.#relays].filter(([other]) => other !== relay);
    const told = others.flatMap(([, rooms]) => rooms.get(room) ?? []);
    const gone = this.#gone.get(room)?.seq;
    return leastOf(gone === undefined ? told : [...told, gone]);
  }

  /** The relay is gone; what it had told is known for some seconds more. */
  forgetRelay(relay: string, nowMs: number): void {
    for (const [room, seq] of this.#relays.get(relay) ?? []) this.noteGone(room, seq, nowMs);
    this.#relays.delete(relay);
  }

  /** A relay that this chat-core does not know, and that may be gone, had told so much. */
  noteGone(room: string, seq: number, nowMs: number): void {
    const before = this.#gone.get(room);
    const isAtOnce = before !== undefined && nowMs - before.atMs < AT_ONCE_MS;
    this.#gone.set(room, { seq: isAtOnce ? Math.min(seq, before.seq) : seq, atMs: nowMs });
  }

  #put(room: string, member: Actor, heard: number | null, untilMs: number): void {
    const accounts = this.#rooms.get(room) ?? new Map<string, Absence>();
    this.#rooms.set(room, accounts);
    const before = accounts.get(member.id);
    // A session that was told nothing of the room leaves what was heard before as it was.
    const stands = before !== undefined && (before.endedBy === null || heard === null);
    accounts.set(member.id, {
      member,
      heard: later(stands ? before.heard : null, heard),
      untilMs: before?.endedBy === null ? Math.max(before.untilMs, untilMs) : untilMs,
      endedBy: null,
    });
  }
}

function later(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

function leastOf(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : Math.min(...numbers);
}

// Longer than a relay asks again for one answer.
const ASKED_AGAIN_MS = 10_000;
// Longer than it takes until the rooms of a chat-core that is gone are served by another.
const GONE_KEPT_MS = 15_000;
const AT_ONCE_MS = 2000;
