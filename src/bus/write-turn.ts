import { Socket } from 'node:net';
import type { NatsConnection } from 'nats';

/** A stream that can hold back what is written to it. */
export interface Corkable {
  cork(): void;
  uncork(): void;
}

/**
 * Makes one write of everything that goes into a stream in a turn of the event loop. The client library
 * of NATS makes a system call for nearly every message.
 */
export class WriteTurn {
  readonly #stream: () => Corkable | null;
  #corked: Corkable | null = null;

  /** `stream`: where it is written now; null: nobody knows, and nothing is held back. */
  constructor(stream: () => Corkable | null) {
    this.#stream = stream;
  }

  /** Something will be written: it goes out at the end of this turn, with what else comes until then. */
  begin(): void {
    if (this.#corked !== null) return;
    this.#corked = this.#stream();
    if (this.#corked === null) return;
    this.#corked.cork();
    setImmediate(() => {
      this.#corked?.uncork();
      this.#corked = null;
    });
  }
}

/** The socket of a connection to NATS, which only private properties of the client library lead to. */
export function socketOf(nc: NatsConnection): Corkable | null {
  let found: unknown = nc;
  for (const key of ['protocol', 'transport', 'socket']) {
    if (typeof found !== 'object' || found === null) return null;
    found = Reflect.get(found, key);
  }
  return found instanceof Socket ? found : null;
}
