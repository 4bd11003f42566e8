import type { Io } from './command.ts';

/**
 * A bar that shows how far work is, when it takes longer than a second. It is not shown between lines
 * that are printed on the same terminal.
 */
export class Progress {
  readonly #show: ((line: string) => void) | null;
  readonly #now: () => number;
  readonly #begun: number;
  #shownAt: number | null = null;

  constructor(io: Io, toFile: boolean, now: () => number = () => performance.now()) {
    this.#show = io.stdoutIsTerminal && !toFile ? null : io.showProgress;
    this.#now = now;
    this.#begun = now();
  }

  /** `share` is from 0 to 1; `what` says what was done. */
  at(share: number, what: string): void {
    if (this.#show === null) return;
    const now = this.#now();
    if (now < (this.#shownAt ?? this.#begun + PATIENCE_MS - EVERY_MS) + EVERY_MS) return;
    this.#shownAt = now;
    const done = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
    const percent = String(Math.floor(share * 100)).padStart(3);
    this.#show(`[${'='.repeat(done)}${' '.repeat(WIDTH - done)}] ${percent} %  ${what}`);
  }

  /** Removes the bar. */
  end(): void {
    if (this.#shownAt !== null) this.#show?.('');
    this.#shownAt = null;
  }
}

const PATIENCE_MS = 1000;
const EVERY_MS = 200;
const WIDTH = 30;
