import { setTimeout as pause } from 'node:timers/promises';
import { type ClientParts, endpointFor, type TortureClient } from './client.ts';
import { Keeper } from './keeper.ts';
import { markIn, textOf } from './marks.ts';
import { WebLink, type WebMessage } from './web-link.ts';

/**
 * A client on JSON. After a cut it joins each room with `after`, and says what was not acknowledged
 * again under the same id (protocol.md §4.2, §4.3).
 */
export class WebClient implements TortureClient {
  readonly #parts: ClientParts;
  readonly #keeper: Keeper<WebLink>;
  #session: string | null = null;

  constructor(parts: ClientParts) {
    this.#parts = parts;
    this.#keeper = new Keeper((attempt) => this.#open(attempt));
  }

  start(): void {
    this.#keeper.start();
  }

  ready(): Promise<unknown> {
    return this.#keeper.ready();
  }

  cut(): void {
    this.#keeper.cut();
  }

  async stall(): Promise<void> {
    (await this.#keeper.ready())?.stall();
  }

  stop(): Promise<void> {
    return this.#keeper.stop();
  }

  async say(room: string, mark: string, words: string): Promise<void> {
    const { journal, now } = this.#parts;
    const text = textOf(mark, words);
    for (;;) {
      const link = await this.#keeper.ready();
      if (link === null) return;
      journal.sent({ room, mark, text, sentMs: now() });
      const reply = await link.request({ type: 'say', room, text, id: mark }).catch(() => null);
      if (reply?.type === 'said') {
        journal.acknowledge({ room, mark, seq: reply.seq ?? null });
        return;
      }
      // The connection hears the room all the while: what it missed is nothing.
      if (reply?.code === 'NOT_IN_ROOM')
        await link.request({ type: 'join', room }).catch(() => null);
      else await pause(AGAIN_MS);
    }
  }

  async #open(attempt: number): Promise<WebLink> {
    const { patienceMs, rooms, journal } = this.#parts;
    const endpoint = endpointFor(this.#parts, attempt);
    const link = await WebLink.open(endpoint, (message) => this.#hear(message), patienceMs);
    try {
      await this.#logIn(link);
      for (const room of rooms) await this.#join(link, room);
    } catch (error) {
      link.destroy();
      throw error;
    }
    journal.connections += 1;
    return link;
  }

  async #logIn(link: WebLink): Promise<void> {
    const { name: user, password } = this.#parts.account;
    const session = this.#session;
    const credentials = session === null ? { user, password } : { session };
    const reply = await link.request({ type: 'login', ...credentials });
    if (reply.code === 'LOGIN_FAILED') this.#session = null;
    if (reply.type !== 'welcome') throw new Error(`login refused with ${reply.code}`);
    this.#session = reply.session ?? null;
  }

  async #join(link: WebLink, room: string): Promise<void> {
    const { lastSeq } = this.#parts.journal.room(room);
    const after = lastSeq === null ? {} : { after: lastSeq };
    const reply = await link.request({ type: 'join', room, ...after });
    if (reply.type !== 'joined') throw new Error(`join refused with ${reply.code}`);
  }

  #hear(message: WebMessage): void {
    const { type, room: id, seq, prev, text = null, recovered = true } = message;
    if (id === undefined || seq === undefined) return;
    const room = this.#parts.journal.room(id);
    if (type === 'joined') room.entered(seq, recovered);
    // Replies have a sequence, too, but name no event before it.
    if (prev === undefined) return;
    const mark = text === null ? null : markIn(text);
    room.hear({ atMs: this.#parts.now(), seq, mark, text }, prev);
  }
}

const AGAIN_MS = 100;
