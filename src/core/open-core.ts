import { Bucket } from '../bus/bucket.ts';
import type { BusConnection } from '../bus/bus-connection.ts';
import { LogReader } from '../bus/log-reader.ts';
import { LogWriter } from '../bus/log-writer.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { Absences } from './absences.ts';
import { Accounts, GUEST_TTL_MS } from './accounts.ts';
import type { BotOptions } from './bots.ts';
import { ChatCore } from './chat-core.ts';
import { Checkpoints } from './checkpoints.ts';
import { Gate } from './gate.ts';
import { Ownership } from './ownership.ts';
import { Presence } from './presence.ts';
import type { RoomOptions } from './room-parts.ts';
import { RoomRegistry } from './room-registry.ts';
import { Rooms } from './rooms.ts';
import { type ForeignTokenOptions, ForeignTokens, SessionTokens } from './tokens.ts';
import { Whispers } from './whispers.ts';

export interface CoreOptions extends RoomOptions, BotOptions {
  readonly self: string;
  readonly heartbeatMs: number;
  readonly silenceMs: number;
  readonly coreSilenceMs: number;
  readonly roomsMax: number;
  readonly snapshotMaxAgeMs: number;
  readonly graceMs: number;
  readonly replicas: number;
  readonly appendTimeoutMs: number;
  readonly loginsConcurrentMax: number;
  readonly loginsPendingMax: number;
  readonly guests: boolean;
  readonly sessionTtlSeconds: number;
  readonly foreignTokens: ForeignTokenOptions;
}

export interface CoreSurroundings {
  readonly bus: BusConnection;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly newId: () => string;
}

export interface Stores {
  readonly accounts: Accounts;
  readonly registry: RoomRegistry;
}

/** Opens what the operator's commands and chat-core share: accounts and the registry of rooms. */
export async function openStores(bus: BusConnection, replicas: number): Promise<Stores> {
  const accounts = await Bucket.open(bus, 'chat_accounts', replicas);
  const guests = await Bucket.open(bus, 'chat_guests', replicas, GUEST_TTL_MS);
  const rooms = await Bucket.open(bus, 'chat_rooms', replicas);
  return { accounts: new Accounts(accounts, guests), registry: new RoomRegistry(rooms) };
}

/** Puts a chat-core together. The stream of the log is there already; `start` is the caller's. */
export async function openCore(
  options: CoreOptions,
  around: CoreSurroundings,
  stores: Stores,
): Promise<ChatCore> {
  const { bus, log, metrics, now, newId } = around;
  const { accounts, registry } = stores;
  const limits = { timeoutMs: options.appendTimeoutMs, pendingMax: 100_000 };
  const reader = new LogReader(bus, limits);
  const writer = new LogWriter(bus, reader, {
    appendTimeoutMs: options.appendTimeoutMs,
    pendingMax: limits.pendingMax,
    newEpoch: options.replicas === 1 ? () => newId().slice(-EPOCH_LENGTH) : null,
    onAppended: (outcome, seconds) => metrics.core.appendSeconds.observe({ outcome }, seconds),
  });
  const snapshots = await Bucket.open(bus, 'chat_snapshots', options.replicas);
  const checkpoints = new Checkpoints(await Bucket.open(bus, 'chat_checkpoints', options.replicas));
  const secrets = await Bucket.open(bus, 'chat_secrets', options.replicas);
  const presence = new Presence();
  const absences = new Absences(options.graceMs);
  const accountOf = (id: string) => accounts.actorOf(id);
  const lost = new Set<string>();
  const rooms = new Rooms({
    ...{
      writer,
      reader,
      snapshots,
      checkpoints,
      presence,
      absences,
      options,
      now,
      newId,
      accountOf,
    },
    roleOf: (id) => accounts.roleOf(id),
    onLost: (room, had) => {
      metrics.core.lostTails.inc();
      log.error({ roomId: room, had }, 'the log of a room has lost events that it had');
      lost.add(room);
    },
    onFenced: () => metrics.core.fenced.inc(),
    onSnapshot: (outcome) => metrics.core.snapshots.inc({ outcome }),
    onTogether: (stored, again) => {
      metrics.core.together.inc({ outcome: 'stored' }, stored);
      metrics.core.together.inc({ outcome: 'again' }, again);
    },
    onProblem: (room, err) => {
      metrics.core.problems.inc();
      log.error({ err, roomId: room }, 'room failed');
    },
  });
  return new ChatCore({
    ...{ bus, presence, absences, registry, rooms, log, metrics },
    options: { ...options, now },
    ownership: new Ownership(options.self),
    login: {
      ...{ accounts, now, guests: options.guests },
      sessions: await SessionTokens.open(secrets, options.sessionTtlSeconds),
      foreign: new ForeignTokens(options.foreignTokens),
      gate: new Gate({
        concurrentMax: options.loginsConcurrentMax,
        pendingMax: options.loginsPendingMax,
        waitMaxMs: options.commandTimeoutMs,
        clock: () => performance.now(),
      }),
    },
    appendsPending: () => writer.pending,
    lostRooms: () => lost.size,
    whispers: new Whispers({ ...options, writer, accountOf, now }),
  });
}

// Of a UUID, of which this end is random.
const EPOCH_LENGTH = 12;
