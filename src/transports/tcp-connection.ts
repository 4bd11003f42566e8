import type { Socket } from 'node:net';
import { refusal } from '../domain/refusals.ts';
import { plainAddress } from './addresses.ts';
import type { Connection, ConnectionHandler } from './connection.ts';
import { FrameReader, type FrameReaderOptions } from './frame-reader.ts';
import { concatenated, JoinedFrames } from './joined-frames.ts';
import { ignore } from './listeners.ts';
import { bytesUnderWay, SendWatch } from './send-watch.ts';
import { Unsent } from './unsent.ts';

export interface TcpConnectionOptions extends FrameReaderOptions {
  readonly closeTimeoutMs: number;
  readonly keepAliveMs: number;
  /** Bytes of which the peer takes none for so long end the connection. */
  readonly sendTimeoutMs: number;
}

/** An XMLSocket client on plain TCP. Takes the socket over, with whatever was put back into it. */
export class TcpConnection implements Connection {
  readonly id: string;
  readonly kind = 'tcp';
  readonly remoteAddress: string;
  readonly #socket: Socket;
  readonly #options: TcpConnectionOptions;
  readonly #unsent: Unsent;
  #reader: FrameReader | null = null;
  #handler: ConnectionHandler | null = null;
  /** Made when the kernel first leaves something: most connections never need it. */
  #watch: SendWatch | null = null;
  #discarded = 0;

  constructor(id: string, socket: Socket, options: TcpConnectionOptions) {
    this.id = id;
    this.remoteAddress = plainAddress(socket.remoteAddress ?? '');
    this.#socket = socket;
    this.#unsent = new Unsent(socket);
    this.#options = options;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, options.keepAliveMs);
  }

  get bufferedBytes(): number {
    return this.#unsent.bytes;
  }

  start(handler: ConnectionHandler): void {
    const reader = new FrameReader(this.#options, handler);
    const socket = this.#socket;
    this.#reader = reader;
    this.#handler = handler;
    socket.on('data', (chunk: Buffer) => {
      if (socket.writableEnded) this.#discard(chunk);
      else reader.read(chunk);
    });
    // A client that has ended its half is gone: nobody writes without reading here.
    socket.on('end', () => this.close());
    // What went wrong is of no use to anybody; `close` follows.
    socket.on('error', ignore);
    socket.on('close', () => {
      reader.stop();
      this.#watch?.stop();
      handler.onClosed(false);
    });
  }

  write(frames: readonly Buffer[]): void {
    if (frames.length === 0) return;
    const bytes = STREAMED.of(frames);
    // Between the end of the peer's half and the close: the peer does not hear this.
    if (!this.#socket.writable) {
      this.#unsent.lose(bytes.length);
      return;
    }
    this.#unsent.write(bytes);
    this.#wrote();
  }

  pause(): void {
    this.#reader?.pause();
    this.#socket.pause();
  }

  resume(): void {
    this.#reader?.resume();
    this.#socket.resume();
  }

  close(): void {
    this.#reader?.stop();
    this.#watch?.stop();
    if (this.#socket.writableEnded || this.#socket.destroyed) return;
    this.#socket.end();
    // A paused socket would never see the end of the other half.
    this.#socket.resume();
    const timer = setTimeout(() => this.#socket.destroy(), this.#options.closeTimeoutMs);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #wrote(): void {
    const handler = this.#handler;
    if (handler === null || (this.#watch === null && bytesUnderWay(this.#socket) === 0)) return;
    this.#watch ??= new SendWatch(
      () => bytesUnderWay(this.#socket),
      this.#options.sendTimeoutMs,
      () => {
        this.#reader?.stop();
        handler.onRefusal(refusal('SEND_TIMEOUT'));
      },
    );
    this.#watch.wrote();
  }

  // Who goes on sending is read no further: it reads our last words meanwhile, and is cut then.
  #discard(chunk: Buffer): void {
    this.#discarded += chunk.length;
    if (this.#discarded > DISCARDED_MAX) this.#socket.pause();
  }
}

const STREAMED = new JoinedFrames(concatenated);
const DISCARDED_MAX = 262_144;
