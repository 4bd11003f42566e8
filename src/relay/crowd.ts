import type { Codec, RoomView } from '../codecs/codec.ts';
import type { Logged } from '../domain/events.ts';
import { Storm, type StormOptions } from './storm.ts';

/** Somebody who is told of comings and goings. */
export interface Bystander {
  readonly codec: Codec;
  push(frames: readonly Buffer[]): void;
}

export interface CrowdParts {
  readonly storm: StormOptions;
  readonly view: RoomView;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/**
 * Sums up the comings and goings of a room when there are many at once (protocol.md §3.7), for
 * dialects that have words for a crowd. Each bystander's sum has those that it was told only part of.
 */
export class Crowd {
  readonly #parts: CrowdParts;
  readonly #storm: Storm;
  readonly #sums = new Map<Bystander, { entered: number; left: number }>();
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: CrowdParts) {
    this.#parts = parts;
    this.#storm = new Storm(parts.storm);
  }

  /** Whether an event is one of too many. Asked once of each, in their order. */
  sums({ event }: Logged): boolean {
    if (event.type !== 'member.entered' && event.type !== 'member.left') return false;
    const nowMs = this.#parts.clock();
    if (!this.#storm.count(nowMs)) return false;
    this.#arm((this.#storm.dueMs ?? nowMs) - nowMs);
    return true;
  }

  /** The bystander was told only what cannot wait of an event. */
  note(bystander: Bystander, { event }: Logged): void {
    const sum = this.#sums.get(bystander) ?? { entered: 0, left: 0 };
    if (event.type === 'member.entered') sum.entered += 1;
    else sum.left += 1;
    this.#sums.set(bystander, sum);
    // Its events were held, and the storm may be over.
    this.#arm(0);
  }

  forget(bystander: Bystander): void {
    this.#sums.delete(bystander);
  }

  /** Tells every bystander its sum, and begins anew. */
  tell(): void {
    this.stop();
    this.#storm.end(this.#parts.clock());
    const encoded = new Map<string, readonly Buffer[]>();
    for (const [bystander, sum] of this.#sums) {
      const { name, crowds } = bystander.codec;
      const key = `${name} ${sum.entered} ${sum.left}`;
      const frames = encoded.get(key) ?? crowds?.encodeSum(sum, this.#parts.view) ?? [];
      encoded.set(key, frames);
      bystander.push(frames);
    }
    this.#sums.clear();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #arm(delayMs: number): void {
    this.#timer ??= setTimeout(() => this.tell(), Math.max(0, delayMs));
  }
}
