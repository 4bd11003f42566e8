import {
  AckPolicy,
  type ConsumerInfo,
  DeliverPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  ReplayPolicy,
} from 'nats';
import type { BusConnection } from './bus-connection.ts';
import { BusError } from './bus-error.ts';
import { LOG_STREAM, logSubjectOfRoom } from './subjects.ts';

export interface LogConsumer {
  readonly name: string;
  /** Null: of every room. Never private messages. */
  readonly room: string | null;
  /** Messages that it has not been given yet. */
  readonly waiting: number;
  /** Messages that it was given and has not acknowledged. */
  readonly unacknowledged: number;
}

/**
 * The durable consumers of room events that programs pull from. Made here and not by the programs:
 * whoever may make a consumer chooses what it reads and where that is sent. Rejects with `BusError`.
 */
export class LogConsumers {
  readonly #bus: BusConnection;

  constructor(bus: BusConnection) {
    this.#bus = bus;
  }

  /** Makes a consumer that begins with what was stored at `sinceMs` or later; null: with the first event. */
  async add(name: string, room: string | null, sinceMs: number | null): Promise<void> {
    const start =
      sinceMs === null
        ? { deliver_policy: DeliverPolicy.All }
        : {
            deliver_policy: DeliverPolicy.StartTime,
            opt_start_time: new Date(sinceMs).toISOString(),
          };
    await this.#manage((manager) =>
      manager.consumers.add(LOG_STREAM, {
        durable_name: name,
        filter_subject: room === null ? ROOMS : logSubjectOfRoom(room),
        ack_policy: AckPolicy.Explicit,
        // One at a time keeps the order: of several, those not acknowledged would come again after later ones.
        max_ack_pending: 1,
        ack_wait: nanos(ACK_WAIT_MS),
        replay_policy: ReplayPolicy.Instant,
        ...start,
      }),
    );
  }

  async list(): Promise<LogConsumer[]> {
    return this.#manage(async (manager) => {
      const found: LogConsumer[] = [];
      for await (const info of manager.consumers.list(LOG_STREAM)) {
        if (info.config.durable_name !== undefined) found.push(consumerOf(info));
      }
      return found;
    });
  }

  /** False when there is none. */
  async remove(name: string): Promise<boolean> {
    return this.#manage(async (manager) => {
      try {
        return await manager.consumers.delete(LOG_STREAM, name);
      } catch (error) {
        if (error instanceof NatsError && error.api_error?.err_code === NO_SUCH_CONSUMER)
          return false;
        throw error;
      }
    });
  }

  async #manage<T>(work: (manager: JetStreamManager) => Promise<T>): Promise<T> {
    const { nc, apiPrefix } = this.#bus;
    try {
      return await work(await nc.jetstreamManager({ apiPrefix }));
    } catch (cause) {
      if (!(cause instanceof NatsError)) throw cause;
      throw new BusError('STORE', cause.message, { cause });
    }
  }
}

function consumerOf(info: ConsumerInfo): LogConsumer {
  const { name, num_pending: waiting, num_ack_pending: unacknowledged } = info;
  const filter = info.config.filter_subject ?? '';
  const room = filter === ROOMS ? null : filter.slice(ROOMS.length - 1);
  return { name, room, waiting, unacknowledged };
}

const ROOMS = 'chatlog.room.>';
const ACK_WAIT_MS = 10_000;
const NO_SUCH_CONSUMER = 10014;
