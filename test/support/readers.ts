import { setTimeout as pause } from 'node:timers/promises';
import { connectLegacy, type LegacyClient } from './legacy-client.ts';
import { connectWeb, type WebClient } from './web-client.ts';

interface ReaderOptions {
  /** Which relay to take, asked at each connection. */
  readonly port: () => number;
  readonly user: string;
  readonly room: string;
}

export interface ReadEvent {
  readonly type: string;
  readonly id: string;
  readonly seq: number;
  readonly prev: number;
}

/** A web client that reads a room, and comes back with `after` as often as its connection ends. */
export class WebReader {
  readonly events: ReadEvent[] = [];
  /** How often it came back, and whether the relay could say everything that was missed. */
  readonly recovered: boolean[] = [];
  readonly #options: ReaderOptions;
  #client: WebClient | null = null;
  #ended = false;

  private constructor(options: ReaderOptions) {
    this.#options = options;
  }

  static async enter(options: ReaderOptions): Promise<WebReader> {
    const reader = new WebReader(options);
    await reader.#connect();
    return reader;
  }

  close(): void {
    this.#ended = true;
    this.#client?.close();
  }

  async #connect(): Promise<void> {
    const { port, user, room } = this.#options;
    const client = await connectWeb(port());
    client.socket.on('message', (data: Buffer) => this.#note(JSON.parse(data.toString())));
    // Owner of this promise: the reader; it comes back until it is closed.
    void client.closed.then(() => this.#comeBack());
    this.#client = client;
    await client.request({ type: 'login', user, password: user });
    const after = this.events.at(-1)?.seq;
    const joined = await client.request({
      type: 'join',
      room,
      ...(after === undefined ? {} : { after }),
    });
    if (joined['type'] !== 'joined') client.close();
    else if (after !== undefined) this.recovered.push(joined['recovered'] === true);
  }

  async #comeBack(): Promise<void> {
    if (this.#ended) return;
    await pause(50);
    await this.#connect().catch(() => this.#comeBack());
  }

  #note(message: Partial<ReadEvent> & { n?: number }): void {
    const { type, id, seq, prev, n } = message;
    if (type === undefined || id === undefined || seq === undefined || prev === undefined) return;
    if (n !== undefined) this.events.push({ type, id, seq, prev });
  }
}

/** A client of 2004 that is in a room, and logs in again as often as its connection ends. */
export class LegacyReader {
  /** What people said, in the order in which it came. */
  readonly texts: string[] = [];
  /** Lines of the system. */
  readonly lines: string[] = [];
  readonly #options: ReaderOptions & { readonly password: string };
  #client: LegacyClient | null = null;
  #ended = false;

  private constructor(options: ReaderOptions & { password: string }) {
    this.#options = options;
  }

  static async enter(options: ReaderOptions & { password: string }): Promise<LegacyReader> {
    const reader = new LegacyReader(options);
    await reader.#connect();
    return reader;
  }

  close(): void {
    this.#ended = true;
    this.#client?.close();
  }

  async #connect(): Promise<void> {
    const { port, user, password, room } = this.#options;
    const client = await connectLegacy(port());
    // Owner of this promise: the reader; it comes back until it is closed.
    void client.closed.then(() => this.#comeBack());
    this.#client = client;
    client.send(`<login u="${user}" p="${password}" />`);
    const answer = await client.next();
    if (!answer.startsWith('<login ok="1"')) {
      client.close();
      return;
    }
    await client.until('<rooms>');
    client.send(`<room id="${room}" />`);
    await client.until('<users');
    // Owner of this promise: the reader; it ends with the connection.
    void this.#read(client).catch(() => undefined);
  }

  async #comeBack(): Promise<void> {
    if (this.#ended) return;
    await pause(50);
    await this.#connect().catch(() => this.#comeBack());
  }

  async #read(client: LegacyClient): Promise<void> {
    for (;;) {
      const said = /^<msg from_id="(\d+)">(.*)<\/msg>$/.exec(await client.next());
      if (said?.[2] !== undefined) (said[1] === '0' ? this.lines : this.texts).push(said[2]);
    }
  }
}
