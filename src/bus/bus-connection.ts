import {
  type ConnectionOptions,
  connect,
  DebugEvents,
  ErrorCode,
  Events,
  type NatsConnection,
  NatsError,
  type PublishOptions,
} from 'nats';
import { BusError } from './bus-error.ts';
import { type BusLogin, loginOfUserInfo, loginOptions } from './bus-login.ts';
import { socketOf, WriteTurn } from './write-turn.ts';

export interface BusConnectionOptions {
  /**
   * `[nats://][user:password@|token@]host:port`, several separated by commas. The first that has
   * credentials gives them for all.
   */
  readonly url: string;
  /** Goes before what the addresses say. */
  readonly login?: BusLogin | null;
  /** The prefix of the subjects of JetStream's API; another than `$JS.API` in an account that imports it. */
  readonly apiPrefix?: string;
  /** Shown by the server's monitoring. */
  readonly name: string;
  readonly reconnectWaitMs: number;
  /** How long the first connection may take. */
  readonly connectTimeoutMs?: number;
}

export type BusStatus = 'connected' | 'disconnected' | 'closed';

/**
 * The one connection of a process to NATS, with what the client library leaves to its user: whether
 * it is connected now (it silently drops what is published while it is not) and when that changes.
 *
 * It reconnects for ever. `close` drains: subscriptions end, what was published is flushed.
 */
export class BusConnection {
  readonly nc: NatsConnection;
  readonly apiPrefix: string;
  #status: BusStatus = 'connected';
  readonly #turn: WriteTurn;
  readonly #listeners = new Set<(status: BusStatus) => void>();
  readonly #errorListeners = new Set<(problem: string) => void>();

  constructor(nc: NatsConnection, apiPrefix = '$JS.API') {
    this.nc = nc;
    this.apiPrefix = apiPrefix;
    this.#turn = new WriteTurn(() => socketOf(nc));
    // Owner of this promise: the connection itself; the iterator ends when the connection closes.
    void this.#follow();
    void nc.closed().then(() => this.#set('closed'));
  }

  static async open(options: BusConnectionOptions): Promise<BusConnection> {
    try {
      return new BusConnection(await connect(connectionOptions(options)), options.apiPrefix);
    } catch (cause) {
      const where = options.url
        .split(',')
        .map((server) => server.trim().replace(USER_INFO, '$1'))
        .join(',');
      throw new BusError('DISCONNECTED', `NATS at ${where} cannot be reached: ${reason(cause)}`, {
        cause,
      });
    }
  }

  get status(): BusStatus {
    return this.#status;
  }

  get serverVersion(): string {
    return this.nc.info?.version ?? 'unknown';
  }

  /** Returns a function that ends the listening. */
  onStatus(listener: (status: BusStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What the server complains about out of turn: a denied publish, a slow consumer. */
  onProblem(listener: (problem: string) => void): void {
    this.#errorListeners.add(listener);
  }

  /** Resolves when connected; rejects with `DISCONNECTED` when that takes longer than `waitMs`. */
  async whenConnected(waitMs: number): Promise<void> {
    if (this.#status === 'connected') return;
    await new Promise<void>((resolve, reject) => {
      const settle = (outcome: () => void) => {
        clearTimeout(timer);
        stop();
        outcome();
      };
      const timer = setTimeout(
        () => settle(() => reject(new BusError('DISCONNECTED', 'NATS is away'))),
        waitMs,
      );
      const stop = this.onStatus((status) => {
        if (status === 'connected') settle(resolve);
        if (status === 'closed') {
          settle(() => reject(new BusError('DISCONNECTED', 'the connection to NATS is closed')));
        }
      });
    });
  }

  /**
   * Publishes now. Throws `BusError`: `STORE` for a message that is longer than the server takes,
   * `DISCONNECTED` when the connection is closing. While it is only lost, nothing is thrown and the
   * message is lost, too: `status` tells.
   */
  publish(subject: string, payload: Uint8Array | string, options?: PublishOptions): void {
    this.beginWriting();
    try {
      this.nc.publish(subject, payload, options);
    } catch (cause) {
      if (!(cause instanceof NatsError)) throw cause;
      const kind = cause.code === ErrorCode.MaxPayloadExceeded ? 'STORE' : 'DISCONNECTED';
      throw new BusError(kind, cause.message, { cause });
    }
  }

  /** Something will be published in this turn of the event loop: it goes out with the others at its end. */
  beginWriting(): void {
    this.#turn.begin();
  }

  /** Resolves when the server has taken all that was sent, subscriptions included, or NATS is away. */
  async flush(): Promise<void> {
    await this.nc.flush().catch(() => undefined);
  }

  async close(): Promise<void> {
    if (this.nc.isClosed()) return;
    if (this.#status === 'connected') await this.#drainWithin(DRAIN_MAX_MS);
    await this.nc.close();
  }

  // A server that has stopped answering must not keep a process from ending.
  async #drainWithin(waitMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, waitMs);
    });
    // A connection that is lost meanwhile has nothing left to drain.
    await Promise.race([this.nc.drain().catch(() => undefined), late]);
    clearTimeout(timer);
  }

  async #follow(): Promise<void> {
    for await (const { type, data } of this.nc.status()) {
      if (type === Events.Disconnect) this.#set('disconnected');
      else if (type === Events.Reconnect) this.#set('connected');
      else if (type === Events.Error || type === DebugEvents.StaleConnection) {
        for (const listener of this.#errorListeners) listener(`${type}: ${String(data)}`);
      }
    }
  }

  #set(status: BusStatus): void {
    if (status === this.#status || this.#status === 'closed') return;
    this.#status = status;
    for (const listener of [...this.#listeners]) listener(status);
  }
}

function connectionOptions(options: BusConnectionOptions): ConnectionOptions {
  const servers = options.url.split(',').map((part) => part.trim());
  const [userInfo = ''] = servers.flatMap((server) => USER_INFO.exec(server)?.[2] ?? []);
  return {
    servers: servers.map((server) => server.replace(USER_INFO, '$1')),
    name: options.name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: options.reconnectWaitMs,
    reconnectJitter: 50,
    timeout: options.connectTimeoutMs ?? 5000,
    pingInterval: 10_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    ...(options.login ? loginOptions(options.login) : loginOfUserInfo(userInfo)),
  };
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

// Scheme, then what stands before the last @: a password may have one, too.
const USER_INFO = /^(\w+:\/\/)?(.*)@/;
const DRAIN_MAX_MS = 3000;
