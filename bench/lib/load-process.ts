import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer, Order, Results } from '../load/orders.ts';

const MAIN = fileURLToPath(new URL('../load/main.ts', import.meta.url));

/** A process of its own that makes load: what it costs is not in what is measured. */
export class LoadProcess {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = fork(MAIN, { execArgv: ['--import', 'tsx'] });
  }

  /** Does an order and resolves with what came of it; rejects with the reason when it failed. */
  async do<T extends Order>(order: T): Promise<Results[T['do']]> {
    const answered = once(this.#child, 'message');
    this.#child.send(order);
    const [answer]: Answer[] = await answered;
    if (answer?.ok === true) return answer.result as Results[T['do']];
    throw new Error(answer?.reason ?? 'no answer');
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
