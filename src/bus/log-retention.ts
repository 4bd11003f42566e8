import { AckPolicy, DeliverPolicy, NatsError, nanos, type StreamConfig } from 'nats';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import type { LogStreamOptions } from './log-stream.ts';
import { LOG_STREAM } from './subjects.ts';

/** How much the log keeps; null: all. */
export interface Keeps {
  readonly maxAgeMs: number | null;
  readonly maxBytes: number | null;
  readonly maxMessages: number | null;
  readonly maxMessagesPerRoom: number | null;
}

export function keepsOf(config: StreamConfig): Keeps {
  const limit = (value: number) => (value > 0 ? value : null);
  return {
    maxAgeMs: config.max_age > 0 ? config.max_age / NANOS_PER_MS : null,
    maxBytes: limit(config.max_bytes),
    maxMessages: limit(config.max_msgs),
    maxMessagesPerRoom: limit(config.max_msgs_per_subject),
  };
}

export interface Retention {
  readonly keeps: Keeps;
  readonly messages: number;
  readonly bytes: number;
  /** ISO time when the oldest message was stored; null: there is none. */
  readonly oldest: string | null;
}

/** What the log keeps and has. Rejects with `BusError`. */
export async function readRetention(bus: BusConnection): Promise<Retention> {
  return wrap(async () => {
    const manager = await bus.nc.jetstreamManager();
    const { config, state } = await manager.streams.info(LOG_STREAM);
    const { messages, bytes, first_ts: oldest } = state;
    return { keeps: keepsOf(config), messages, bytes, oldest: messages === 0 ? null : oldest };
  });
}

/** How many messages are older than an age: as many as that limit would drop. Rejects with `BusError`. */
export async function countOlder(
  bus: BusConnection,
  maxAgeMs: number,
  nowMs: number,
): Promise<number> {
  return wrap(async () => {
    const manager = await bus.nc.jetstreamManager();
    const { state } = await manager.streams.info(LOG_STREAM);
    // A consumer that nobody reads from knows how many messages it would give.
    const counter = await manager.consumers.add(LOG_STREAM, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartTime,
      opt_start_time: new Date(nowMs - maxAgeMs).toISOString(),
      inactive_threshold: nanos(COUNTER_LIVES_MS),
      mem_storage: true,
    });
    await manager.consumers.delete(LOG_STREAM, counter.name);
    return Math.max(0, state.messages - counter.num_pending);
  });
}

/**
 * Gives the log the limits of `options` and leaves everything else as it is. What is beyond them is
 * dropped at once and for ever. Rejects with `BusError`.
 */
export async function changeRetention(
  bus: BusConnection,
  options: LogStreamOptions,
): Promise<void> {
  await wrap(async () => {
    const manager = await bus.nc.jetstreamManager();
    const { config } = await manager.streams.info(LOG_STREAM);
    const { maxAgeMs = null, maxBytes = null } = options;
    await manager.streams.update(LOG_STREAM, {
      ...config,
      max_age: maxAgeMs === null ? 0 : nanos(maxAgeMs),
      max_bytes: maxBytes ?? -1,
      max_msgs: -1,
      max_msgs_per_subject: -1,
    });
  });
}

async function wrap<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof NatsError)) throw cause;
    throw new BusError('STORE', `${LOG_STREAM}: ${cause.message}`, { cause });
  }
}

const NANOS_PER_MS = 1_000_000;
const COUNTER_LIVES_MS = 5000;
