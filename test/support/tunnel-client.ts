import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Inbox } from './inbox.ts';

/** What Ruffle is to a server: an XMLSocket in the binary messages of a WebSocket. */
export class TunnelClient {
  readonly socket: WebSocket;
  /** Every message as it came, for those who count them. */
  readonly messages = new Inbox<Buffer>();
  readonly closed: Promise<number>;
  readonly #inbox = new Inbox<string>();
  #rest = Buffer.alloc(0);

  constructor(ws: WebSocket) {
    this.socket = ws;
    ws.on('message', (bytes: Buffer, isBinary) => {
      // Ruffle drops text messages.
      if (isBinary) this.#read(bytes);
    });
    ws.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      ws.on('close', (code) => {
        this.#inbox.close(`code ${code}`);
        resolve(code);
      });
    });
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket.send(bytes, { binary: true });
  }

  /** Sends a frame in a message of its own: the text and one NUL. */
  send(frame: string): void {
    this.sendBytes(Buffer.from(`${frame}\0`));
  }

  next(): Promise<string> {
    return this.#inbox.next();
  }

  #read(message: Buffer): void {
    this.messages.put(message);
    const bytes = Buffer.concat([this.#rest, message]);
    let from = 0;
    for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, from)) {
      this.#inbox.put(bytes.toString('utf8', from, end));
      from = end + 1;
    }
    this.#rest = bytes.subarray(from);
  }
}

export async function connectTunnel(port: number, origin?: string): Promise<TunnelClient> {
  const url = `ws://127.0.0.1:${port}/xmlsocket`;
  const ws = new WebSocket(url, origin === undefined ? {} : { origin });
  const client = new TunnelClient(ws);
  await once(ws, 'open');
  return client;
}
