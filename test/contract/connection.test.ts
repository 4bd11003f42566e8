import { connectLegacy } from '../support/legacy-client.ts';
import { connectTunnel } from '../support/tunnel-client.ts';
import { connectWeb } from '../support/web-client.ts';
import { describeConnection } from './connection-contract.ts';

const withNul = (text: string): Buffer => Buffer.from(`${text}\0`);

describeConnection('on TCP', {
  kind: 'tcp',
  encode: withNul,
  connect: async (port) => {
    const client = await connectLegacy(port);
    return {
      sendFrame: (text) => client.send(text),
      next: () => client.next(),
      closed: client.closed,
      pause: () => client.socket.pause(),
      resume: () => client.socket.resume(),
      leave: () => client.socket.end(),
      reset: () => client.socket.resetAndDestroy(),
    };
  },
});

describeConnection('on WebSocket, in text messages', {
  kind: 'websocket',
  encode: (text) => Buffer.from(text),
  connect: async (port) => {
    const client = await connectWeb(port);
    return {
      sendFrame: (text) => client.socket.send(text),
      next: async () => JSON.stringify(await client.next()),
      closed: client.closed,
      pause: () => client.socket.pause(),
      resume: () => client.socket.resume(),
      leave: () => client.socket.close(),
      reset: () => client.socket.terminate(),
    };
  },
});

describeConnection('in a tunnel', {
  kind: 'tunnel',
  encode: withNul,
  connect: async (port) => {
    const client = await connectTunnel(port);
    return {
      sendFrame: (text) => client.send(text),
      next: () => client.next(),
      closed: client.closed,
      pause: () => client.socket.pause(),
      resume: () => client.socket.resume(),
      leave: () => client.socket.close(),
      reset: () => client.socket.terminate(),
    };
  },
});
