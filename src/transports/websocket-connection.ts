import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { refusal } from '../domain/refusals.ts';
import type { Connection, ConnectionHandler } from './connection.ts';
import { FrameReader, type FrameReaderOptions } from './frame-reader.ts';

export interface WebSocketConnectionOptions extends FrameReaderOptions {
  readonly closeTimeoutMs: number;
  readonly pingIntervalMs: number;
}

/**
 * A client on WebSocket: of JSON, one frame a text message (`websocket`), or of the XMLSocket byte
 * stream in binary messages, cut anywhere (`tunnel`, protocol.md §2.3). Messages of the other type
 * end it with 1003. Two pings in a row without an answer end it, too.
 */
export class WebSocketConnection implements Connection {
  readonly id: string;
  readonly kind: 'websocket' | 'tunnel';
  readonly remoteAddress: string;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #options: WebSocketConnectionOptions;
  #unanswered = 0;

  constructor(
    id: string,
    kind: 'websocket' | 'tunnel',
    peer: { readonly ws: WebSocket; readonly socket: Duplex; readonly remoteAddress: string },
    options: WebSocketConnectionOptions,
  ) {
    this.id = id;
    this.kind = kind;
    this.remoteAddress = peer.remoteAddress;
    this.#ws = peer.ws;
    this.#socket = peer.socket;
    this.#options = options;
  }

  get bufferedBytes(): number {
    return this.#ws.bufferedAmount;
  }

  start(handler: ConnectionHandler): void {
    const receive =
      this.kind === 'tunnel' ? this.#receiveBytes(handler) : this.#receiveText(handler);
    const pinger = setInterval(() => this.#ping(), this.#options.pingIntervalMs);
    this.#ws.on('message', (message: Buffer, isBinary: boolean) => receive(message, isBinary));
    this.#ws.on('pong', () => {
      this.#unanswered = 0;
    });
    // ws answers a broken frame with its close code; `close` follows.
    this.#ws.on('error', () => undefined);
    this.#ws.on('close', () => {
      clearInterval(pinger);
      handler.onClosed();
    });
  }

  write(frames: readonly Buffer[]): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    if (this.kind === 'tunnel') {
      this.#ws.send(Buffer.concat(frames), { binary: true });
      return;
    }
    // One system call for all of them.
    this.#socket.cork();
    for (const frame of frames) this.#ws.send(frame, { binary: false });
    this.#socket.uncork();
  }

  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  close(code: number, reason: string): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return;
    this.#ws.close(code, reason);
    // A paused one would never see the answer.
    this.#ws.resume();
    const timer = setTimeout(() => this.#ws.terminate(), this.#options.closeTimeoutMs);
    this.#ws.once('close', () => clearTimeout(timer));
  }

  destroy(): void {
    this.#ws.terminate();
  }

  #receiveText(handler: ConnectionHandler): Receive {
    let stopped = false;
    return (message, isBinary) => {
      if (stopped) return;
      if (isBinary) this.close(UNSUPPORTED_DATA, 'text messages only');
      else if (message.length <= this.#options.frameMaxBytes) handler.onFrame(message);
      else handler.onRefusal(refusal('FRAME_TOO_LONG'));
      stopped = isBinary || message.length > this.#options.frameMaxBytes;
    };
  }

  #receiveBytes(handler: ConnectionHandler): Receive {
    const reader = new FrameReader(this.#options, handler);
    this.#ws.on('close', () => reader.stop());
    return (message, isBinary) => {
      if (isBinary) {
        reader.read(message);
        return;
      }
      reader.stop();
      this.close(UNSUPPORTED_DATA, 'binary messages only');
    };
  }

  #ping(): void {
    if (this.#unanswered >= UNANSWERED_MAX) {
      this.#ws.terminate();
      return;
    }
    this.#unanswered += 1;
    if (this.#ws.readyState === this.#ws.OPEN) this.#ws.ping();
  }
}

type Receive = (message: Buffer, isBinary: boolean) => void;

const UNSUPPORTED_DATA = 1003;
const UNANSWERED_MAX = 2;
