import {
  AckPolicy,
  type ConsumerInfo,
  DeliverPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  type StreamInfo,
} from 'nats';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import { type Keeps, keepsOf } from './log-retention.ts';
import { differencesOf, type LogStreamOptions, type SettingDifference } from './log-stream.ts';
import { LOG_STREAM } from './subjects.ts';

/** What somebody who looks at a NATS from outside can say of it. Nothing is changed by looking. */
export interface Survey {
  readonly version: string;
  readonly answersInMs: number;
  /** Null: the server does not tell. */
  readonly websocket: boolean | null;
  readonly log: LogSurvey | null;
  readonly buckets: readonly BucketSurvey[];
  /** Bytes that JetStream may use for this account, and uses; limit null: no limit. */
  readonly storage: { readonly usedBytes: number; readonly limitBytes: number | null };
}

export interface LogSurvey {
  readonly messages: number;
  readonly bytes: number;
  readonly lastSeq: number;
  readonly replicas: number;
  readonly fileStorage: boolean;
  /** Copies that are behind or away. */
  readonly copiesMissing: readonly string[];
  readonly keeps: Keeps;
  readonly differing: readonly SettingDifference[];
  readonly consumers: readonly ConsumerSurvey[];
  /** Null: no consumer could be made to tell the time. */
  readonly clock: ClockSurvey | null;
  readonly newest: NewestMessage | null;
}

export interface BucketSurvey {
  readonly name: string;
  readonly present: boolean;
  readonly fileStorage: boolean;
  readonly replicas: number;
}

export interface ConsumerSurvey {
  readonly name: string;
  readonly durable: boolean;
  /** Somebody receives from it now. */
  readonly inUse: boolean;
  readonly pending: number;
  /** Since it was made or last gave something out, by the server's clock. */
  readonly idleMs: number;
}

/** The server's time was `serverMs` at some moment between the two times of ours. */
export interface ClockSurvey {
  readonly serverMs: number;
  readonly askedMs: number;
  readonly answeredMs: number;
}

export interface NewestMessage {
  readonly storedMs: number;
  readonly payload: Uint8Array;
}

export interface SurveyOptions {
  readonly log: LogStreamOptions;
  readonly buckets: readonly string[];
  readonly now: () => number;
}

/** Looks at the log and the buckets. Rejects with `BusError` when NATS or JetStream does not answer. */
export async function survey(bus: BusConnection, options: SurveyOptions): Promise<Survey> {
  try {
    const answersInMs = await bus.nc.rtt();
    const manager = await bus.nc.jetstreamManager({ apiPrefix: bus.apiPrefix });
    const account = await manager.getAccountInfo();
    const log = await streamInfo(manager, LOG_STREAM);
    const { storage, limits } = account;
    return {
      version: bus.serverVersion,
      answersInMs,
      websocket: websocketOf(bus),
      log: log === null ? null : await surveyLog(manager, log, options),
      buckets: await Promise.all(options.buckets.map((name) => surveyBucket(manager, name))),
      storage: {
        usedBytes: storage,
        limitBytes: limits.max_storage > 0 ? limits.max_storage : null,
      },
    };
  } catch (cause) {
    if (!(cause instanceof NatsError)) throw cause;
    throw new BusError('SETUP', `JetStream does not answer: ${cause.message}`, { cause });
  }
}

// Told in a cluster only: without it nobody knows.
function websocketOf(bus: BusConnection): boolean | null {
  const told = bus.nc.info;
  return told !== undefined && 'ws_connect_urls' in told ? true : null;
}

async function surveyLog(
  manager: JetStreamManager,
  info: StreamInfo,
  { log, now }: SurveyOptions,
): Promise<LogSurvey> {
  const { config, state, cluster } = info;
  const consumers = await consumersOf(manager);
  const clock = await askClock(manager, now);
  const serverMs = clock?.serverMs ?? now();
  return {
    messages: state.messages,
    bytes: state.bytes,
    lastSeq: state.last_seq,
    replicas: config.num_replicas,
    fileStorage: config.storage === 'file',
    copiesMissing: (cluster?.replicas ?? [])
      .filter(({ current, offline }) => !current || offline === true)
      .map(({ name }) => name),
    keeps: keepsOf(config),
    differing: differencesOf(log, config),
    consumers: consumers.map((consumer) => consumerSurvey(consumer, serverMs)),
    clock,
    newest: await newestMessage(manager, state.last_seq),
  };
}

async function consumersOf(manager: JetStreamManager): Promise<ConsumerInfo[]> {
  const found: ConsumerInfo[] = [];
  for await (const consumer of manager.consumers.list(LOG_STREAM)) {
    found.push(consumer);
    if (found.length === CONSUMERS_MAX) break;
  }
  return found;
}

function consumerSurvey(info: ConsumerInfo, serverMs: number): ConsumerSurvey {
  const last = 'last_active' in info.delivered ? String(info.delivered.last_active) : info.created;
  return {
    name: info.name,
    durable: info.config.durable_name !== undefined,
    inUse: info.num_waiting > 0 || info.push_bound === true,
    pending: info.num_pending,
    idleMs: Math.max(0, serverMs - Date.parse(last)),
  };
}

// Old servers tell their time in nothing but what they make: a consumer that nobody reads from is the
// smallest of these.
async function askClock(manager: JetStreamManager, now: () => number): Promise<ClockSurvey | null> {
  try {
    const askedMs = now();
    const made = await manager.consumers.add(LOG_STREAM, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.New,
      inactive_threshold: nanos(CLOCK_CONSUMER_MS),
      mem_storage: true,
    });
    const answeredMs = now();
    await manager.consumers.delete(LOG_STREAM, made.name);
    return { serverMs: Date.parse(made.created), askedMs, answeredMs };
  } catch (error) {
    // An operator whose rights end at reading has no consumer; what is known then is still worth a look.
    if (error instanceof NatsError) return null;
    throw error;
  }
}

async function newestMessage(
  manager: JetStreamManager,
  seq: number,
): Promise<NewestMessage | null> {
  try {
    const { time, data } = await manager.streams.getMessage(LOG_STREAM, { seq });
    return { storedMs: time.getTime(), payload: data };
  } catch (error) {
    // An empty log, or one whose newest message is older than it may become.
    if (error instanceof NatsError) return null;
    throw error;
  }
}

async function surveyBucket(manager: JetStreamManager, name: string): Promise<BucketSurvey> {
  const info = await streamInfo(manager, `KV_${name}`);
  return {
    name,
    present: info !== null,
    fileStorage: info?.config.storage === 'file',
    replicas: info?.config.num_replicas ?? 0,
  };
}

async function streamInfo(manager: JetStreamManager, name: string): Promise<StreamInfo | null> {
  try {
    return await manager.streams.info(name);
  } catch (error) {
    if (error instanceof NatsError && error.jsError()?.err_code === NO_SUCH_STREAM) return null;
    throw error;
  }
}

const NO_SUCH_STREAM = 10059;
const CONSUMERS_MAX = 1000;
const CLOCK_CONSUMER_MS = 5000;
