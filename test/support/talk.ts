import { type Acknowledged, Talker } from './talker.ts';

interface Stored extends Acknowledged {
  /** When the acknowledgement came, in monotonic milliseconds. */
  readonly atMs: number;
}

/** A guest who goes on talking in one room, one message after the other, until told to end. */
export class Talk {
  readonly room: string;
  readonly acknowledged: Stored[] = [];
  readonly #name: string;
  readonly #talker: Talker;
  readonly #done: Promise<void>;
  #ended = false;

  /** Each guest of a room needs a name of its own. */
  constructor(port: number | (() => number), room: string, healWithinMs: number, name = '') {
    this.room = room;
    this.#name = `${room}${name}`;
    this.#talker = new Talker(port, healWithinMs, {
      room,
      login: { guest: `talks in ${room} ${name}`.trim() },
    });
    this.#done = this.#talk();
    // Whoever waits for the end is told; until then nothing is unhandled.
    this.#done.catch(() => undefined);
  }

  /** Whether something said after that moment was acknowledged. */
  wentOnAfter(atMs: number): boolean {
    return (this.acknowledged.at(-1)?.atMs ?? 0) > atMs;
  }

  /** The first acknowledgement after that moment came so much later; null: there is none yet. */
  silenceAfter(atMs: number): number | null {
    const next = this.acknowledged.find((stored) => stored.atMs > atMs);
    return next === undefined ? null : next.atMs - atMs;
  }

  /** Rejects when something was not stored in time. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#done;
  }

  /** What was acknowledged, in the order of the acknowledgements. */
  get said(): Acknowledged[] {
    return this.acknowledged.map(({ id, seq }) => ({ id, seq }));
  }

  close(): void {
    this.#talker.close();
  }

  async #talk(): Promise<void> {
    while (!this.#ended) {
      const name = `${this.#name}-${this.acknowledged.length}`;
      for (const said of await this.#talker.say(name, 1)) {
        this.acknowledged.push({ ...said, atMs: performance.now() });
      }
    }
  }
}
