import { setTimeout as pause } from 'node:timers/promises';

/** A connection that has come so far that it can be used. */
export interface Link {
  /** Resolves when it can no longer be used, whoever ended it. */
  readonly ended: Promise<void>;
  /** Ends it as a bad network would. */
  cut(): void;
  /** Ends it at once. */
  destroy(): void;
}

/**
 * Keeps a connection: opens one, and another whenever it has ended, until it is stopped. `open` is told
 * which attempt it is, so that it can go to another relay each time, and rejects when nothing came of it.
 */
export class Keeper<L extends Link> {
  readonly #open: (attempt: number) => Promise<L>;
  readonly #stopping = new AbortController();
  #link: L | null = null;
  #waiting: (() => void)[] = [];
  #kept: Promise<void> = Promise.resolve();

  constructor(open: (attempt: number) => Promise<L>) {
    this.#open = open;
  }

  start(): void {
    // It never rejects: what goes wrong with one connection leads to the next.
    this.#kept = this.#keep();
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  /** The connection, when there is one; null once it is stopped. */
  async ready(): Promise<L | null> {
    while (this.#link === null && !this.isStopped) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return this.isStopped ? null : this.#link;
  }

  cut(): void {
    this.#link?.cut();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    this.#link?.destroy();
    await this.#kept;
  }

  async #keep(): Promise<void> {
    for (let attempt = 0; !this.isStopped; attempt += 1) {
      const link = await this.#open(attempt).catch(() => null);
      if (link === null) {
        await this.#pause();
        continue;
      }
      this.#link = link;
      this.#wake();
      if (this.isStopped) link.destroy();
      await link.ended;
      this.#link = null;
    }
  }

  async #pause(): Promise<void> {
    const { signal } = this.#stopping;
    await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

const RETRY_MS = 100;
