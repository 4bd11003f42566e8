import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Health } from '../observability/health.ts';
import type { Metrics } from '../observability/metrics.ts';
import { listenOn } from '../transports/listen.ts';

export interface AdminServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly health: Health;
  readonly metrics: Metrics;
  /** Called before metrics are read. */
  readonly measure: () => void;
}

export interface AdminServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Serves `/healthz` (200 while the process answers at all), `/readyz` (200 or 503, and why) and
 * `/metrics`. At most 100 connections; rejects when the port cannot be had.
 */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listenOn(server, options.host, options.port, 'adminPort');
  return {
    port,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const CONNECTIONS_MAX = 100;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { health, metrics, measure }: AdminServerOptions,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  switch (request.url?.split('?')[0] ?? '') {
    case '/healthz':
      return sendJson(response, 200, { ok: true });
    case '/readyz': {
      const report = health.report();
      return sendJson(response, report.ok ? 200 : 503, report);
    }
    case '/metrics':
      measure();
      response.setHeader('content-type', metrics.registry.contentType);
      response.end(await metrics.registry.metrics());
      return;
    default:
      sendJson(response, 404, { ok: false, error: 'there is /healthz, /readyz and /metrics' });
  }
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
