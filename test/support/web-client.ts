import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Inbox } from './inbox.ts';

export type WebMessage = Readonly<Record<string, unknown>>;

/** A web client: JSON objects over WebSocket, and nothing of the product's own code. */
export class WebClient {
  readonly #ws: WebSocket;
  readonly #inbox = new Inbox<WebMessage>();
  readonly #replies = new Inbox<WebMessage>();
  readonly closed: Promise<{ code: number; reason: string }>;
  #ref = 0;

  constructor(ws: WebSocket) {
    this.#ws = ws;
    ws.on('message', (data: Buffer) => {
      const message: WebMessage = JSON.parse(data.toString());
      const isReply = typeof message['ref'] === 'string' && message['ref'].startsWith('request-');
      (isReply ? this.#replies : this.#inbox).put(message);
    });
    ws.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      ws.on('close', (code, reason) => {
        this.#inbox.close(`code ${code}`);
        this.#replies.close(`code ${code}`);
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  get socket(): WebSocket {
    return this.#ws;
  }

  send(command: object): void {
    this.#ws.send(JSON.stringify(command));
  }

  /** Sends a command and resolves with its reply, without the ref. */
  async request(command: object): Promise<WebMessage> {
    this.#ref += 1;
    const wanted = `request-${this.#ref}`;
    this.send({ ...command, ref: wanted });
    const { ref: _ref, ...reply } = await this.#replies.until(({ ref }) => ref === wanted);
    return reply;
  }

  next(): Promise<WebMessage> {
    return this.#inbox.next();
  }

  /** The next message of a type; those before it are dropped. */
  until(type: string, isIt: (message: WebMessage) => boolean = () => true): Promise<WebMessage> {
    return this.#inbox.until((message) => message['type'] === type && isIt(message));
  }

  close(): void {
    this.#ws.terminate();
  }
}

export async function connectWeb(port: number, path = '/ws'): Promise<WebClient> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  const client = new WebClient(ws);
  await once(ws, 'open');
  return client;
}
