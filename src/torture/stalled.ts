import { setTimeout as pause } from 'node:timers/promises';
import type { Endpoint } from './client.ts';
import type { Journal } from './journal.ts';
import { type Latency, latencyOf, timesOf } from './latency.ts';
import { markOf } from './marks.ts';
import { type Participant, participantsOf } from './participants.ts';
import type { Provisions } from './provision.ts';
import { type RelayMetrics, readRelayMetrics } from './relay-metrics.ts';
import type { System } from './system.ts';
import { TortureError } from './torture-error.ts';
import { within } from './within.ts';

export interface StalledOptions {
  /** How many of the clients, the last ones, stop reading. */
  readonly stalled: number;
  /** Measured, in both kinds of rounds together. */
  readonly messages: number;
  readonly durationMs: number;
}

export interface StalledParts {
  readonly system: System;
  readonly provisions: Provisions;
  readonly onRound: (round: number, kind: 'quiet' | 'stalled', latency: Latency) => void;
  readonly signal: AbortSignal;
}

export interface StalledResult {
  readonly clients: number;
  readonly stalled: number;
  /** While everybody reads. */
  readonly quiet: Latency;
  /** While some do not, and their outboxes fill. */
  readonly whileStalled: Latency;
  /** Said and not heard by everybody who reads. */
  readonly missing: number;
  /** The most that waited in all outboxes at a moment when everybody else had heard everything. */
  readonly heldMaxBytes: number;
  /** How often a stalled reader was cut. */
  readonly cut: number;
}

/**
 * Measures what clients that stop reading cost the others of their room: rounds in which everybody
 * reads, and rounds in which some do not, by turns, in the same run.
 */
export async function runStalled(
  options: StalledOptions,
  parts: StalledParts,
): Promise<StalledResult> {
  const { system, provisions, signal } = parts;
  const all = participantsOf(system, provisions, now);
  const others = all.slice(0, all.length - options.stalled);
  const stalled = all.slice(others.length);
  const room = new Room(others, provisions.rooms[0] ?? '', system.admins(), signal);
  try {
    for (const { client } of all) client.start();
    await within(READY_MAX_MS, Promise.all(all.map(({ client }) => client.ready())), signal);
    await room.talk(WARM_UP, 0);
    const [quiet, whileStalled]: [number[], number[]] = [[], []];
    const perRound = Math.ceil(options.messages / ROUNDS / 2);
    const everyMs = options.durationMs / options.messages;
    for (let round = 1; round <= ROUNDS; round += 1) {
      quiet.push(...(await room.talk(perRound, everyMs)));
      parts.onRound(round, 'quiet', latencyOf(quiet));
      await Promise.all(stalled.map(({ client }) => client.stall()));
      await room.fillUntil(({ outboxBytes }) => outboxBytes > HELD_BYTES);
      whileStalled.push(...(await room.talk(perRound, everyMs)));
      parts.onRound(round, 'stalled', latencyOf(whileStalled));
      const before = (await room.measure()).slowReaders;
      await room.fillUntil(({ slowReaders }) => slowReaders >= before + stalled.length);
      for (const { client } of stalled) client.cut();
      await pause(SETTLE_MS, undefined, { signal });
      await within(READY_MAX_MS, Promise.all(stalled.map(({ client }) => client.ready())), signal);
    }
    const { heldMaxBytes, missing } = room;
    const cut = (await room.measure()).slowReaders;
    return {
      ...{ clients: others.length, stalled: stalled.length, missing, heldMaxBytes, cut },
      ...{ quiet: latencyOf(quiet), whileStalled: latencyOf(whileStalled) },
    };
  } finally {
    await Promise.all(all.map(({ client }) => client.stop()));
  }
}

const now = () => performance.now();
const ROUNDS = 3;
const WARM_UP = 50;
const READY_MAX_MS = 180_000;
const SETTLE_MS = 2000;
const HEARD_MAX_MS = 30_000;
const POLL_MS = 5;
// The operating system takes some megabytes before anything waits in an outbox.
const HELD_BYTES = 32_768;
const FILLERS_MAX = 4000;
const FILLER = '🎈'.repeat(3900);
const WORDS = 'x'.repeat(200);

/** The clients that read, talking. */
class Room {
  readonly #speakers: readonly Participant[];
  readonly #journals: readonly Journal[];
  readonly #id: string;
  readonly #admins: readonly Endpoint[];
  readonly #signal: AbortSignal;
  #said = 0;
  missing = 0;
  heldMaxBytes = 0;

  constructor(
    speakers: readonly Participant[],
    id: string,
    admins: readonly Endpoint[],
    signal: AbortSignal,
  ) {
    this.#speakers = speakers;
    this.#journals = speakers.map(({ journal }) => journal);
    this.#id = id;
    this.#admins = admins;
    this.#signal = signal;
  }

  /** Has so many things said, one every so often, and heard; how long each took to the last receiver. */
  async talk(count: number, everyMs: number): Promise<number[]> {
    const startMs = now();
    const marks: string[] = [];
    const saying: Promise<void>[] = [];
    for (let index = 0; index < count; index += 1) {
      const waitMs = startMs + index * everyMs - now();
      if (waitMs > 0) await pause(waitMs, undefined, { signal: this.#signal });
      const { mark, done } = this.#say(WORDS);
      marks.push(mark);
      saying.push(done);
    }
    await within(HEARD_MAX_MS, Promise.all(saying), this.#signal);
    await this.#untilHeard(marks);
    const times = timesOf(marks, this.#journals, this.#journals);
    this.missing += count - times.length;
    await this.measure();
    return times;
  }

  /** Has long things said, each once the one before was heard by all who read. */
  async fillUntil(isFull: (metrics: RelayMetrics) => boolean): Promise<void> {
    for (let fillers = 0; fillers < FILLERS_MAX; fillers += 1) {
      if (isFull(await this.measure())) return;
      const { mark, done } = this.#say(FILLER);
      await within(HEARD_MAX_MS, done, this.#signal);
      await this.#untilHeard([mark]);
      // Long texts for many receivers: nobody asks for them any more.
      for (const journal of this.#journals) journal.room(this.#id).forget();
    }
    throw new TortureError('the stalled reader was sent much and never had to wait');
  }

  /** To be called when everybody who reads has heard everything. */
  async measure(): Promise<RelayMetrics> {
    const metrics = await readRelayMetrics(this.#admins);
    this.heldMaxBytes = Math.max(this.heldMaxBytes, metrics.outboxBytes);
    return metrics;
  }

  #say(words: string): { mark: string; done: Promise<void> } {
    const index = this.#said % this.#speakers.length;
    const mark = markOf(index, this.#said);
    this.#said += 1;
    const done = this.#speakers[index]?.client.say(this.#id, mark, words) ?? Promise.resolve();
    return { mark, done };
  }

  async #untilHeard(marks: readonly string[]): Promise<void> {
    const heard = (journal: Journal) => marks.every((mark) => journal.room(this.#id).has(mark));
    const deadline = now() + HEARD_MAX_MS;
    while (!this.#journals.every(heard) && now() < deadline) {
      await pause(POLL_MS, undefined, { signal: this.#signal });
    }
  }
}
