import { DiscardPolicy, nanos, RetentionPolicy, StorageType, type StreamConfig } from 'nats';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import { LOG_STREAM, LOG_SUBJECTS, REPUBLISH } from './subjects.ts';

export interface LogStreamOptions {
  readonly replicas: number;
  readonly duplicateWindowMs: number;
}

/**
 * Creates the log's stream, or checks the one that is there: file storage, append-only, republished
 * to the live subjects (protocol.md §5.1). It never changes an existing stream.
 *
 * Throws `SETUP` naming every setting without which the log would not be the log; returns the
 * settings that merely differ, for the operator to read.
 */
export async function ensureLogStream(
  bus: BusConnection,
  options: LogStreamOptions,
): Promise<readonly string[]> {
  const manager = await bus.nc.jetstreamManager();
  const wanted = wantedConfig(options);
  const found = await manager.streams
    // A copy: the client library writes into what it is given.
    .add({ ...wanted })
    .catch(() => manager.streams.info(LOG_STREAM))
    .catch((cause: unknown) => {
      throw new BusError('SETUP', `stream ${LOG_STREAM} cannot be created: ${String(cause)}`, {
        cause,
      });
    });
  const differing = differences(wanted, found.config);
  const vital = differing.filter(({ key }) => !NEGOTIABLE.has(key)).map(({ text }) => text);
  if (vital.length > 0) {
    throw new BusError('SETUP', `stream ${LOG_STREAM} has other settings: ${vital.join('; ')}`);
  }
  return differing.map(({ text }) => text);
}

function wantedConfig({ replicas, duplicateWindowMs }: LogStreamOptions) {
  return {
    name: LOG_STREAM,
    subjects: [LOG_SUBJECTS],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.Old,
    max_age: 0,
    max_msgs: -1,
    max_bytes: -1,
    max_msgs_per_subject: -1,
    num_replicas: replicas,
    duplicate_window: nanos(duplicateWindowMs),
    deny_delete: true,
    deny_purge: true,
    allow_rollup_hdrs: false,
    allow_direct: true,
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

function differences(wanted: ReturnType<typeof wantedConfig>, found: StreamConfig) {
  return Object.entries(wanted).flatMap(([key, want]) => {
    // The server leaves false and null settings out of its answer.
    const have = (found as unknown as Record<string, unknown>)[key] ?? false;
    const same = isSame(want, have);
    const text = `${key} is ${JSON.stringify(have)}, expected ${JSON.stringify(want)}`;
    return same ? [] : [{ key, text }];
  });
}

function isSame(want: unknown, have: unknown): boolean {
  if (typeof want !== 'object' || want === null) return want === have;
  if (typeof have !== 'object' || have === null) return false;
  return Object.entries(want).every(
    ([key, value]) => (have as Record<string, unknown>)[key] === value,
  );
}
