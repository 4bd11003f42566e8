import { ErrorCode, type KV, type KvEntry, NatsError, StorageType } from 'nats';
import type { BusConnection } from './bus-connection.ts';
import { BusError, type BusErrorKind } from './bus-error.ts';

export interface BucketEntry {
  readonly key: string;
  readonly value: string;
  /** Passed to `update` to change exactly this value. */
  readonly revision: number;
}

/**
 * A JetStream key-value bucket of text. Keys are of `A-Z a-z 0-9 - _ . = /`, at most 256 characters;
 * the caller makes them from checked ids. Rejects with `BusError`.
 */
export class Bucket {
  readonly #bus: BusConnection;
  readonly #kv: KV;

  private constructor(bus: BusConnection, kv: KV) {
    this.#bus = bus;
    this.#kv = kv;
  }

  /** Opens a bucket, made if it is not there: file storage, one value per key, kept `ttlMs` or for ever. */
  static async open(
    bus: BusConnection,
    name: string,
    replicas: number,
    ttlMs = 0,
  ): Promise<Bucket> {
    const options = { history: 1, replicas, storage: StorageType.File, ttl: ttlMs };
    return new Bucket(bus, await wrap(bus, () => jetstreamOf(bus).views.kv(name, options)));
  }

  async get(key: string): Promise<BucketEntry | null> {
    return toEntry(await wrap(this.#bus, () => this.#kv.get(key)));
  }

  async put(key: string, value: string): Promise<number> {
    return wrap(this.#bus, () => this.#kv.put(key, value));
  }

  /** Puts a value where there is none; false when there is one. */
  async create(key: string, value: string): Promise<boolean> {
    return this.#unlessConflict(() => this.#kv.create(key, value));
  }

  /** Replaces the value of that revision; false when somebody else was first. */
  async update(key: string, value: string, revision: number): Promise<boolean> {
    return this.#unlessConflict(() => this.#kv.update(key, value, revision));
  }

  async delete(key: string): Promise<void> {
    await wrap(this.#bus, () => this.#kv.delete(key));
  }

  /** Every entry whose key begins with a dotted prefix: `id.` stands for all of `id.>`. */
  async entries(prefix = ''): Promise<BucketEntry[]> {
    const keys = await wrap(this.#bus, async () => {
      const found: string[] = [];
      for await (const key of await this.#kv.keys(`${prefix}>`)) found.push(key);
      return found;
    });
    const entries: (BucketEntry | null)[] = [];
    for (let from = 0; from < keys.length; from += PARALLEL_GETS) {
      const some = keys.slice(from, from + PARALLEL_GETS);
      entries.push(...(await Promise.all(some.map((key) => this.get(key)))));
    }
    // A key that was deleted meanwhile has no value any more.
    return entries.filter((entry) => entry !== null);
  }

  async #unlessConflict(write: () => Promise<number>): Promise<boolean> {
    try {
      await wrap(this.#bus, write);
      return true;
    } catch (error) {
      if (error instanceof BusError && error.kind === 'FENCED') return false;
      throw error;
    }
  }
}

function toEntry(entry: KvEntry | null): BucketEntry | null {
  if (entry === null || entry.operation !== 'PUT') return null;
  return { key: entry.key, value: entry.string(), revision: entry.revision };
}

function jetstreamOf({ nc, apiPrefix }: BusConnection) {
  return nc.jetstream({ apiPrefix });
}

// The client library's errors become ours here, once.
async function wrap<T>(bus: BusConnection, call: () => Promise<T>): Promise<T> {
  if (bus.status !== 'connected') throw new BusError('DISCONNECTED', 'NATS is away');
  bus.beginWriting();
  try {
    return await call();
  } catch (cause) {
    if (!(cause instanceof NatsError)) throw cause;
    const { api_error: api } = cause;
    if (WRONG_LAST_SEQUENCE.has(api?.err_code ?? 0)) {
      throw new BusError('FENCED', 'changed', { cause });
    }
    // A cluster without a leader for the moment answers so.
    if (api?.code === 503) throw new BusError('NO_RESPONDERS', api.description, { cause });
    if (api !== undefined) throw new BusError('STORE', api.description, { cause });
    throw new BusError(KINDS[cause.code] ?? 'STORE', cause.message, { cause });
  }
}

const KINDS: Readonly<Record<string, BusErrorKind>> = {
  [ErrorCode.NoResponders]: 'NO_RESPONDERS',
  [ErrorCode.Timeout]: 'TIMEOUT',
  [ErrorCode.ConnectionClosed]: 'DISCONNECTED',
  [ErrorCode.ConnectionDraining]: 'DISCONNECTED',
  [ErrorCode.ConnectionTimeout]: 'DISCONNECTED',
  [ErrorCode.Disconnect]: 'DISCONNECTED',
};
// 10164 is the same for a proposal that is still under way, on servers from 2.11.
const WRONG_LAST_SEQUENCE: ReadonlySet<number> = new Set([10071, 10164]);
const PARALLEL_GETS = 64;
