import { setTimeout as pause } from 'node:timers/promises';
import { type ClientParts, endpointFor, type TortureClient } from './client.ts';
import type { HeardRoom, Seam } from './journal.ts';
import { Keeper } from './keeper.ts';
import { markIn, markOfAttempt, textOf } from './marks.ts';
import { escapeXml, type XmlFrame } from './xml-frames.ts';
import { XmlLink } from './xml-link.ts';

/**
 * A client on the compact dialect. Its echo is what acknowledges a say (protocol.md §3.1). One that was
 * not echoed may have been stored: once the client is in its room again and still has not heard it, it
 * says it anew under another mark, as another message.
 */
export class XmlClient implements TortureClient {
  readonly #parts: ClientParts;
  readonly #keeper: Keeper<XmlLink>;
  readonly #room: string;
  /** How the connection before this one ended; null before the first end. */
  #before: Omit<Seam, 'backAt'> | null = null;
  #isNew = true;

  constructor(parts: ClientParts) {
    const [room = ''] = parts.rooms;
    this.#parts = parts;
    this.#room = room;
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
    const { journal } = this.#parts;
    const marks: string[] = [];
    const echoed = () => marks.find((attempt) => journal.room(room).has(attempt));
    while (echoed() === undefined) {
      const link = await this.#keeper.ready();
      if (link === null) return;
      // What came while the client got into its room may have had the echo.
      if (echoed() !== undefined) break;
      const attempt = markOfAttempt(mark, marks.length + 1);
      marks.push(attempt);
      await this.#sayOnce(link, room, attempt, words);
    }
    const acknowledged = echoed();
    if (acknowledged !== undefined) journal.acknowledge({ room, mark: acknowledged, seq: null });
  }

  // Resolves when it was echoed or refused, or the connection ended, or nothing came for long.
  async #sayOnce(link: XmlLink, room: string, mark: string, words: string): Promise<void> {
    const { account, journal, now } = this.#parts;
    const text = textOf(mark, words);
    journal.sent({ room, mark, text, sentMs: now() });
    const answer = link.until(
      ({ name, text: said }) => name === 'error' || (name === 'msg' && markIn(said) === mark),
    );
    link.send(`<msg from_id="${account.id}" room_id="${room}">${escapeXml(text)}</msg>`);
    const frame = await answer;
    if (frame?.name !== 'error') return;
    if (frame.attributes['code'] === 'NOT_IN_ROOM') await this.#enter(link);
    await pause(AGAIN_MS);
  }

  async #open(attempt: number): Promise<XmlLink> {
    const { account, patienceMs, journal } = this.#parts;
    const endpoint = endpointFor(this.#parts, attempt);
    this.#isNew = true;
    const link = await XmlLink.open(endpoint, (frame) => this.#hear(frame), patienceMs);
    // Owner of this promise: the link, which ends at last.
    void link.ended.then(() => this.#noteEnd(link));
    const answer = link.until(({ name }) => name === 'login' || name === 'error');
    link.send(`<login u="${account.name}" p="${account.password}" />`);
    const isIn = (await answer)?.attributes['ok'] === '1' && (await this.#enter(link));
    if (!isIn) {
      link.destroy();
      throw new Error('not let in');
    }
    journal.connections += 1;
    return link;
  }

  // Commands are done in their order: once the pong is here, all that came with the entering is.
  async #enter(link: XmlLink): Promise<boolean> {
    const answer = link.until(({ name }) => name === 'users' || name === 'error');
    const pong = link.until(({ name }) => name === 'pong', 2 * this.#parts.patienceMs);
    link.send(`<room id="${this.#room}" uid="${this.#parts.account.id}">`);
    link.send('<ping />');
    const entered = (await answer)?.name === 'users';
    return (await pong) !== null && entered;
  }

  #hear(frame: XmlFrame): void {
    const room = this.#parts.journal.room(this.#room);
    if (frame.name === 'users') this.#noteEntering(room);
    if (frame.name !== 'msg') return;
    const { text } = frame;
    if (frame.attributes['from_id'] === '0') {
      if (text.startsWith(LEFT_OUT)) room.leftOut();
      return;
    }
    room.hear({ atMs: this.#parts.now(), seq: null, mark: markIn(text), text });
  }

  #noteEnd({ ending }: XmlLink): void {
    if (this.#isNew) return;
    this.#before = { ending, endedAt: Date.now(), endedMs: this.#parts.now() };
  }

  // On the same connection it is only told the members anew.
  #noteEntering(room: HeardRoom): void {
    if (!this.#isNew) return;
    this.#isNew = false;
    room.entered(null, true);
    if (this.#before !== null) room.cameBack({ ...this.#before, backAt: Date.now() });
  }
}

const AGAIN_MS = 100;
// protocol.md §6.1
const LEFT_OUT = '*Some of what was said';
