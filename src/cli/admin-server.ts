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
  /** Answers what begins with `/operator`; null: there are no such pages, or not yet. */
  readonly pages: () => RequestAnswerer | null;
}

export interface RequestAnswerer {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface AdminServer {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Serves `/healthz` (200 while the process answers at all), `/readyz` (200 or 503, and why), `/metrics`,
 * and the operator's pages when there are some. At most 100 connections; rejects when the port cannot be
 * had.
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
  { health, metrics, measure, pages }: AdminServerOptions,
): Promise<void> {
  const path = request.url?.split('?')[0] ?? '';
  const operators = pages();
  if (operators !== null && (path === '/operator' || path.startsWith('/operator/'))) {
    return operators.answer(request, response);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end();
    return;
  }
  switch (path) {
    case '/':
      if (operators === null) break;
      response.writeHead(302, { location: '/operator' }).end();
      return;
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
  }
  sendJson(response, 404, { ok: false, error: 'there is /healthz, /readyz and /metrics' });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
