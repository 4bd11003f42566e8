import { timingSafeEqual } from 'node:crypto';
import type { Actor } from '../domain/events.ts';

/** Somebody who is logged in to the operator's pages. */
export interface OperatorLogin {
  readonly operator: Actor;
  /** Goes with every form, and is known to no other page. */
  readonly formKey: string;
}

export interface LoginsOptions {
  readonly ttlMs: number;
  /** One more ends the oldest. */
  readonly sessionsMax: number;
  /** Logins that may fail in a minute, whoever tries; then none is checked for the rest of it. */
  readonly failuresPerMinute: number;
  readonly now: () => number;
  /** Nobody guesses it. */
  readonly newSecret: () => string;
}

/** Who is logged in to the operator's pages of this process. Nothing of it is stored. */
export class Logins {
  readonly #options: LoginsOptions;
  readonly #sessions = new Map<string, OperatorLogin & { readonly endsAt: number }>();
  #failures: number[] = [];

  constructor(options: LoginsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Whether so many logins failed of late that none is checked now. */
  get isGuessed(): boolean {
    const since = this.#options.now() - MINUTE_MS;
    this.#failures = this.#failures.filter((time) => time > since);
    return this.#failures.length >= this.#options.failuresPerMinute;
  }

  noteFailure(): void {
    this.#failures.push(this.#options.now());
  }

  /** Begins a session; returns its secret, for the cookie. */
  begin(operator: Actor): string {
    const { now, ttlMs, sessionsMax, newSecret } = this.#options;
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= sessionsMax && oldest !== undefined) this.#sessions.delete(oldest);
    const secret = newSecret();
    this.#sessions.set(secret, { operator, formKey: newSecret(), endsAt: now() + ttlMs });
    return secret;
  }

  find(secret: string | null): OperatorLogin | null {
    const found = secret === null ? undefined : this.#sessions.get(secret);
    if (secret === null || found === undefined) return null;
    if (found.endsAt > this.#options.now()) return found;
    this.#sessions.delete(secret);
    return null;
  }

  end(secret: string): void {
    this.#sessions.delete(secret);
  }
}

/** Whether a form was made by a page of this login. Takes the same time wherever they differ. */
export function isFormOf(login: OperatorLogin, key: string | null): boolean {
  const [expected, given] = [Buffer.from(login.formKey), Buffer.from(key ?? '')];
  return expected.length === given.length && timingSafeEqual(expected, given);
}

const MINUTE_MS = 60_000;
