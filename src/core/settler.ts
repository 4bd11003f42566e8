import type { BusConnection } from '../bus/bus-connection.ts';
import type { Logger } from '../observability/logger.ts';
import type { Absences } from './absences.ts';
import type { RelayPresence } from './neighbours.ts';
import type { Ownership } from './ownership.ts';
import type { Presence } from './presence.ts';
import type { RoomRegistry } from './room-registry.ts';
import type { Rooms } from './rooms.ts';

/**
 * Asks whom relays have where and hands on what each says, at the moment it has said it all. Resolves
 * after `waitMs`, or when all of `relays` have answered; without `relays` it asks whoever is there.
 */
export type AskPresence = (
  waitMs: number,
  onPresence: (presence: RelayPresence) => void,
  relays?: readonly string[],
) => Promise<void>;

export interface SettlerParts {
  readonly bus: BusConnection;
  readonly ownership: Ownership;
  readonly presence: Presence;
  readonly absences: Absences;
  readonly now: () => number;
  readonly registry: RoomRegistry;
  readonly rooms: Rooms;
  readonly log: Logger;
  readonly askPresence: AskPresence;
}

/**
 * Makes the members of rooms those whom the relays have. Nothing is concluded about anybody while a
 * living relay has not said whom it has: it is asked again, `ASKS_MAX` times at most.
 */
export class Settler {
  readonly #parts: SettlerParts;
  /** Living relays that have yet to say whom they have, with how often they were asked. */
  readonly #unheard = new Map<string, number>();
  readonly #unsettled = new Set<string>();
  #begun = false;
  #stopped = false;
  #running: Promise<void> | null = null;

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /**
   * The first settling: learns whom the relays have, lets `serve` begin to answer commands, and makes
   * every room right. Who is in a room by the log and on no relay has a little longer to be named.
   */
  async begin(serve: () => void): Promise<void> {
    const { askPresence } = this.#parts;
    await askPresence(ASK_MS, (presence) => this.#hear(presence));
    serve();
    this.#doubtAll();
    await this.#reconcile(false);
    if (this.#unsettled.size > 0) {
      await askPresence(FIRST_GRACE_MS, (presence) => this.#hear(presence));
    }
    this.#begun = true;
    await this.settle();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** A relay lives that was not known. */
  async onNewRelay(relay: string): Promise<void> {
    this.#unheard.set(relay, 0);
    await this.settle();
  }

  /**
   * Nobody is there through this relay any more: its members are awaited for the grace, or, with
   * `overdue`, not at all.
   */
  async onRelayGone(relay: string, overdue: boolean): Promise<void> {
    const { presence, absences, now } = this.#parts;
    this.#unheard.delete(relay);
    const had = presence.of(relay);
    for (const room of presence.drop(relay)) this.#unsettled.add(room);
    for (const { room, member } of had) {
      if (presence.has(room, member.id)) continue;
      absences.addOf(relay, room, member, now(), overdue);
    }
    absences.forgetRelay(relay, now());
    await this.settle();
  }

  /** Commands may have been missed: what these relays said before is in doubt, and so is every room. */
  async doubt(relays: readonly string[]): Promise<void> {
    for (const relay of relays) this.#unheard.set(relay, 0);
    this.#doubtAll();
    await this.settle();
  }

  /** Settles what is not yet; also to be called now and then, for what was not possible before. */
  settle(): Promise<void> {
    const mayRun = this.#begun && !this.#stopped && this.#parts.bus.status === 'connected';
    if (this.#running !== null || !mayRun) return this.#running ?? Promise.resolve();
    this.#running = this.#settle().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #settle(): Promise<void> {
    if (this.#unheard.size > 0) await this.#askUnheard();
    if (this.#unheard.size === 0 && this.#unsettled.size > 0) await this.#reconcile(true);
  }

  async #askUnheard(): Promise<void> {
    const relays = [...this.#unheard.keys()];
    await this.#parts.askPresence(ASK_MS, (presence) => this.#hear(presence), relays);
    for (const [relay, asks] of this.#unheard) {
      if (!relays.includes(relay)) continue;
      if (asks + 1 < ASKS_MAX) this.#unheard.set(relay, asks + 1);
      else {
        this.#unheard.delete(relay);
        this.#parts.log.warn({ relay }, 'relay does not say whom it has');
      }
    }
  }

  // At once, not after all have answered: a command of the relay's that comes next is newer.
  #hear({ relay, rooms }: RelayPresence): void {
    const { presence, absences, now } = this.#parts;
    this.#unheard.delete(relay);
    for (const room of presence.replace(relay, rooms)) this.#unsettled.add(room);
    for (const { room, heard, lost = [] } of rooms) {
      if (heard !== undefined) absences.noteTold(relay, room, heard);
      for (const { member, heard: before } of lost) {
        if (!presence.has(room, member.id)) absences.add(room, member, before ?? null, now());
      }
    }
  }

  async #reconcile(mayLeave: boolean): Promise<void> {
    const { ownership, rooms } = this.#parts;
    const ids = [...this.#unsettled].filter((id) => ownership.owns(id));
    this.#unsettled.clear();
    for (const id of await rooms.reconcile(ids, mayLeave)) this.#unsettled.add(id);
  }

  #doubtAll(): void {
    for (const { id } of this.#parts.registry.list()) this.#unsettled.add(id);
  }
}

const ASK_MS = 400;
// Longer than the pause between two heartbeats of a relay.
const FIRST_GRACE_MS = 1200;
const ASKS_MAX = 5;
