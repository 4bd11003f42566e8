import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../lib/statistics.ts';
import { type TextKind, textOf } from './marker.ts';
import type { Member } from './member.ts';

export interface FloodResult {
  readonly seconds: number;
  readonly messages: number;
  readonly deliveries: number;
  /** What the members read and wrote, in bytes of their sockets. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

export interface PaceResult {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly messages: number;
}

/** Members of rooms who talk; counts that each of a room hears everything said in it, once. */
export class Crowd {
  readonly #rooms: readonly (readonly Member[])[];
  readonly #audience: number;
  // By the number of a message.
  #heard: number[] = [];
  #sentAt: number[] = [];
  #latencies: number[] = [];
  #complete = 0;
  #onComplete: () => void = () => undefined;

  /** All rooms have the same number of members. */
  constructor(rooms: readonly (readonly Member[])[]) {
    this.#rooms = rooms;
    this.#audience = rooms[0]?.length ?? 0;
    for (const member of rooms.flat()) member.listen((number) => this.#hear(number));
  }

  /** Says as much as goes with `window` messages in flight, each by the next member of the next room. */
  async flood(window: number, seconds: number, text?: TextKind): Promise<FloodResult> {
    this.#reset();
    const [readBefore, writtenBefore] = this.#bytes();
    const start = performance.now();
    const end = start + seconds * 1000;
    const talk = () => {
      if (performance.now() >= end) return;
      while (this.#sentAt.length - this.#complete < window) this.#say(text);
    };
    this.#onComplete = talk;
    talk();
    await pause(seconds * 1000);
    await this.#untilComplete();
    const messages = this.#sentAt.length;
    const took = (performance.now() - start) / 1000;
    const [read, written] = this.#bytes();
    return {
      seconds: took,
      messages,
      deliveries: messages * this.#audience,
      bytesRead: read - readBefore,
      bytesWritten: written - writtenBefore,
    };
  }

  /** Says so many messages a second, whatever becomes of them; times from saying to the last receiver. */
  async pace(perSecond: number, seconds: number): Promise<PaceResult> {
    this.#reset();
    const start = performance.now();
    const total = perSecond * seconds;
    for (let said = 0; said < total; said += 1) {
      const due = start + (said * 1000) / perSecond;
      const wait = due - performance.now();
      if (wait > 0) await pause(wait);
      this.#say();
    }
    await this.#untilComplete();
    const latencies = this.#latencies;
    const [p50, p99, max] = [0.5, 0.99, 1].map((at) => quantile(latencies, at));
    return { p50: p50 ?? 0, p99: p99 ?? 0, max: max ?? 0, messages: total };
  }

  #reset(): void {
    this.#heard = [];
    this.#sentAt = [];
    this.#latencies = [];
    this.#complete = 0;
    this.#onComplete = () => undefined;
  }

  #bytes(): [read: number, written: number] {
    let [read, written] = [0, 0];
    for (const { socket } of this.#rooms.flat()) {
      read += socket.bytesRead;
      written += socket.bytesWritten;
    }
    return [read, written];
  }

  #say(text?: TextKind): void {
    const number = this.#sentAt.length;
    const room = this.#rooms[number % this.#rooms.length] ?? [];
    const speaker = room[Math.floor(number / this.#rooms.length) % room.length];
    this.#heard.push(0);
    this.#sentAt.push(performance.now());
    speaker?.say(textOf(number, text));
  }

  #hear(number: number): void {
    const heard = (this.#heard[number] ?? 0) + 1;
    this.#heard[number] = heard;
    if (heard > this.#audience) throw new Error(`message ${number} was delivered twice`);
    if (heard < this.#audience) return;
    this.#latencies.push(performance.now() - (this.#sentAt[number] ?? 0));
    this.#complete += 1;
    this.#onComplete();
  }

  async #untilComplete(): Promise<void> {
    const deadline = performance.now() + DRAIN_WITHIN_MS;
    while (this.#complete < this.#sentAt.length) {
      if (performance.now() > deadline) {
        throw new Error(`${this.#complete} of ${this.#sentAt.length} messages reached everybody`);
      }
      await pause(1);
    }
  }
}

const DRAIN_WITHIN_MS = 20_000;
