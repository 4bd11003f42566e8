/**
 * Who has been heard lately. Silence counts only while we could have heard: after a pause of our own
 * or of the bus, `excuseAll` starts everybody's time again.
 */
export class Liveness {
  readonly #silenceMs: number;
  readonly #heard = new Map<string, number>();

  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  /** The ids of those who live. */
  get ids(): string[] {
    return [...this.#heard.keys()];
  }

  /** True when this one was not known. */
  heard(id: string, nowMs: number): boolean {
    const isNew = !this.#heard.has(id);
    this.#heard.set(id, nowMs);
    return isNew;
  }

  forget(id: string): void {
    this.#heard.delete(id);
  }

  excuseAll(nowMs: number): void {
    for (const id of this.#heard.keys()) this.#heard.set(id, nowMs);
  }

  /** Takes out and returns those silent for too long. */
  takeSilent(nowMs: number): string[] {
    const silent = [...this.#heard]
      .filter(([, heardMs]) => nowMs - heardMs > this.#silenceMs)
      .map(([id]) => id);
    for (const id of silent) this.#heard.delete(id);
    return silent;
  }
}
