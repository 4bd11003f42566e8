import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { type RefusalCode, refusal } from '../domain/refusals.ts';
import type { Connection, ConnectionHandler } from './connection.ts';
import { FrameReader, type FrameReaderOptions } from './frame-reader.ts';
import { binaryMessage, JoinedFrames, textMessages } from './joined-frames.ts';
import { ignore } from './listeners.ts';
import { bytesUnderWay, SendWatch } from './send-watch.ts';
import { Unsent } from './unsent.ts';

export interface WebSocketConnectionOptions extends FrameReaderOptions {
  readonly closeTimeoutMs: number;
  readonly pingIntervalMs: number;
  /** Bytes of which the peer takes none for so long end the connection. */
  readonly sendTimeoutMs: number;
}

/**
 * A client on WebSocket: of JSON, one frame a text message (`websocket`), or of the XMLSocket byte
 * stream in binary messages, cut anywhere (`tunnel`, protocol.md §2.3). Messages of the other type
 * end it with 1003. Two pings in a row without an answer are refused as `PING_TIMEOUT`.
 */
export class WebSocketConnection implements Connection {
  readonly id: string;
  readonly kind: 'websocket' | 'tunnel';
  readonly remoteAddress: string;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  readonly #options: WebSocketConnectionOptions;
  /** Of a tunnel. */
  readonly #unsent: Unsent | null;
  #reader: FrameReader | null = null;
  #handler: ConnectionHandler | null = null;
  /** Made when the kernel first leaves something: most connections never need it. */
  #watch: SendWatch | null = null;
  #isOver = false;
  #unanswered = 0;
  #pongsDue = 0;
  #pongsWaiting = 0;
  #discarded = 0;

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
    this.#unsent = kind === 'tunnel' ? new Unsent(peer.socket) : null;
    this.#options = options;
  }

  get bufferedBytes(): number {
    return this.#unsent?.bytes ?? this.#socket.writableLength;
  }

  start(handler: ConnectionHandler): void {
    if (this.kind === 'tunnel') this.#reader = new FrameReader(this.#options, handler);
    this.#handler = handler;
    const pinger = setInterval(() => this.#ping(handler), this.#options.pingIntervalMs);
    this.#ws.on('message', (message: Buffer, isBinary: boolean) => {
      this.#read(message, isBinary, handler);
    });
    this.#ws.on('ping', (data: Buffer) => this.#pong(data, handler));
    this.#ws.on('pong', (data: Buffer) => {
      this.#unanswered = 0;
      if (this.#pongsDue > 0) this.#pongsDue -= 1;
      else this.#count(data, handler);
    });
    // ws answers a broken frame with its close code; `close` follows.
    this.#ws.on('error', ignore);
    this.#ws.on('close', (code: number) => {
      clearInterval(pinger);
      this.#watch?.stop();
      this.#reader?.stop();
      handler.onClosed(FAREWELLS.has(code));
    });
  }

  write(frames: readonly Buffer[]): void {
    if (frames.length === 0) return;
    if (this.#ws.readyState !== this.#ws.OPEN) {
      // The peer of a tunnel cannot say itself what it has heard.
      this.#unsent?.lose(TUNNELLED.of(frames).length);
      return;
    }
    // Past ws, which would make a head and a system call for each frame and each connection. It writes
    // its control frames into the same socket, whole and at once, because nothing is compressed.
    if (this.#unsent === null) this.#socket.write(TEXTS.of(frames));
    else this.#unsent.write(TUNNELLED.of(frames));
    this.#wrote();
  }

  pause(): void {
    this.#reader?.pause();
    this.#ws.pause();
  }

  resume(): void {
    // Its pongs were not read either.
    this.#unanswered = 0;
    this.#reader?.resume();
    this.#ws.resume();
  }

  // A peer that does not finish is cut by ws itself, after the same time.
  close(code: number, reason: string): void {
    this.#isOver = true;
    this.#reader?.stop();
    this.#watch?.stop();
    this.#ws.close(code, reason);
    // A paused one would never see the answer.
    this.#ws.resume();
  }

  destroy(): void {
    this.#ws.terminate();
  }

  #read(message: Buffer, isBinary: boolean, handler: ConnectionHandler): void {
    if (this.#isOver) {
      this.#discard(message);
      return;
    }
    if (isBinary !== (this.kind === 'tunnel')) {
      this.close(UNSUPPORTED_DATA, isBinary ? 'text messages only' : 'binary messages only');
    } else if (this.#reader !== null) {
      this.#reader.read(message);
    } else if (message.length <= this.#options.frameMaxBytes) {
      handler.onFrame(message);
    } else {
      this.#end('FRAME_TOO_LONG', handler);
    }
  }

  // Who goes on sending is read no further: it reads our last words meanwhile, and is cut then.
  #discard(message: Buffer): void {
    this.#discarded += message.length + 1;
    if (this.#discarded > DISCARDED_MAX) this.#ws.pause();
  }

  // RFC 6455 §5.5.3: not every ping needs an answer. Who does not read gets no more than some.
  #pong(data: Buffer, handler: ConnectionHandler): void {
    this.#count(data, handler);
    if (this.#ws.readyState !== this.#ws.OPEN || this.#pongsWaiting >= PONGS_WAITING_MAX) return;
    this.#pongsWaiting += 1;
    this.#ws.pong(data, false, () => {
      this.#pongsWaiting -= 1;
    });
  }

  // A control frame of no use. To the limits it is an empty frame.
  #count(data: Buffer, handler: ConnectionHandler): void {
    if (this.#isOver) this.#discard(data);
    else handler.onFrame(EMPTY);
  }

  // Nothing more is read; the owner says why and closes.
  #end(code: RefusalCode, handler: ConnectionHandler): void {
    this.#isOver = true;
    this.#reader?.stop();
    handler.onRefusal(refusal(code));
  }

  #ping(handler: ConnectionHandler): void {
    if (this.#isOver || this.#ws.readyState !== this.#ws.OPEN) return;
    if (this.#unanswered >= UNANSWERED_MAX) {
      this.#end('PING_TIMEOUT', handler);
      return;
    }
    if (!this.#ws.isPaused) this.#unanswered += 1;
    this.#pongsDue += 1;
    this.#ws.ping();
    this.#wrote();
  }

  #wrote(): void {
    const handler = this.#handler;
    if (handler === null || (this.#watch === null && bytesUnderWay(this.#socket) === 0)) return;
    this.#watch ??= new SendWatch(
      () => bytesUnderWay(this.#socket),
      this.#options.sendTimeoutMs,
      () => this.#end('SEND_TIMEOUT', handler),
    );
    this.#watch.wrote();
  }
}

const TEXTS = new JoinedFrames(textMessages);
const TUNNELLED = new JoinedFrames(binaryMessage);
// A normal closure, and one without a code: what a page's `close()` sends. One that goes away
// (1001) may only be loaded anew.
const FAREWELLS: ReadonlySet<number> = new Set([1000, 1005]);
const UNSUPPORTED_DATA = 1003;
const UNANSWERED_MAX = 2;
const DISCARDED_MAX = 262_144;
const PONGS_WAITING_MAX = 64;
const EMPTY = Buffer.alloc(0);
