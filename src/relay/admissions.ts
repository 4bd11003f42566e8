import type { Metrics } from '../observability/metrics.ts';
import { AddressList } from '../transports/addresses.ts';
import { AddressBook, type Visit } from './address-book.ts';
import { Allowance, type AllowanceRules, type Budgets } from './allowance.ts';
import { Budget } from './budget.ts';
import type { RelayLimits } from './options.ts';
import { TokenBucket } from './token-bucket.ts';

export interface AdmissionsParts {
  readonly limits: RelayLimits;
  readonly trustedProxies: readonly string[];
  /** False: nothing is counted, everything is allowed. */
  readonly rateLimits: boolean;
  readonly metrics: Metrics;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

export interface Admission {
  /** Why the connection is one too many for its address, or null. */
  readonly refused: Visit['refused'];
  readonly allowance: Allowance;
}

/** Says of every socket and connection whether it may be, and what it may send (protocol.md §7.1). */
export class Admissions {
  readonly #parts: AdmissionsParts;
  readonly #addresses: AddressBook;
  readonly #rules: AllowanceRules;

  constructor(parts: AdmissionsParts) {
    const { limits, trustedProxies, rateLimits, metrics, clock } = parts;
    this.#parts = parts;
    // Who comes through a proxy that does not say who it is, is not known.
    const exempt = new AddressList([...limits.addressExempt, ...trustedProxies]);
    this.#addresses = new AddressBook({
      limits,
      isExempt: (address) => !rateLimits || exempt.has(address),
      onFull: () => metrics.relay.addressesNotCounted.inc(),
      clock,
    });
    this.#rules = {
      patience: (nowMs) => new TokenBucket(limits.refusedPerSecond, limits.refusedBurst, nowMs),
      onExcess: (step, limit) => metrics.relay.floods.inc({ step, limit }),
    };
  }

  get addresses(): number {
    return this.#addresses.size;
  }

  /** As the book's `accept`. */
  accept(address: string): (() => void) | null {
    return this.#addresses.accept(address);
  }

  admit(address: string): Admission {
    const { limits, rateLimits, clock } = this.#parts;
    const { refused, budget, leave } = this.#addresses.visit(address);
    const budgets: Budgets[number][] = [];
    if (rateLimits) budgets.push({ of: 'connection', budget: new Budget(limits, clock()) });
    if (budget !== null) budgets.push({ of: 'address', budget });
    return { refused, allowance: new Allowance(this.#rules, budgets, leave) };
  }

  /** Forgets the addresses that nothing is left of. */
  tidy(): void {
    this.#addresses.tidy();
  }
}
