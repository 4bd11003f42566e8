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
  readonly #notes = new Map<string, () => string | null>();

  add(name: string, check: () => string | null): void {
    this.#checks.set(name, check);
  }

  /** A check that is shown and does not make the process unready: what is wrong is not made good by that. */
  addNote(name: string, note: () => string | null): void {
    this.#notes.set(name, note);
  }

  report(): HealthReport {
    const results = ran(this.#checks);
    return {
      ok: results.every(([, problem]) => problem === null),
      checks: Object.fromEntries(
        [...results, ...ran(this.#notes)].map(([name, problem]) => [name, problem ?? 'ok']),
      ),
    };
  }
}

function ran(checks: ReadonlyMap<string, () => string | null>) {
  return [...checks].map(([name, check]) => [name, check()] as const);
}
