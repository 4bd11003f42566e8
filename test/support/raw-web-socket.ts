import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

/** The text of a WebSocket handshake that nothing is wrong with. */
export function handshake(path: string, headers: readonly string[] = []): string {
  return [`GET ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...UPGRADE, ...headers, '', ''].join('\r\n');
}

export interface RawFrame {
  readonly opcode: number;
  readonly body?: Uint8Array | string;
  readonly fin?: boolean;
  readonly reserved?: number;
  readonly masked?: boolean;
}

/** A frame of RFC 6455, right or wrong. Its mask is four zeros. */
export function rawFrame({ opcode, body = '', fin = true, reserved = 0, masked = true }: RawFrame) {
  const bytes = Buffer.from(body);
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  const length =
    bytes.length < 126
      ? [mask | bytes.length]
      : [mask | 126, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from([first, ...length]), Buffer.alloc(masked ? 4 : 0), bytes]);
}

/** A WebSocket client that keeps no rule: it sends bytes, and never ends its half by itself. */
export class RawWebSocket {
  readonly socket: Socket;
  readonly #closed: Promise<Buffer>;

  private constructor(socket: Socket) {
    this.socket = socket;
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    this.#closed = new Promise((resolve) => {
      socket.on('end', () => resolve(Buffer.concat(chunks)));
      socket.on('error', () => resolve(Buffer.concat(chunks)));
    });
  }

  static async open(port: number, path: string): Promise<RawWebSocket> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(socket, 'connect');
    socket.write(handshake(path));
    const [head] = await once(socket, 'data');
    if (!String(head).startsWith('HTTP/1.1 101 ')) throw new Error(String(head));
    return new RawWebSocket(socket);
  }

  send(...frames: readonly RawFrame[]): void {
    this.socket.write(Buffer.concat(frames.map(rawFrame)));
  }

  /** The code of the close frame that came last, when the server has ended its half; null: none. */
  async closeCode(): Promise<number | null> {
    const bytes = await this.#closed;
    const at = bytes.lastIndexOf(0x88);
    return at === -1 || bytes.length < at + 4 ? null : bytes.readUInt16BE(at + 2);
  }
}
