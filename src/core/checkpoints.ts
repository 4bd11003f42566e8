import { z } from 'zod';
import type { Bucket } from '../bus/bucket.ts';
import { roomId } from '../domain/ids.ts';
import type { KnownEvent } from './chain-check.ts';

/**
 * Up to where a room's log was verified: the event of number `events`, at `seq`, ends the chain in `hash`
 * (protocol.md §5.5). Also the form of what `verify --json` prints of a room.
 */
export const checkpoint = z.object({
  room: roomId,
  events: z.int().min(1),
  seq: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of that event, in ISO 8601. */
  time: z.string(),
  /** What was found wrong: then it is no checkpoint. */
  problems: z.literal(0).optional(),
});
export type Checkpoint = z.infer<typeof checkpoint>;

/** What a checkpoint says of the newest event that it knows. */
export function knownBy({ seq, events, hash }: Checkpoint): KnownEvent {
  return { seq, n: events, hash };
}

/** The checkpoints that `verify` keeps beside the log, one a room. Rejects with `BusError`. */
export class Checkpoints {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async of(room: string): Promise<Checkpoint | null> {
    const entry = await this.#bucket.get(room);
    return entry === null ? null : checkpointIn(entry.value);
  }

  async rooms(): Promise<string[]> {
    return (await this.#bucket.entries()).map(({ key }) => key);
  }

  async save(made: Checkpoint): Promise<void> {
    await this.#bucket.put(made.room, JSON.stringify(made));
  }
}

/** Reads a checkpoint; null for what is none. */
export function checkpointIn(text: string): Checkpoint | null {
  try {
    return checkpoint.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
