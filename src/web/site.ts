import { createReadStream } from 'node:fs';
import type { RequestListener } from 'node:http';
import { pipeline } from 'node:stream';
import type { Asset, Assets } from './assets.ts';
import { isAuthority, socketProxy } from './socket-proxy.ts';

export interface SiteRequest {
  readonly method: string;
  /** As it stands in the request line. */
  readonly target: string;
  /** The header `Host`; undefined for HTTP/1.0. */
  readonly host: string | undefined;
  /** The header `If-None-Match`. */
  readonly ifNoneMatch: string | undefined;
  /** Where the connection came in. */
  readonly port: number;
}

export interface SiteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: no body is sent. */
  readonly body: Asset['content'] | null;
}

/** The web pages of a relay, as what answers the requests that open no WebSocket. */
export function createSite(assets: Assets): RequestListener {
  return (request, response) => {
    const { method = '', url: target = '', headers, socket } = request;
    const {
      status,
      headers: fields,
      body,
    } = answer(assets, {
      ...{ method, target, host: headers.host, ifNoneMatch: headers['if-none-match'] },
      port: socket.localPort ?? 0,
    });
    response.writeHead(status, fields);
    if (body === null || Buffer.isBuffer(body)) response.end(body);
    // Who goes away in the middle has the file closed; a file that is gone cuts the answer short.
    else pipeline(createReadStream(body.file), response, () => undefined);
  };
}

/** What a request gets. No part of it ever becomes a path in a file system. */
export function answer(assets: Assets, request: SiteRequest): SiteAnswer {
  const { method, target, host } = request;
  if (host !== undefined && !isAuthority(host)) return text(request, 400, 'This is no Host.');
  if (method !== 'GET' && method !== 'HEAD') {
    return text(request, 405, 'Only GET and HEAD.', { allow: 'GET, HEAD' });
  }
  const path = target.split('?', 1)[0] ?? '';
  if (path === '/ruffle.json') return ruffleSettings(request);
  const asset = assets.get(path);
  return asset === undefined ? text(request, 404, NOT_FOUND) : sent(asset, request);
}

function ruffleSettings(request: SiteRequest): SiteAnswer {
  const { method, host = '127.0.0.1', port } = request;
  const body = Buffer.from(`${JSON.stringify({ socketProxy: socketProxy(host, port) })}\n`);
  const headers = {
    ...common(request),
    'content-type': 'application/json',
    'content-length': String(body.length),
    'cache-control': 'no-store',
  };
  return { status: 200, headers, body: method === 'HEAD' ? null : body };
}

function sent(asset: Asset, request: SiteRequest): SiteAnswer {
  const { type, etag, cacheControl, sizeBytes, content } = asset;
  const headers = { ...common(request), etag, 'cache-control': cacheControl };
  if (hasTag(request.ifNoneMatch, etag)) return { status: 304, headers, body: null };
  return {
    status: 200,
    headers: { ...headers, 'content-type': type, 'content-length': String(sizeBytes) },
    body: request.method === 'HEAD' ? null : content,
  };
}

function text(
  request: SiteRequest,
  status: number,
  line: string,
  more: Readonly<Record<string, string>> = {},
): SiteAnswer {
  const body = Buffer.from(`${line}\n`);
  const headers = {
    ...common(request),
    ...more,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(body.length),
  };
  return { status, headers, body: request.method === 'HEAD' ? null : body };
}

function hasTag(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}

function common({ host }: SiteRequest): Readonly<Record<string, string>> {
  const known = host !== undefined && isAuthority(host);
  return {
    'content-security-policy': contentSecurityPolicy(known ? host : null),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };
}

// Ruffle compiles WebAssembly, styles its shadow tree inline, and keeps time in a hidden tab with a
// worker of its own. Not every browser takes 'self' for WebSockets of the same host.
function contentSecurityPolicy(host: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self'${host === null ? '' : ` ws://${host} wss://${host}`}`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const NOT_FOUND = 'Not found. WebSocket: /ws speaks JSON, /xmlsocket carries an XMLSocket.';
