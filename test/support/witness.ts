import { connectWeb, type WebClient, type WebMessage } from './web-client.ts';

export interface Witnessed {
  readonly type: string;
  readonly id: string;
  readonly seq: number;
  readonly prev: number;
  readonly n: number;
}

/** A web client that is in some rooms and writes down every event it hears there. */
export class Witness {
  readonly client: WebClient;
  readonly #heard = new Map<string, Witnessed[]>();

  private constructor(client: WebClient) {
    this.client = client;
    client.socket.on('message', (data: Buffer) => this.#note(JSON.parse(data.toString())));
  }

  /** Enters the rooms one after the other; what is heard from then on is written down. */
  static async enter(port: number, user: string, rooms: readonly string[]): Promise<Witness> {
    const witness = new Witness(await connectWeb(port));
    await witness.client.request({ type: 'login', user, password: user });
    for (const room of rooms) {
      const joined = await witness.client.request({ type: 'join', room });
      if (joined['type'] !== 'joined') throw new Error(`not in ${room}: ${JSON.stringify(joined)}`);
    }
    return witness;
  }

  heardIn(room: string): readonly Witnessed[] {
    return this.#heard.get(room) ?? [];
  }

  /** What it heard in a room and is no message: who came and went. */
  movesIn(room: string): string[] {
    return this.heardIn(room)
      .filter(({ type }) => type !== 'message.posted')
      .map(({ type, seq }) => `${type} ${seq}`);
  }

  /** Events that do not follow the one before them: a gap, a double, or another order. */
  breaksIn(room: string): Witnessed[] {
    return this.heardIn(room).filter((event, index, all) => {
      const before = all[index - 1];
      return before !== undefined && (event.prev !== before.seq || event.n !== before.n + 1);
    });
  }

  /** Begins with an empty page. */
  forget(): void {
    this.#heard.clear();
  }

  close(): void {
    this.client.close();
  }

  #note(message: WebMessage & Partial<Witnessed> & { room?: string }): void {
    const { room, type, id = '', seq = 0, prev = 0, n } = message;
    // Replies have no number.
    if (room === undefined || n === undefined || type === undefined) return;
    const heard = this.#heard.get(room) ?? [];
    heard.push({ type, id, seq, prev, n });
    this.#heard.set(room, heard);
  }
}
