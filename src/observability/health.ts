export interface HealthReport {
  readonly ok: boolean;
  /** Check name to `ok`, or to what is wrong. */
  readonly checks: Readonly<Record<string, string>>;
}

/**
 * The checks behind /readyz. A check returns null when all is well, else a short sentence; it is
 * synchronous, because a probe must be answered also while something hangs.
 */
export class Health {
  readonly #checks = new Map<string, () => string | null>();

  add(name: string, check: () => string | null): void {
    this.#checks.set(name, check);
  }

  report(): HealthReport {
    const results = [...this.#checks].map(([name, check]) => [name, check()] as const);
    return {
      ok: results.every(([, problem]) => problem === null),
      checks: Object.fromEntries(results.map(([name, problem]) => [name, problem ?? 'ok'])),
    };
  }
}
