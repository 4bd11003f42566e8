import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Inbox } from './inbox.ts';

/** A client of 2004: text, a NUL, and nothing of the product's own code. */
export class LegacyClient {
  readonly #socket: Socket;
  readonly #inbox = new Inbox<string>();
  readonly closed: Promise<void>;
  #rest = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#inbox.close('the server hung up');
        resolve();
      });
    });
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Sends a frame: the text and one NUL. */
  send(frame: string): void {
    this.#socket.write(`${frame}\0`);
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  next(): Promise<string> {
    return this.#inbox.next();
  }

  /** The next frame that begins so; those before it are dropped. */
  until(beginning: string): Promise<string> {
    return this.#inbox.until((frame) => frame.startsWith(beginning));
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const bytes = Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, from)) {
      this.#inbox.put(bytes.toString('utf8', from, end));
      from = end + 1;
    }
    this.#rest = bytes.subarray(from);
  }
}

export async function connectLegacy(port: number): Promise<LegacyClient> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return new LegacyClient(socket);
}
