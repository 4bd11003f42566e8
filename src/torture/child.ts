import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { TortureError } from './torture-error.ts';

export interface ChildOptions {
  readonly name: string;
  readonly launch: () => Promise<ChildProcess>;
  /** Resolves when it serves; may wait for ever when it does not. */
  readonly whenReady: (child: ChildProcess) => Promise<void>;
  /** What it said last, or where that stands: for when it cannot be started. */
  readonly lastWords: () => string;
}

/** A process that was started here and may be made to suffer. */
export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | null = null;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** Resolves when it serves. Tried several times: another program may hold its port for a moment. */
  async start(): Promise<void> {
    for (let attempt = 1; attempt <= STARTS_MAX; attempt += 1) {
      const child = await this.#options.launch();
      this.#process = child;
      const gone = once(child, 'exit').then(() => 'gone' as const);
      const late = lateness(START_MAX_MS);
      const ready = this.#options.whenReady(child).then(() => 'ready' as const);
      const outcome = await Promise.race([ready, gone, late.passed]);
      late.forget();
      if (outcome === 'ready') return;
      await this.kill();
    }
    throw new TortureError(`${this.name} cannot be started: ${this.#options.lastWords()}`);
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end; kills it when it has not in time. */
  async stop(): Promise<void> {
    const child = this.#process;
    const killer = setTimeout(() => child?.kill('SIGKILL'), STOP_MAX_MS);
    await this.#end('SIGTERM');
    clearTimeout(killer);
  }

  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

const STARTS_MAX = 5;
const START_MAX_MS = 60_000;
const STOP_MAX_MS = 20_000;

function lateness(ms: number) {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms);
  });
  return { passed, forget: () => clearTimeout(timer) };
}
