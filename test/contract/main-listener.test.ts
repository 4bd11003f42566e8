import { once } from 'node:events';
import { get } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { connectLegacy, type LegacyClient } from '../support/legacy-client.ts';
import { TestListener } from '../support/listener.ts';
import { handshake } from '../support/raw-web-socket.ts';
import { connectTunnel } from '../support/tunnel-client.ts';
import { connectWeb } from '../support/web-client.ts';

const REQUEST = Buffer.from('<policy-file-request/>\0');

let listener: TestListener;

const listen = async (options: Parameters<typeof TestListener.open>[0] = {}) => {
  listener?.close();
  listener = await TestListener.open(options);
};
beforeEach(() => listen());
// Whatever was done to it: it serves the next one.
afterEach(async () => {
  const { heard, client } = await openXml();
  client.send('<again/>');
  expect(await heard.frames.next()).toBe('<again/>');
  client.close();
  listener.close();
});

async function openXml() {
  const client = await connectLegacy(listener.port);
  client.send('<hello/>');
  const { connection, heard } = await listener.connections.next();
  expect(await heard.frames.next()).toBe('<hello/>');
  return { client, connection, heard };
}

// What a server answers to bytes until it hangs up.
async function answerTo(bytes: string | Buffer, port = listener.port): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(bytes);
  return readAll(socket);
}

const policyFor = (port: number): string =>
  `<cross-domain-policy><allow-access-from domain="*" to-ports="${port}" /></cross-domain-policy>\0`;

describe('one port', () => {
  it('has four faces', async () => {
    await openXml();
    await connectWeb(listener.port);
    expect((await listener.connections.next()).connection.kind).toBe('websocket');
    await connectTunnel(listener.port);
    expect((await listener.connections.next()).connection.kind).toBe('tunnel');
    const response = await fetch(`http://127.0.0.1:${listener.port}/`);
    expect(response.status).toBe(404);
    expect(await answerTo(REQUEST)).toBe(policyFor(listener.port));
  });

  it('puts back what it looked at, however it came', async () => {
    const client = await connectLegacy(listener.port);
    for (const byte of Buffer.from('<policy-file-requests/>\0<b/>\0')) {
      client.sendBytes(Buffer.from([byte]));
      await turn();
    }
    const { heard } = await listener.connections.next();
    expect(await heard.frames.next()).toBe('<policy-file-requests/>');
    expect(await heard.frames.next()).toBe('<b/>');
  });

  it('reads an HTTP request that comes byte by byte', async () => {
    const socket = connect(listener.port, '127.0.0.1');
    const answer = readAll(socket);
    for (const byte of Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')) {
      socket.write(Buffer.from([byte]));
      await turn();
    }
    expect(await answer).toMatch(/^HTTP\/1\.1 404 /);
  });

  it('that is in use is named, with its key', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(TestListener.open({ port })).rejects.toThrow(`127.0.0.1:${port} (port) is in use`);
    await expect(TestListener.open({ policyPort: port })).rejects.toThrow(
      `127.0.0.1:${port} (policyPort) is in use`,
    );
    taken.close();
  });

  it('that is closed accepts nobody, and those who are there stay', async () => {
    const { client, connection, heard } = await openXml();
    const undecided = await connectLegacy(listener.port);
    listener.shut();
    await undecided.closed;
    const late = connect(listener.port, '127.0.0.1');
    const [error] = await once(late, 'error');
    expect(error.code).toBe('ECONNREFUSED');
    client.send('<still-here/>');
    expect(await heard.frames.next()).toBe('<still-here/>');
    connection.write([Buffer.from('<and-so-am-i/>\0')]);
    expect(await client.next()).toBe('<and-so-am-i/>');
    await listen();
  });
});

describe('a port that takes only a part', () => {
  it('hangs up on the other faces by their first bytes', async () => {
    await listen({ accepts: ['policy'] });
    expect(await answerTo(REQUEST)).toBe(policyFor(listener.port));
    expect(await answerTo('<ping />\0')).toBe('');
    expect(await answerTo('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('');
    expect(listener.connections.waiting).toEqual([]);
    await listen();
  });

  it('answers the upgrades and pages that it does not have with 404', async () => {
    await listen({ accepts: ['ws'], onRequest: (_request, response) => response.end('a page') });
    expect(await answerTo('GET / HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 /);
    const upgrade = 'Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(await answerTo(`GET /xmlsocket HTTP/1.1\r\n${upgrade}`)).toMatch(/^HTTP\/1\.1 404 /);
    // What is missing in this handshake is seen only where the route is there.
    expect(await answerTo(`GET /ws HTTP/1.1\r\n${upgrade}`)).toMatch(/^HTTP\/1\.1 400 /);
    await listen();
  });
});

describe('a policy request', () => {
  it('is answered, byte for byte, and the connection ends', async () => {
    expect(await answerTo(REQUEST)).toBe(policyFor(listener.port));
    expect(listener.policyRequests).toBe(1);
    expect(listener.connections.waiting).toEqual([]);
  });

  it('may come byte by byte', async () => {
    const socket = connect(listener.port, '127.0.0.1');
    const answer = readAll(socket);
    for (const byte of REQUEST) {
      socket.write(Buffer.from([byte]));
      await turn();
    }
    expect(await answer).toBe(policyFor(listener.port));
  });

  it('may have bytes behind it, and a peer that ends its half at once', async () => {
    const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end(Buffer.concat([REQUEST, Buffer.from('\0\0<login />\0')]));
    expect(await readAll(socket)).toBe(policyFor(listener.port));
  });

  it('is answered with the ports that were configured, on the policy port, too', async () => {
    await listen({
      policyPort: 0,
      policy: { domains: ['chat.example'], ports: [9339, 8080], masterOnly: false },
    });
    const expected =
      '<cross-domain-policy><allow-access-from domain="chat.example" to-ports="9339,8080" /></cross-domain-policy>\0';
    expect(await answerTo(REQUEST)).toBe(expected);
    expect(await answerTo(REQUEST, listener.policyPort ?? 0)).toBe(expected);
  });

  it('is all that the policy port speaks', async () => {
    await listen({ policyPort: 0 });
    expect(await answerTo('<ping />\0', listener.policyPort ?? 0)).toBe('');
    expect(await answerTo('GET / HTTP/1.1\r\n\r\n', listener.policyPort ?? 0)).toBe('');
    expect(listener.connections.waiting).toEqual([]);
  });

  it('from a peer that does not hang up ends all the same', async () => {
    await listen({ closeTimeoutMs: 50 });
    const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(REQUEST);
    expect(await readAll(socket)).toBe(policyFor(listener.port));
    await untilCut(socket);
  });
});

describe('a page of another origin', () => {
  const opens = async (path: string, origin?: string): Promise<number> => {
    const url = `ws://127.0.0.1:${listener.port}${path}`;
    const ws = new WebSocket(url, origin === undefined ? {} : { origin });
    ws.on('error', () => undefined);
    const opened = once(ws, 'open').then(() => 101);
    const refused = once(ws, 'unexpected-response').then(([, { statusCode }]) => statusCode);
    const status = await Promise.race([opened, refused]);
    ws.terminate();
    return status;
  };

  it.each(['/ws', '/xmlsocket', '/ws?token=1'])('may not open %s', async (path) => {
    expect(await opens(path, 'https://evil.example')).toBe(403);
    expect(await listener.refused.next()).toBe('origin');
    expect(await opens(path, 'null')).toBe(403);
    expect(await listener.refused.next()).toBe('origin');
    expect(listener.connections.waiting).toEqual([]);
    expect(await opens(path, 'http://localhost:1234')).toBe(101);
    await listener.connections.next();
    expect(await opens(path)).toBe(101);
    await listener.connections.next();
  });

  it('may, when it is in the list, and only then', async () => {
    await listen({ allowedOrigins: ['https://chat.example'] });
    expect(await opens('/ws', 'https://chat.example')).toBe(101);
    await listener.connections.next();
    expect(await opens('/ws', 'http://localhost:1234')).toBe(403);
  });

  it('does not hold the connection that it was refused on', async () => {
    const socket = connect({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write(handshake('/ws', ['Origin: https://evil.example']));
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 403 (?:.|\r\n)*RELAY_ALLOWED_ORIGINS/);
    await untilCut(socket);
  });
});

describe('HTTP', () => {
  it('answers an upgrade elsewhere with 404, and a broken one with 400', async () => {
    expect(await answerTo(handshake('/other'))).toMatch(/^HTTP\/1\.1 404 /);
    expect(await answerTo(handshake('/ws').replace('Version: 13', 'Version: 1'))).toMatch(
      /^HTTP\/1\.1 4\d\d /,
    );
    expect(await answerTo(handshake('/ws').replace('Key: d', 'Key: '))).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each<[what: string, bytes: string, answer: RegExp]>([
    ['garbage', 'GET \u0001\u0002\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['another version', 'GET / HTTP/9.9\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'a header that is too long',
      `GET / HTTP/1.1\r\nA: ${'a'.repeat(9000)}\r\n`,
      /^HTTP\/1\.1 431 /,
    ],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
      /^HTTP\/1\.1 400 /,
    ],
    ['a tunnel to elsewhere', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', /^$/],
  ])('survives %s', async (_what, bytes, answer) => {
    expect(await answerTo(bytes)).toMatch(answer);
  });

  it('survives a handshake with more headers than it counts', async () => {
    const many = Array.from({ length: 500 }, (_, index) => `a${index}: `);
    const bytes = handshake('/ws', many).replace('Upgrade: websocket\r\n', '');
    expect(await answerTo(bytes.replace('\r\n\r\n', '\r\nUpgrade: websocket\r\n\r\n'))).toMatch(
      /^HTTP\/1\.1 4\d\d /,
    );
  });

  it('answers one request a connection, also of an old client that wants more', async () => {
    await listen({ onRequest: (_request, response) => response.end('x') });
    for (const version of ['1.0', '1.1']) {
      const one = `GET / HTTP/${version}\r\nHost: a\r\nConnection: keep-alive\r\n\r\n`;
      const answer = await answerTo(one.repeat(3));
      expect(answer.match(/HTTP\/1\.1 200 /g)).toHaveLength(1);
    }
  });

  it('hands on what is no WebSocket', async () => {
    await listen({
      onRequest: (asked, response) => response.end(`${asked.method} ${asked.url}`),
    });
    const response = await fetch(`http://127.0.0.1:${listener.port}/a?b=1`, { method: 'POST' });
    expect(await response.text()).toBe('POST /a?b=1');
    expect(response.headers.get('connection')).toBe('close');
  });

  it('is cut when the port is closed, also within an answer', async () => {
    let onAsked: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      onAsked = resolve;
    });
    await listen({ onRequest: () => onAsked() });
    const waiting = get(`http://127.0.0.1:${listener.port}/`);
    const cut = once(waiting, 'error');
    await asked;
    listener.shut();
    expect((await cut)[0].code).toBe('ECONNRESET');
    await listen();
  });
});

describe('a peer that', () => {
  it('ends in the middle of a frame is gone, and the half is dropped', async () => {
    const { client, heard } = await openXml();
    client.socket.end('<half');
    await heard.closed;
    expect(heard.log).toEqual(['frame 8', 'closed']);
  });

  it.each(['', '<', '<policy-file-request/>', 'GE', 'GET / HT'])(
    'ends or is gone after %j leaves nothing behind',
    async (bytes) => {
      for (const leave of ['end', 'resetAndDestroy'] as const) {
        const client = await connectLegacy(listener.port);
        if (bytes !== '') client.sendBytes(Buffer.from(bytes));
        await turn();
        client.socket[leave]();
        await client.closed;
      }
      expect(listener.connections.waiting).toEqual([]);
    },
  );

  it('does not finish its first frame is told so', async () => {
    await listen({ frameTimeoutMs: 50 });
    for (const half of ['<', '<half', '<policy-file-request', 'GET']) {
      const client = await connectLegacy(listener.port);
      client.sendBytes(Buffer.from(half));
      const { connection, heard } = await listener.connections.next();
      expect(await heard.refusals.next()).toBe('FRAME_TIMEOUT');
      connection.close(4002, 'FRAME_TIMEOUT');
      await Promise.all([client.closed, heard.closed]);
      expect(heard.log).toEqual(['FRAME_TIMEOUT', 'closed']);
    }
  });

  it('says nothing at all is cut', async () => {
    await listen({ sniffTimeoutMs: 50 });
    await (await connectLegacy(listener.port)).closed;
    expect(listener.connections.waiting).toEqual([]);
  });

  it('sends without end and reads nothing ends at the limit', async () => {
    await listen({ closeTimeoutMs: 100 });
    const client = await connectLegacy(listener.port);
    const flood = Buffer.alloc(1_000_000, 'x');
    for (let sent = 0; sent < 20; sent += 1) client.sendBytes(flood);
    const { connection, heard } = await listener.connections.next();
    expect(await heard.refusals.next()).toBe('FRAME_TOO_LONG');
    connection.close(1009, 'FRAME_TOO_LONG');
    await heard.closed;
    expect(heard.log).toEqual(['FRAME_TOO_LONG', 'closed']);
    client.close();
  });
});

describe('too many sockets', () => {
  it('are dropped and counted, and there is room again when others leave', async () => {
    await listen({ connectionsMax: 1 });
    const others: LegacyClient[] = [];
    // Some more are let in, so that they can be told why.
    for (let open = 0; open < 65; open += 1) others.push(await connectLegacy(listener.port));
    const late = await connectLegacy(listener.port);
    expect(await listener.refused.next()).toBe('sockets');
    await late.closed;
    for (const other of others) other.close();
    await Promise.all(others.map(({ closed }) => closed));
  });
});

/** What comes until the other side ends its half; this side stays open if it may be half open. */
function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('end', () => {
      socket.off('error', reject);
      resolve(Buffer.concat(chunks).toString());
    });
  });
}

/** Resolves when the other side reads from a socket no more, though this side never ended its half. */
async function untilCut(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  while (!socket.destroyed) {
    socket.write('x');
    await turn();
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
