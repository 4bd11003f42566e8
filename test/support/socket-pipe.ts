import { once } from 'node:events';
import { connect } from 'node:net';
import { createWebSocketStream, WebSocketServer } from 'ws';

/** A WebSocket whose bytes go to a TCP port and back, one for one. */
export interface SocketPipe {
  readonly url: string;
  close(): void;
}

export async function openSocketPipe(port: number): Promise<SocketPipe> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (ws) => {
    const socket = connect(port, '127.0.0.1');
    const stream = createWebSocketStream(ws);
    socket.on('close', () => ws.close());
    for (const end of [socket, stream]) end.on('error', () => undefined);
    stream.on('close', () => socket.destroy());
    stream.pipe(socket).pipe(stream);
  });
  await once(server, 'listening');
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `ws://127.0.0.1:${own}/`,
    close: () => {
      server.close();
      for (const ws of server.clients) ws.terminate();
    },
  };
}
