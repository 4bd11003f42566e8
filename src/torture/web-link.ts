import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Endpoint } from './client.ts';
import type { Link } from './keeper.ts';
import { Pulse } from './pulse.ts';

/** What a torture client reads of a message; protocol.md §4. */
const webMessage = z.object({
  type: z.string(),
  ref: z.number().optional(),
  code: z.string().optional(),
  room: z.string().optional(),
  seq: z.number().optional(),
  prev: z.number().optional(),
  text: z.string().optional(),
  session: z.string().optional(),
  recovered: z.boolean().optional(),
});
export type WebMessage = z.infer<typeof webMessage>;

interface Waiting {
  readonly resolve: (reply: WebMessage) => void;
  readonly reject: (why: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One connection on JSON over WebSocket. */
export class WebLink implements Link {
  readonly #ws: WebSocket;
  readonly #patienceMs: number;
  readonly #waiting = new Map<number, Waiting>();
  readonly #pulse: Pulse;
  readonly ended: Promise<void>;
  #ref = 0;

  private constructor(ws: WebSocket, onMessage: (message: WebMessage) => void, patienceMs: number) {
    this.#ws = ws;
    this.#patienceMs = patienceMs;
    this.#pulse = new Pulse({
      patienceMs,
      ask: () => this.#send({ type: 'ping' }),
      giveUp: () => this.destroy(),
    });
    ws.on('message', (data: Buffer) => {
      this.#pulse.heard();
      const message = webMessage.parse(JSON.parse(data.toString()));
      onMessage(message);
      this.#settle(message);
    });
    this.ended = new Promise((resolve) => {
      ws.once('close', () => {
        this.#end();
        resolve();
      });
    });
  }

  /** Rejects when there is no connection within `patienceMs`. `onMessage` gets everything, in its order. */
  static async open(
    { host, port }: Endpoint,
    onMessage: (message: WebMessage) => void,
    patienceMs: number,
  ): Promise<WebLink> {
    const shown = host.includes(':') ? `[${host}]` : host;
    const ws = new WebSocket(`ws://${shown}:${port}/ws`, { handshakeTimeout: patienceMs });
    // A close follows: that is what is listened to.
    ws.on('error', () => undefined);
    const link = new WebLink(ws, onMessage, patienceMs);
    const opened = once(ws, 'open').then(() => true);
    if (await Promise.race([opened, link.ended.then(() => false)])) return link;
    throw new Error('no connection');
  }

  /** Resolves with the reply; rejects, and the connection ends, when none comes in time. */
  request(command: object): Promise<WebMessage> {
    this.#ref += 1;
    const ref = this.#ref;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.destroy(), this.#patienceMs);
      this.#waiting.set(ref, { resolve, reject, timer });
      this.#send({ ...command, ref });
    });
  }

  /** From now on nothing is read. */
  stall(): void {
    this.#pulse.stop();
    this.#ws.pause();
  }

  cut(): void {
    this.destroy();
  }

  destroy(): void {
    this.#ws.terminate();
  }

  #send(command: object): void {
    // What cannot be sent is not answered: the close says so.
    if (this.#ws.readyState === WebSocket.OPEN)
      this.#ws.send(JSON.stringify(command), () => undefined);
  }

  #settle(message: WebMessage): void {
    const waiting = message.ref === undefined ? undefined : this.#waiting.get(message.ref);
    if (message.ref === undefined || waiting === undefined) return;
    this.#waiting.delete(message.ref);
    clearTimeout(waiting.timer);
    waiting.resolve(message);
  }

  #end(): void {
    this.#pulse.stop();
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(new Error('the connection ended'));
    }
    this.#waiting.clear();
  }
}
