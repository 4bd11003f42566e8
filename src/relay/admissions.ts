import type { Metrics } from '../observability/metrics.ts';
import { Allowance, type AllowanceParts } from './allowance.ts';
import { Budget } from './budget.ts';
import type { RelayLimits } from './options.ts';
import { TokenBucket } from './token-bucket.ts';

export interface AdmissionsParts {
  readonly limits: RelayLimits;
  /** False: nothing is counted, everything is allowed. */
  readonly rateLimits: boolean;
  readonly metrics: Metrics;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** Says of every connection what it may send (protocol.md §7.1). */
export class Admissions {
  readonly #parts: AdmissionsParts;

  constructor(parts: AdmissionsParts) {
    this.#parts = parts;
  }

  admit(): Allowance {
    const { limits, rateLimits, metrics, clock } = this.#parts;
    const nowMs = clock();
    const budgets: AllowanceParts['budgets'] = rateLimits
      ? [{ of: 'connection', budget: new Budget(limits, nowMs) }]
      : [];
    return new Allowance({
      budgets,
      patience: new TokenBucket(limits.refusedPerSecond, limits.refusedBurst, nowMs),
      onExcess: (step, limit) => metrics.relay.floods.inc({ step, limit }),
      onEnd: () => undefined,
    });
  }
}
