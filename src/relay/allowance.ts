import type { Decoded } from '../codecs/codec.ts';
import { type RefusalCode, refusal } from '../domain/refusals.ts';
import type { Budget } from './budget.ts';
import type { TokenBucket } from './token-bucket.ts';

/** `warn` is the first refusal after a quiet time, `cut` the last one of a connection. */
export type Step = 'warn' | 'refuse' | 'cut';

/** What a connection's own budget is, and that of its address; none: it may send what it likes. */
export type Budgets = readonly {
  readonly of: 'connection' | 'address';
  readonly budget: Budget;
}[];

/** The same for all connections. */
export interface AllowanceRules {
  /** How many refusals one is forgiven; made at its first. */
  readonly patience: (nowMs: number) => TokenBucket;
  /** Told of everything that was too much: `frames`, `address_frames`, `logins`. */
  readonly onExcess: (step: Step, limit: string) => void;
}

/**
 * What one connection may send (protocol.md §7.1). What is too much is refused, and the connection
 * stays; one that goes on for too long is cut.
 */
export class Allowance {
  readonly #rules: AllowanceRules;
  readonly #budgets: Budgets;
  readonly #onEnd: () => void;
  #patience: TokenBucket | null = null;

  /** `onEnd`: the connection is gone. */
  constructor(rules: AllowanceRules, budgets: Budgets, onEnd: () => void) {
    this.#rules = rules;
    this.#budgets = budgets;
    this.#onEnd = onEnd;
  }

  /** Why a frame of so many bytes is not read, or null. */
  frame(bytes: number, nowMs: number): RefusalCode | null {
    return this.#ask((budget) => budget.takeFrame(bytes, nowMs), nowMs);
  }

  /** The command, or in its place the refusal of a login that is one too many. */
  admit(decoded: Decoded, nowMs: number): Decoded {
    if (!decoded.ok || decoded.command === null) return decoded;
    const { command, ref } = decoded;
    if (command.type !== 'login') return decoded;
    const code = this.#ask((budget) => budget.takeLogin(nowMs), nowMs);
    if (code === null) return decoded;
    const refused = { ok: false, refusal: refusal(code), during: 'login' } as const;
    return ref === undefined ? refused : { ...refused, ref };
  }

  /** A login of this connection was right. */
  loggedIn(): void {
    for (const { budget } of this.#budgets) budget.giveLoginBack();
  }

  end(): void {
    this.#onEnd();
  }

  #ask(take: (budget: Budget) => string | null, nowMs: number): RefusalCode | null {
    for (const { of, budget } of this.#budgets) {
      const limit = take(budget);
      if (limit !== null) return this.#refuse(of === 'address' ? `address_${limit}` : limit, nowMs);
    }
    return null;
  }

  #refuse(limit: string, nowMs: number): RefusalCode {
    const { patience: newPatience, onExcess } = this.#rules;
    this.#patience ??= newPatience(nowMs);
    const patience = this.#patience;
    const isFirst = patience.isFull(nowMs);
    const isForgiven = patience.take(1, nowMs);
    if (!isForgiven) onExcess('cut', limit);
    else onExcess(isFirst ? 'warn' : 'refuse', limit);
    return isForgiven ? 'RATE_LIMITED' : 'FLOODING';
  }
}
