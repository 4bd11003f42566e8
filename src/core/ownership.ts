import { createHash } from 'node:crypto';

/**
 * Which of the living chat-cores serves a room: the one with the highest digest of its id and the
 * room's (rendezvous hashing), so that a core that comes or goes moves only its own share.
 *
 * A hint for speed, never for safety: where two cores disagree on who lives, the log refuses the
 * one that is behind.
 */
export class Ownership {
  readonly self: string;
  #cores: readonly string[];
  #owned = new Map<string, boolean>();

  constructor(self: string) {
    this.self = self;
    this.#cores = [self];
  }

  /** The living cores, this one included. */
  get cores(): readonly string[] {
    return this.#cores;
  }

  owns(room: string): boolean {
    if (this.#cores.length === 1) return true;
    const known = this.#owned.get(room);
    if (known !== undefined) return known;
    const owned = this.#ownerOf(room) === this.self;
    if (this.#owned.size >= CACHE_MAX) this.#owned.clear();
    this.#owned.set(room, owned);
    return owned;
  }

  /** The other cores that live, from now on. */
  setOthers(others: readonly string[]): void {
    this.#cores = [this.self, ...others].sort();
    this.#owned = new Map();
  }

  #ownerOf(room: string): string {
    let best = { core: this.self, weight: '' };
    for (const core of this.#cores) {
      const weight = createHash('sha256').update(`${core}\n${room}`).digest('hex');
      if (weight > best.weight) best = { core, weight };
    }
    return best.core;
  }
}

const CACHE_MAX = 100_000;
