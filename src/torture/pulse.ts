export interface PulseOptions {
  readonly patienceMs: number;
  /** Asks the other side for a sign of life. */
  readonly ask: () => void;
  /** None came. */
  readonly giveUp: () => void;
}

/** Watches a connection that may be dead without having ended: asks when it is quiet, then gives up. */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #timer: NodeJS.Timeout;
  #quiet = 0;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#beat(), options.patienceMs / BEATS);
  }

  /** Something came. */
  heard(): void {
    this.#quiet = 0;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    this.#quiet += 1;
    if (this.#quiet === 1) return;
    if (this.#quiet > BEATS) this.#options.giveUp();
    else if (this.#quiet === 2) this.#options.ask();
  }
}

const BEATS = 8;
