import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Endpoint } from './client.ts';
import type { Ending } from './journal.ts';
import type { Link } from './keeper.ts';
import { Pulse } from './pulse.ts';
import { readXmlFrame, type XmlFrame } from './xml-frames.ts';

interface Waiting {
  readonly isIt: (frame: XmlFrame) => boolean;
  readonly resolve: (frame: XmlFrame | null) => void;
}

/** One connection on null-terminated XML. */
export class XmlLink implements Link {
  readonly #socket: Socket;
  readonly #onFrame: (frame: XmlFrame) => void;
  readonly #patienceMs: number;
  readonly #pulse: Pulse;
  readonly ended: Promise<void>;
  #ending: Ending = 'broken';
  #waiting: Waiting[] = [];
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, onFrame: (frame: XmlFrame) => void, patienceMs: number) {
    this.#socket = socket;
    this.#onFrame = onFrame;
    this.#patienceMs = patienceMs;
    this.#pulse = new Pulse({
      patienceMs,
      ask: () => this.send('<ping />'),
      giveUp: () => this.destroy(),
    });
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.ended = new Promise((resolve) => {
      socket.once('close', (hadError: boolean) => {
        if (hadError) this.#ending = 'broken';
        this.#end();
        resolve();
      });
    });
  }

  /** Rejects when there is no connection within `patienceMs`. `onFrame` gets every frame, in its order. */
  static async open(
    { host, port }: Endpoint,
    onFrame: (frame: XmlFrame) => void,
    patienceMs: number,
  ): Promise<XmlLink> {
    const socket = connect(port, host);
    // A close follows: that is what is listened to.
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
    const link = new XmlLink(socket, onFrame, patienceMs);
    const opened = once(socket, 'connect').then(() => true);
    if (await Promise.race([opened, link.ended.then(() => false)])) return link;
    throw new Error('no connection');
  }

  send(frame: string): void {
    // What cannot be sent is not answered: the close says so.
    if (!this.#socket.writableEnded) this.#socket.write(`${frame}\0`);
  }

  /** The next frame for which `isIt` is true; null when the connection ended or none came in time. */
  until(isIt: (frame: XmlFrame) => boolean, withinMs = this.#patienceMs): Promise<XmlFrame | null> {
    if (this.#socket.destroyed) return Promise.resolve(null);
    return new Promise((settle) => {
      const resolve = (frame: XmlFrame | null) => {
        clearTimeout(timer);
        this.#waiting = this.#waiting.filter((other) => other !== waiting);
        settle(frame);
      };
      const waiting = { isIt, resolve };
      const timer = setTimeout(() => resolve(null), withinMs);
      this.#waiting.push(waiting);
    });
  }

  /** From now on nothing is read. */
  stall(): void {
    this.#pulse.stop();
    this.#socket.pause();
  }

  /** How it ended, once it has. */
  get ending(): Ending {
    return this.#ending;
  }

  /** Ends the half of it that can be sent on; what the relay has written is still read. */
  cut(): void {
    this.#ending = 'cut';
    this.#socket.end();
    const timer = setTimeout(() => this.destroy(), CUT_MAX_MS);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  destroy(): void {
    this.#ending = 'gave-up';
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#pulse.heard();
    const bytes = Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, from)) {
      this.#take(bytes.toString('utf8', from, end));
      from = end + 1;
    }
    this.#rest = bytes.subarray(from);
  }

  #take(text: string): void {
    const frame = readXmlFrame(text);
    if (frame === null) return;
    if (FAREWELLS.has(frame.attributes['code'] ?? '')) this.#ending = 'told';
    this.#onFrame(frame);
    for (const { isIt, resolve } of [...this.#waiting]) {
      if (isIt(frame)) resolve(frame);
    }
  }

  #end(): void {
    this.#pulse.stop();
    for (const { resolve } of [...this.#waiting]) resolve(null);
  }
}

const CUT_MAX_MS = 1000;
// Refusals after which the relay closes (protocol.md §8) and that a torture client may meet.
const FAREWELLS: ReadonlySet<string> = new Set(['SHUTTING_DOWN', 'SLOW_READER', 'FLOODING']);
