import type { Refusal } from '../../src/domain/refusals.ts';
import type { Connection, ConnectionHandler } from '../../src/transports/connection.ts';
import { MainListener, type MainListenerOptions } from '../../src/transports/main-listener.ts';
import { Inbox } from './inbox.ts';

/** What a connection told its handler, in order: frames as text, refusals as their code. */
export class Heard implements ConnectionHandler {
  readonly frames = new Inbox<string>();
  readonly refusals = new Inbox<string>();
  readonly log: string[] = [];
  readonly closed: Promise<void>;
  #onClosed: () => void = () => undefined;

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
  }

  onFrame(frame: Buffer): void {
    this.log.push(`frame ${frame.length}`);
    this.frames.put(frame.toString());
  }

  onRefusal({ code }: Refusal): void {
    this.log.push(code);
    this.refusals.put(code);
  }

  onClosed(): void {
    this.log.push('closed');
    this.#onClosed();
  }
}

export interface Accepted {
  readonly connection: Connection;
  readonly heard: Heard;
}

const DEFAULTS: MainListenerOptions = {
  host: '127.0.0.1',
  port: 0,
  policyPort: null,
  accepts: ['policy', 'xml', 'http', 'ws', 'xmlsocket'],
  allowedOrigins: [],
  trustedProxies: [],
  policy: { domains: ['*'], ports: [], masterOnly: false },
  connectionsMax: 100,
  sniffTimeoutMs: 10_000,
  frameMaxBytes: 32_768,
  frameTimeoutMs: 10_000,
  closeTimeoutMs: 2000,
  keepAliveMs: 60_000,
  pingIntervalMs: 30_000,
  sendTimeoutMs: 30_000,
};

/** A main listener on a free port, with somebody who hears every connection out. */
export class TestListener {
  readonly connections = new Inbox<Accepted>();
  readonly refused = new Inbox<string>();
  policyRequests = 0;
  port = 0;
  policyPort: number | null = null;
  readonly #all: Connection[] = [];
  readonly #main: MainListener;

  private constructor(options: Partial<MainListenerOptions>) {
    this.#main = new MainListener(
      { ...DEFAULTS, ...options },
      {
        newId: () => `c${this.#all.length}`,
        onSocket: () => () => undefined,
        onConnection: (connection) => {
          const heard = new Heard();
          this.#all.push(connection);
          connection.start(heard);
          this.connections.put({ connection, heard });
        },
        onPolicyRequest: () => {
          this.policyRequests += 1;
        },
        onRefused: (reason) => this.refused.put(reason),
      },
    );
  }

  static async open(options: Partial<MainListenerOptions> = {}): Promise<TestListener> {
    const listener = new TestListener(options);
    Object.assign(listener, await listener.#main.listen());
    return listener;
  }

  /** Accepts nothing more. */
  shut(): void {
    this.#main.close();
  }

  close(): void {
    this.shut();
    for (const connection of this.#all) connection.destroy();
  }
}
