import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startNatsServer } from '../../test/support/nats-server.ts';
import { startServer } from '../lib/server-process.ts';
import type { WireName } from '../load/wires.ts';
import { anyNames, type RunningSystem, type System } from './system.ts';

/** What we compare ourselves with. None of them stores anything. */
export const PEERS = {
  ws: nodePeer('ws, a send per member', 'a plain server on the package ws', 'ws', 'ws-send.mjs'),
  socketIo: nodePeer('Socket.IO', 'WebSocket transport only', 'socket.io', 'socket-io.mjs'),
  socketIoNats: {
    name: 'Socket.IO + NATS adapter',
    what: 'the same with @mickl/socket.io-nats-adapter and a nats-server',
    wire: 'socket.io',
    start: startSocketIoOnNats,
  },
  php: {
    name: 'PHP loop of 2004',
    what: 'the server of the story, re-created: select(), a SAX parser, a write per member',
    wire: 'xml',
    start: async () => oneProcess('php', ['-d', 'display_errors=stderr', peer('seed.php')]),
  },
  nats: {
    name: 'nats-server WebSocket',
    what: 'members subscribe a subject of a nats-server themselves',
    wire: 'nats',
    start: startNats,
  },
} as const satisfies Record<string, System>;

function nodePeer(name: string, what: string, wire: WireName, file: string): System {
  return { name, what, wire, start: () => oneProcess(process.execPath, [peer(file)]) };
}

function peer(file: string): string {
  return fileURLToPath(new URL(`../peers/${file}`, import.meta.url));
}

async function oneProcess(command: string, args: readonly string[]): Promise<RunningSystem> {
  const server = await startServer(command, args, LISTENING);
  return {
    ...WITHOUT_ACCOUNTS,
    port: Number(server.ready[1]),
    processes: { server: server.pid },
    stop: () => server.stop(),
  };
}

async function startSocketIoOnNats(): Promise<RunningSystem> {
  const nats = await startNatsServer({ jetstream: false });
  const server = await startServer(process.execPath, [peer('socket-io.mjs')], LISTENING, {
    NATS_URL: nats.url,
  });
  return {
    ...WITHOUT_ACCOUNTS,
    port: Number(server.ready[1]),
    processes: { server: server.pid, nats: nats.pid },
    stop: async () => {
      await server.stop();
      await nats.stop();
    },
  };
}

async function startNats(): Promise<RunningSystem> {
  const port = await freePort();
  const config = `websocket { listen: "127.0.0.1:${port}", no_tls: true }`;
  const nats = await startNatsServer({ jetstream: false, config });
  return { ...WITHOUT_ACCOUNTS, port, processes: { server: nats.pid }, stop: () => nats.stop() };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const LISTENING = /listening on (\d+)/;
const WITHOUT_ACCOUNTS = { names: anyNames, makeRooms: () => Promise.resolve() };
