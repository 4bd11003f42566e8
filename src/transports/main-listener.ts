import type { RequestListener } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import type { Connection } from './connection.ts';
import { type Accepted, HttpFace } from './http-face.ts';
import { listenOn } from './listen.ts';
import { ignore, onClosed } from './listeners.ts';
import { isLoopbackHost } from './origin.ts';
import { policyFile } from './policy-file.ts';
import { type Face, type SniffOptions, sniff } from './sniff.ts';
import { TcpConnection, type TcpConnectionOptions } from './tcp-connection.ts';
import type { WebSocketConnectionOptions } from './websocket-connection.ts';

export interface MainListenerOptions
  extends SniffOptions,
    TcpConnectionOptions,
    WebSocketConnectionOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Where policy requests are answered, too; null: nowhere else. */
  readonly policyPort: number | null;
  readonly accepts: readonly Accepted[];
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly policy: {
    readonly domains: readonly string[];
    /** Empty: the main port. */
    readonly ports: readonly number[];
    /** On the policy port: forbid policies of other ports of this host. */
    readonly masterOnly: boolean;
  };
  /** Sockets beyond it are accepted as long as it takes to tell them so. */
  readonly connectionsMax: number;
  readonly onRequest?: RequestListener;
}

export interface MainListenerHandler {
  readonly newId: () => string;
  /** A socket was accepted: what to call when it is closed, or null to cut it. */
  onSocket(remoteAddress: string): (() => void) | null;
  onConnection(connection: Connection): void;
  onPolicyRequest(): void;
  /** A socket was turned away before it was a connection. */
  onRefused(reason: 'origin' | 'sockets' | 'address_sockets'): void;
}

/**
 * One port, four faces, told apart by the first bytes (protocol.md §1): a policy request,
 * null-terminated XML, HTTP, WebSocket.
 */
export class MainListener {
  readonly #options: MainListenerOptions;
  readonly #handler: MainListenerHandler;
  readonly #http: HttpFace;
  readonly #main: Server;
  readonly #policy: Server;
  readonly #undecided = new Set<Socket>();
  readonly #onUndecidedClosed = onClosed((socket) => this.#decided(socket));
  #port = 0;

  constructor(options: MainListenerOptions, handler: MainListenerHandler) {
    this.#options = options;
    this.#handler = handler;
    this.#http = new HttpFace({ ...options, isLoopback: isLoopbackHost(options.host) }, handler);
    this.#main = this.#createServer((socket) => this.#accept(socket));
    this.#policy = this.#createServer((socket) => this.#acceptPolicy(socket));
  }

  /** Rejects with an error that names the address and the key when a port cannot be had. */
  async listen(): Promise<{ port: number; policyPort: number | null }> {
    const { host, port, policyPort } = this.#options;
    this.#port = await listenOn(this.#main, host, port, 'port');
    if (policyPort === null) return { port: this.#port, policyPort: null };
    try {
      const policy = await listenOn(this.#policy, host, policyPort, 'policyPort');
      return { port: this.#port, policyPort: policy };
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Accepts nothing more; connections that are open go on. */
  close(): void {
    this.#main.close();
    this.#policy.close();
    this.#http.close();
    for (const socket of this.#undecided) socket.destroy();
  }

  #createServer(accept: (socket: Socket) => void): Server {
    const server = createServer((socket) => {
      const leave = this.#handler.onSocket(socket.remoteAddress ?? '');
      if (leave === null) {
        this.#handler.onRefused('address_sockets');
        socket.destroy();
        return;
      }
      socket.on('close', leave);
      accept(socket);
    });
    server.maxConnections = this.#options.connectionsMax + SPARE_SOCKETS;
    server.on('drop', () => this.#handler.onRefused('sockets'));
    return server;
  }

  #accept(socket: Socket): void {
    this.#sniff(socket, this.#options, (face) => {
      if (!this.#accepts(face)) socket.destroy();
      else if (face === 'policy') this.#answerPolicy(socket);
      else if (face === 'http') this.#http.take(socket);
      else this.#open(socket);
    });
  }

  #sniff(socket: Socket, options: SniffOptions, onFace: (face: Face) => void): void {
    this.#undecided.add(socket);
    socket.on('error', ignore);
    socket.on('close', this.#onUndecidedClosed);
    sniff(socket, options, (face) => {
      this.#decided(socket);
      onFace(face);
    });
  }

  #decided(socket: Socket): void {
    this.#undecided.delete(socket);
    socket.off('close', this.#onUndecidedClosed);
  }

  // A WebSocket begins as HTTP.
  #accepts(face: Face): boolean {
    const { accepts } = this.#options;
    const isHttp = face === 'http' && (accepts.includes('ws') || accepts.includes('xmlsocket'));
    return isHttp || accepts.includes(face);
  }

  #acceptPolicy(socket: Socket): void {
    this.#sniff(socket, POLICY_TIMEOUTS, (face) => {
      if (face === 'policy') this.#answerPolicy(socket, this.#options.policy.masterOnly);
      else socket.destroy();
    });
  }

  #open(socket: Socket): void {
    this.#handler.onConnection(new TcpConnection(this.#handler.newId(), socket, this.#options));
    socket.resume();
  }

  #answerPolicy(socket: Socket, masterOnly = false): void {
    const { domains, ports } = this.#options.policy;
    this.#handler.onPolicyRequest();
    socket.end(policyFile(domains, ports.length > 0 ? ports : [this.#port], masterOnly));
    socket.resume();
    const timer = setTimeout(() => socket.destroy(), this.#options.closeTimeoutMs);
    socket.once('close', () => clearTimeout(timer));
  }
}

const SPARE_SOCKETS = 64;
const POLICY_TIMEOUTS = { sniffTimeoutMs: 5000, frameTimeoutMs: 5000 };
