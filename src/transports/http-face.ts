import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { AddressList } from './addresses.ts';
import { clientAddress } from './forwarded.ts';
import { onClosed } from './listeners.ts';
import { isOriginAllowed } from './origin.ts';
import { WebSocketConnection, type WebSocketConnectionOptions } from './websocket-connection.ts';

/** What a port can be told to take: three faces by their first bytes, two by the path of an upgrade. */
export type Accepted = 'policy' | 'xml' | 'http' | 'ws' | 'xmlsocket';

export interface HttpFaceOptions extends WebSocketConnectionOptions {
  readonly accepts: readonly Accepted[];
  readonly allowedOrigins: readonly string[];
  /** Whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  readonly isLoopback: boolean;
  /** Answers what is no WebSocket; left out: 404. */
  readonly onRequest?: RequestListener;
}

export interface HttpFaceHandler {
  readonly newId: () => string;
  onConnection(connection: WebSocketConnection): void;
  onRefused(reason: 'origin'): void;
}

/** HTTP and WebSocket on sockets that somebody else accepted. It never compresses. */
export class HttpFace {
  readonly #options: HttpFaceOptions;
  readonly #handler: HttpFaceHandler;
  readonly #trusted: AddressList;
  readonly #http: Server;
  readonly #webSockets: WebSocketServer;
  readonly #requesting = new Map<Socket, NodeJS.Timeout>();
  readonly #open = new Set<Socket>();
  readonly #onClose = onClosed((socket) => this.#forget(socket));

  constructor(options: HttpFaceOptions, handler: HttpFaceHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#trusted = new AddressList(options.trustedProxies);
    this.#http = createServer({ maxHeaderSize: HEADER_MAX_BYTES }, (request, response) => {
      this.#disarm(request.socket);
      // One request a connection: nobody can hold one open by asking slowly again.
      response.setHeader('connection', 'close');
      const onRequest = options.accepts.includes('http') ? options.onRequest : undefined;
      (onRequest ?? notFound)(request, response);
    });
    // Those sent ahead of the answer are not even handed on.
    this.#http.maxRequestsPerSocket = 1;
    this.#http.maxHeadersCount = HEADERS_MAX;
    // Who does not read the answer holds nothing for ever; a WebSocket switches it off.
    this.#http.timeout = ANSWER_IDLE_MS;
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      // A connection answers pings itself: not all of those of a peer that does not read.
      autoPong: false,
      // Ruffle offers no subprotocol, and a browser fails when one is chosen that it did not offer.
      handleProtocols: () => false,
      // Above the frame limit, so that the refusal can be said before the connection ends.
      maxPayload: Math.max(options.frameMaxBytes * 2, CHUNK_MAX_BYTES),
      maxFragments: FRAGMENTS_MAX,
      maxBufferedChunks: BUFFERED_CHUNKS_MAX,
      // The types do not know it yet. It holds also for a close that the peer begins.
      ...{ closeTimeout: options.closeTimeoutMs },
    });
  }

  /** Whoever accepted the socket listens to its `error`. */
  take(socket: Socket): void {
    const timer = setTimeout(() => socket.destroy(), REQUEST_TIMEOUT_MS);
    this.#requesting.set(socket, timer);
    this.#open.add(socket);
    socket.on('close', this.#onClose);
    this.#http.emit('connection', socket);
    socket.resume();
  }

  /** Cuts what is no WebSocket. */
  close(): void {
    // The HTTP server does not know them: it was never told to listen.
    for (const socket of this.#open) socket.destroy();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#disarm(request.socket);
    const route = ROUTES.get(pathOf(request));
    if (route === undefined || !this.#options.accepts.includes(route.accepted)) {
      refuse(socket, '404 Not Found', 'Not a WebSocket of this relay.');
      return;
    }
    const { origin, host } = request.headers;
    if (!isOriginAllowed({ ...this.#options, origin, host })) {
      this.#handler.onRefused('origin');
      refuse(socket, '403 Forbidden', 'This origin is not allowed (RELAY_ALLOWED_ORIGINS).');
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (ws) => {
      this.#forget(request.socket);
      const remoteAddress = this.#clientOf(request);
      const peer = { ws, socket, remoteAddress };
      const id = this.#handler.newId();
      this.#handler.onConnection(new WebSocketConnection(id, route.kind, peer, this.#options));
    });
  }

  #clientOf({ socket, headers }: IncomingMessage): string {
    return clientAddress(socket.remoteAddress ?? '', headers['x-forwarded-for'], this.#trusted);
  }

  #forget(socket: Socket): void {
    this.#disarm(socket);
    this.#open.delete(socket);
    socket.off('close', this.#onClose);
  }

  #disarm(socket: Socket): void {
    clearTimeout(this.#requesting.get(socket));
    this.#requesting.delete(socket);
  }
}

const ROUTES: ReadonlyMap<string, { kind: 'websocket' | 'tunnel'; accepted: Accepted }> = new Map([
  ['/ws', { kind: 'websocket', accepted: 'ws' }],
  ['/xmlsocket', { kind: 'tunnel', accepted: 'xmlsocket' }],
]);

function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function refuse(socket: Duplex, status: string, text: string): void {
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain\r\n`;
  // Nobody reads from it any more, so nobody would see the other half end.
  socket.once('finish', () => socket.destroy());
  socket.end(`${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
}

const notFound: RequestListener = (_request, response) => {
  response.writeHead(404, { 'content-type': 'text/plain' });
  response.end('Not found. WebSocket: /ws speaks JSON, /xmlsocket carries an XMLSocket.\n');
};

const HEADER_MAX_BYTES = 8192;
const HEADERS_MAX = 100;
const REQUEST_TIMEOUT_MS = 10_000;
const ANSWER_IDLE_MS = 30_000;
const CHUNK_MAX_BYTES = 65_536;
const FRAGMENTS_MAX = 64;
const BUFFERED_CHUNKS_MAX = 4096;
