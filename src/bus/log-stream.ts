import { isDeepStrictEqual } from 'node:util';
import {
  DiscardPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from 'nats';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import { LOG_STREAM, LOG_SUBJECTS, REPUBLISH } from './subjects.ts';

export interface LogStreamOptions {
  readonly replicas: number;
  readonly duplicateWindowMs: number;
  /** Null or left out: events of any age are kept. */
  readonly maxAgeMs?: number | null;
  /** Null or left out: as many as there is room for. */
  readonly maxBytes?: number | null;
}

/**
 * Creates the log's stream, or checks the one that is there: file storage, append-only, republished
 * to the live subjects (protocol.md §5.1). It never changes an existing stream.
 *
 * Throws `SETUP` naming every setting without which the log would not be the log; returns the
 * settings that merely differ, for the operator to read. A `SETUP` with a `cause` may pass: the server
 * did not do what it was asked to.
 */
export async function ensureLogStream(
  bus: BusConnection,
  options: LogStreamOptions,
): Promise<readonly string[]> {
  const wanted = wantedConfig(options);
  const found = await createOrFind(bus, wanted);
  const differing = differences(wanted, found);
  const vital = differing.filter((difference) => difference.vital).map(({ text }) => text);
  if (vital.length > 0) {
    throw new BusError('SETUP', `stream ${LOG_STREAM} has other settings: ${vital.join('; ')}`);
  }
  return differing.map(({ text }) => text);
}

/** A setting of a stream that is not as it should be; `vital`: without it the log is not the log. */
export interface SettingDifference {
  readonly key: string;
  readonly vital: boolean;
  readonly text: string;
}

/** In what a stream differs from the log's. Pure. */
export function differencesOf(
  options: LogStreamOptions,
  found: StreamConfig,
): readonly SettingDifference[] {
  return differences(wantedConfig(options), found);
}

async function createOrFind(bus: BusConnection, wanted: WantedConfig): Promise<StreamConfig> {
  try {
    const manager = await bus.nc.jetstreamManager({ apiPrefix: bus.apiPrefix });
    // A copy: the client library writes into what it is given.
    const made = manager.streams.add({ ...wanted });
    return (await made.catch((refused) => existing(manager, refused))).config;
  } catch (cause) {
    if (!(cause instanceof NatsError)) throw cause;
    if (
      cause.isJetStreamError()
        ? NO_JETSTREAM.has(cause.jsError()?.err_code ?? 0)
        : cause.code === '503'
    ) {
      throw new BusError('SETUP', 'JetStream is off on this NATS: start nats-server with -js');
    }
    throw new BusError('SETUP', `stream ${LOG_STREAM} cannot be created: ${cause.message}`, {
      cause,
    });
  }
}

// What the server refused with says more than that it has no stream then.
async function existing(manager: JetStreamManager, refused: unknown): Promise<StreamInfo> {
  return manager.streams.info(LOG_STREAM).catch(() => {
    throw refused;
  });
}

type WantedConfig = ReturnType<typeof wantedConfig>;

function wantedConfig(options: LogStreamOptions) {
  const { replicas, duplicateWindowMs, maxAgeMs = null, maxBytes = null } = options;
  return {
    name: LOG_STREAM,
    subjects: [LOG_SUBJECTS],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: maxAgeMs === null ? 0 : nanos(maxAgeMs),
    max_msgs: -1,
    max_bytes: maxBytes ?? -1,
    max_msgs_per_subject: -1,
    num_replicas: replicas,
    duplicate_window: nanos(duplicateWindowMs),
    deny_delete: true,
    deny_purge: true,
    allow_rollup_hdrs: false,
    allow_direct: true,
    no_ack: false,
    sealed: false,
    republish: REPUBLISH,
  } satisfies Partial<StreamConfig>;
}

const NEGOTIABLE: ReadonlySet<string> = new Set([
  'max_age',
  'max_msgs',
  'max_bytes',
  'num_replicas',
  'duplicate_window',
]);

// JetStream is not enabled, on this server or for this account.
const NO_JETSTREAM: ReadonlySet<number> = new Set([10076, 10039]);

function differences(wanted: WantedConfig, found: StreamConfig): SettingDifference[] {
  const settings: Readonly<Record<string, unknown>> = { ...found };
  return Object.entries(wanted).flatMap(([key, want]) => {
    const have = settings[key] ?? false;
    const text = `${key} is ${JSON.stringify(have)}, expected ${JSON.stringify(want)}`;
    const isSame = isDeepStrictEqual(withoutFalse(have), withoutFalse(want));
    return isSame ? [] : [{ key, text, vital: !NEGOTIABLE.has(key) }];
  });
}

// The server leaves settings out of its answer that are false.
function withoutFalse(setting: unknown): unknown {
  if (typeof setting !== 'object' || setting === null || Array.isArray(setting)) return setting;
  return Object.fromEntries(Object.entries(setting).filter(([, value]) => value !== false));
}
