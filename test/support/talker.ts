import { setTimeout as pause } from 'node:timers/promises';
import { connectWeb, type WebClient } from './web-client.ts';

export interface Acknowledged {
  readonly id: string;
  readonly seq: number;
}

export interface TalkerOptions {
  /** A relay's port, or who says at each connection which relay to take. */
  readonly port: number | (() => number);
  /** How long one message may take. */
  readonly healWithinMs: number;
  readonly room: string;
  /** The login command's fields. A guest logs in again with the token of the first time. */
  readonly login: Readonly<Record<string, string>>;
}

/**
 * A web client that says things until they are stored: the same id again, on a new connection if need
 * be, as every client should.
 */
export class Talker {
  readonly #options: TalkerOptions;
  #login: Readonly<Record<string, string>>;
  #client: WebClient | null = null;

  constructor(
    port: number | (() => number),
    healWithinMs: number,
    more: Partial<TalkerOptions> = {},
  ) {
    const login = { user: 'ann', password: 'ann' };
    this.#options = { port, healWithinMs, room: '1', login, ...more };
    this.#login = this.#options.login;
  }

  /** Says so many things in its room, one after the other; rejects when one is not stored in time. */
  async say(name: string, messages: number): Promise<Acknowledged[]> {
    const acknowledged: Acknowledged[] = [];
    for (let number = 0; number < messages; number += 1) {
      const id = `${name}-${number}`;
      acknowledged.push({ id, seq: await this.#sayUntilStored(id) });
    }
    return acknowledged;
  }

  /** Which of these the log has, in its order, as often as it has them. */
  async stored(of: readonly Acknowledged[]): Promise<Acknowledged[]> {
    const reader = await this.#enter({ user: 'mod', password: 'mod' });
    const found = await storedIn(reader, this.#options.room, of);
    reader.close();
    return found;
  }

  close(): void {
    this.#client?.close();
  }

  async #sayUntilStored(id: string): Promise<number> {
    const { healWithinMs, room } = this.#options;
    const deadline = performance.now() + healWithinMs;
    while (performance.now() < deadline) {
      try {
        this.#client ??= await this.#enter(this.#login);
        const reply = await this.#client.request({ type: 'say', room, text: id, id });
        if (reply['type'] === 'said') return Number(reply['seq']);
        if (reply['code'] === 'NOT_IN_ROOM') await this.#client.request({ type: 'join', room });
      } catch {
        // The connection is gone: the next turn makes another.
        this.#client?.close();
        this.#client = null;
        await pause(50);
      }
    }
    throw new Error(`${id} was not stored within ${healWithinMs} ms`);
  }

  async #enter(login: Readonly<Record<string, string>>): Promise<WebClient> {
    const { port, room } = this.#options;
    const client = await connectWeb(typeof port === 'number' ? port : port());
    const welcome = await client.request({ type: 'login', ...login });
    const replies = [welcome, await client.request({ type: 'join', room })];
    const refused = replies.find(({ type }) => type === 'error');
    if (refused !== undefined) {
      client.close();
      throw new Error(`refused with ${refused['code']}`);
    }
    // A guest's name is taken from now on, also for the guest.
    if ('guest' in login) this.#login = { token: String(welcome['session']) };
    return client;
  }
}

/** Which of these messages the log of a room has, in its order, as often as it has them. */
export async function storedIn(
  reader: WebClient,
  room: string,
  of: readonly Acknowledged[],
): Promise<Acknowledged[]> {
  const ids = new Set(of.map(({ id }) => id));
  const found: Acknowledged[] = [];
  let after = 0;
  for (let more = true; more; ) {
    const page = await reader.request({ type: 'history', room, after, limit: 200 });
    const events = page['events'] as (Acknowledged & { type: string })[];
    found.push(...events.filter(({ type, id }) => type === 'message.posted' && ids.has(id)));
    after = events.at(-1)?.seq ?? after;
    more = page['more'] === true;
  }
  return found.map(({ id, seq }) => ({ id, seq }));
}
