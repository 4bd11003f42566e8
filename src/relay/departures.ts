import type { Actor, Via } from '../domain/events.ts';
import type { CoreClient } from './core-client.ts';

export interface DeparturesParts {
  readonly core: CoreClient;
  readonly relay: string;
  readonly newId: () => string;
  /** Whether the account has a session in the room here after all. */
  readonly isHere: (room: string, account: string) => boolean;
  /** How many may wait for chat-core; one more is left to its reconciliation with the relays. */
  readonly waitingMax: number;
}

interface Departure {
  readonly room: string;
  readonly actor: Actor;
  readonly via: Via;
}

/** Tells chat-core who has no session in a room any more, and again until it has heard. */
export class Departures {
  readonly #parts: DeparturesParts;
  readonly #waiting = new Map<string, Departure>();

  constructor(parts: DeparturesParts) {
    this.#parts = parts;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves when chat-core has answered or its time was up; never rejects for the bus. */
  async tell(departure: Departure): Promise<void> {
    const { core, relay, newId, isHere, waitingMax } = this.#parts;
    const { room, actor, via } = departure;
    const key = `${room} ${actor.id}`;
    if (isHere(room, actor.id)) {
      this.#waiting.delete(key);
      return;
    }
    const answer = await core.room(room, { type: 'leave', id: newId(), from: actor, via, relay });
    this.#waiting.delete(key);
    const unheard = !answer.ok && answer.code === 'TRY_AGAIN';
    if (unheard && this.#waiting.size < waitingMax) this.#waiting.set(key, departure);
  }

  /** Tells again what was not heard. */
  async retry(): Promise<void> {
    await Promise.all([...this.#waiting.values()].map((departure) => this.tell(departure)));
  }
}
