import { setTimeout as pause } from 'node:timers/promises';
import { connectWeb, type WebClient } from './web-client.ts';

export interface Acknowledged {
  readonly id: string;
  readonly seq: number;
}

/**
 * A web client that says things until they are stored: the same id again, on a new connection if need
 * be, as every client should.
 */
export class Talker {
  readonly #port: number;
  readonly #healWithinMs: number;
  #client: WebClient | null = null;

  constructor(port: number, healWithinMs: number) {
    this.#port = port;
    this.#healWithinMs = healWithinMs;
  }

  /** Says so many things in room 1, one after the other; rejects when one is not stored in time. */
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
    const ids = new Set(of.map(({ id }) => id));
    const reader = await enterRoom(this.#port, 'mod');
    const found: Acknowledged[] = [];
    let after = 0;
    for (let more = true; more; ) {
      const page = await reader.request({ type: 'history', room: '1', after, limit: 200 });
      const events = page['events'] as (Acknowledged & { type: string })[];
      found.push(...events.filter(({ type, id }) => type === 'message.posted' && ids.has(id)));
      after = events.at(-1)?.seq ?? after;
      more = page['more'] === true;
    }
    reader.close();
    return found.map(({ id, seq }) => ({ id, seq }));
  }

  close(): void {
    this.#client?.close();
  }

  async #sayUntilStored(id: string): Promise<number> {
    const deadline = performance.now() + this.#healWithinMs;
    while (performance.now() < deadline) {
      try {
        this.#client ??= await enterRoom(this.#port, 'ann');
        const reply = await this.#client.request({ type: 'say', room: '1', text: id, id });
        if (reply['type'] === 'said') return Number(reply['seq']);
        if (reply['code'] === 'NOT_IN_ROOM')
          await this.#client.request({ type: 'join', room: '1' });
      } catch {
        // The connection is gone: the next turn makes another.
        this.#client?.close();
        this.#client = null;
        await pause(50);
      }
    }
    throw new Error(`${id} was not stored within ${this.#healWithinMs} ms`);
  }
}

async function enterRoom(port: number, user: string): Promise<WebClient> {
  const client = await connectWeb(port);
  const replies = [
    await client.request({ type: 'login', user, password: user }),
    await client.request({ type: 'join', room: '1' }),
  ];
  const refused = replies.find(({ type }) => type === 'error');
  if (refused === undefined) return client;
  client.close();
  throw new Error(`refused with ${refused['code']}`);
}
