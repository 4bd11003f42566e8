import type { Actor, Via } from '../domain/events.ts';
import type { CoreClient } from './core-client.ts';

export interface DeparturesParts {
  readonly core: CoreClient;
  readonly relay: string;
  readonly newId: () => string;
  /** Whether the account has a session in the room here after all. */
  readonly isHere: (room: string, account: string) => boolean;
  /** How many may wait for chat-core, or be remembered; one more is left to its reconciliation. */
  readonly waitingMax: number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

export interface Departure {
  readonly room: string;
  readonly actor: Actor;
  readonly via: Via;
  /** Set when the connection broke: up to where the session was told the room's events. */
  readonly lost?: { readonly heard: number | null };
}

interface Told {
  readonly departure: Departure;
  readonly atMs: number;
  isHeard: boolean;
}

/**
 * Tells chat-core who has no session in a room any more, and again until it has heard. Whose connection
 * broke is remembered a little longer, for a chat-core that takes the room over (protocol.md §6.1).
 */
export class Departures {
  readonly #parts: DeparturesParts;
  readonly #told = new Map<string, Told>();

  constructor(parts: DeparturesParts) {
    this.#parts = parts;
  }

  /** How many chat-core has not heard of. */
  get waiting(): number {
    let waiting = 0;
    for (const { isHeard } of this.#told.values()) if (!isHeard) waiting += 1;
    return waiting;
  }

  /** Those whose connection broke a moment ago. */
  get lost(): Departure[] {
    return [...this.#told.values()]
      .map(({ departure }) => departure)
      .filter(({ lost, room, actor }) => lost !== undefined && !this.#parts.isHere(room, actor.id));
  }

  /** What an account had heard whose broken connection chat-core does not know of yet, or null. */
  unheardOf(room: string, account: string): number | null {
    const told = this.#told.get(keyOf(room, account));
    return told === undefined || told.isHeard ? null : (told.departure.lost?.heard ?? null);
  }

  /** Resolves when chat-core has answered or its time was up; never rejects for the bus. */
  async tell(departure: Departure): Promise<void> {
    const { core, relay, newId, isHere, waitingMax, clock } = this.#parts;
    const { room, actor, via, lost } = departure;
    const key = keyOf(room, actor.id);
    this.#told.delete(key);
    if (isHere(room, actor.id)) return;
    const told = { departure, atMs: clock(), isHeard: false };
    if (this.#told.size < waitingMax) this.#told.set(key, told);
    const heard = lost?.heard ?? undefined;
    const how = lost === undefined ? {} : { lost: true, ...(heard === undefined ? {} : { heard }) };
    const id = newId();
    const answer = await core.room(room, { type: 'leave', id, from: actor, via, relay, ...how });
    told.isHeard = answer.ok || answer.code !== 'TRY_AGAIN';
    // Another one may stand there by now.
    if (told.isHeard && lost === undefined && this.#told.get(key) === told) this.#told.delete(key);
  }

  /** Tells again what was not heard, and forgets what is long known. */
  async retry(): Promise<void> {
    const now = this.#parts.clock();
    const unheard: Departure[] = [];
    for (const [key, { departure, atMs, isHeard }] of this.#told) {
      if (!isHeard) unheard.push(departure);
      else if (now - atMs > REMEMBERED_MS) this.#told.delete(key);
    }
    await Promise.all(unheard.map((departure) => this.tell(departure)));
  }
}

function keyOf(room: string, account: string): string {
  return `${room} ${account}`;
}

// Longer than it takes until another chat-core serves the room.
const REMEMBERED_MS = 15_000;
