import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { TestListener } from '../support/listener.ts';
import { type RawFrame, RawWebSocket } from '../support/raw-web-socket.ts';
import { connectTunnel } from '../support/tunnel-client.ts';
import { connectWeb } from '../support/web-client.ts';

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10];
const FRAME_MAX_BYTES = 100_000;

let listener: TestListener;

const listen = async (options: Parameters<typeof TestListener.open>[0] = {}) => {
  listener?.close();
  listener = await TestListener.open({ frameMaxBytes: FRAME_MAX_BYTES, ...options });
};
beforeEach(() => listen());
// Whatever was done to it: it serves the next one.
afterEach(async () => {
  const web = await connectWeb(listener.port);
  web.send({ type: 'ping' });
  const { heard } = await listener.connections.next();
  expect(await heard.frames.next()).toBe('{"type":"ping"}');
  web.close();
  listener.close();
});

async function open(path: string) {
  const raw = await RawWebSocket.open(listener.port, path);
  return { raw, ...(await listener.connections.next()) };
}

describe.each(['/ws', '/xmlsocket'])('a broken frame on %s', (path) => {
  it.each<[what: string, code: number, frames: readonly RawFrame[]]>([
    ['text that is no UTF-8', 1007, [{ opcode: TEXT, body: Buffer.from('c328', 'hex') }]],
    ['an overlong NUL in text', 1007, [{ opcode: TEXT, body: Buffer.from('c080', 'hex') }]],
    ['half a surrogate pair in text', 1007, [{ opcode: TEXT, body: Buffer.from('eda080', 'hex') }]],
    ['a frame without a mask', 1002, [{ opcode: TEXT, body: '{}', masked: false }]],
    ['a reserved bit', 1002, [{ opcode: TEXT, body: '{}', reserved: 4 }]],
    ['a reserved opcode', 1002, [{ opcode: 3 }]],
    ['a continuation of nothing', 1002, [{ opcode: CONTINUATION, body: 'x' }]],
    [
      'a message within a message',
      1002,
      [
        { opcode: TEXT, body: '{', fin: false },
        { opcode: TEXT, body: '}' },
      ],
    ],
    ['a ping in pieces', 1002, [{ opcode: PING, fin: false }]],
    ['a ping that is too long', 1002, [{ opcode: PING, body: 'x'.repeat(126) }]],
    ['a close with one byte', 1002, [{ opcode: CLOSE, body: 'x' }]],
    ['a close code that nobody may send', 1002, [{ opcode: CLOSE, body: Buffer.from([3, 0xed]) }]],
    [
      'very many fragments',
      1008,
      [
        { opcode: BINARY, body: 'x', fin: false },
        ...Array.from({ length: 5000 }, () => ({ opcode: CONTINUATION, body: 'x', fin: false })),
      ],
    ],
  ])('%s ends it with %i %s', async (_what, code, frames) => {
    const { raw, heard } = await open(path);
    raw.send(...frames);
    expect(await raw.closeCode()).toBe(code);
    raw.socket.destroy();
    await heard.closed;
    expect(heard.log).toEqual(['closed']);
  });
});

describe('a peer that does not finish a close', () => {
  it.each<[who: string, begin: (opened: Awaited<ReturnType<typeof open>>) => void]>([
    ['it began itself', ({ raw }) => raw.send({ opcode: CLOSE, body: Buffer.from([3, 0xe8]) })],
    ['a broken frame began', ({ raw }) => raw.send({ opcode: 3 })],
    ['the relay began', ({ connection }) => connection.close(1000, '')],
  ])('that %s is cut', async (_who, begin) => {
    await listen({ closeTimeoutMs: 100 });
    const opened = await open('/ws');
    begin(opened);
    await opened.heard.closed;
    opened.raw.socket.destroy();
  });
});

describe('a message', () => {
  it('may come in pieces, with pings in between', async () => {
    const { raw, heard } = await open('/ws');
    raw.send(
      { opcode: TEXT, body: '{"type":', fin: false },
      { opcode: PING },
      { opcode: CONTINUATION, body: '"pi', fin: false },
      { opcode: CONTINUATION, body: 'ng"}' },
    );
    expect(await heard.frames.next()).toBe('');
    expect(await heard.frames.next()).toBe('{"type":"ping"}');
    raw.socket.destroy();
  });

  it.each([0, 125, 126, 127, 65_535, 65_536])('may have %i bytes, both ways', async (length) => {
    const web = await connectWeb(listener.port);
    const { connection, heard } = await listener.connections.next();
    web.socket.send('x'.repeat(length));
    expect((await heard.frames.next()).length).toBe(length);
    web.socket.removeAllListeners('message');
    const written = once(web.socket, 'message');
    connection.write([Buffer.alloc(length, 'y')]);
    expect(String((await written)[0])).toBe('y'.repeat(length));
    web.close();
  });

  it('of every length is whole beside others, with control frames between', async () => {
    const web = await connectWeb(listener.port);
    const { connection, heard } = await listener.connections.next();
    const texts = [0, 125, 126, 65_535, 65_536].map((length) => 'é'.padEnd(length, 'z'));
    const read: string[] = [];
    web.socket.removeAllListeners('message');
    web.socket.on('message', (data: Buffer) => read.push(String(data)));
    let pongs = 0;
    web.socket.on('pong', () => {
      pongs += 1;
    });
    for (let round = 0; round < 20; round += 1) {
      // The relay answers a ping between two writes.
      web.socket.ping();
      web.send({ type: 'ping' });
      expect(await heard.frames.next()).toBe('');
      expect(await heard.frames.next()).toBe('{"type":"ping"}');
      connection.write(texts.map((text) => Buffer.from(text)));
      connection.write([Buffer.from(`round ${round}`)]);
    }
    connection.close(1000, 'enough');
    expect(await web.closed).toEqual({ code: 1000, reason: 'enough' });
    expect(read).toEqual(
      Array.from({ length: 20 }, (_, round) => [...texts, `round ${round}`]).flat(),
    );
    expect(pongs).toBe(20);
  });

  it('that is a ping, or a pong that nobody asked for, is an empty frame to the limits', async () => {
    const { raw, heard } = await open('/ws');
    raw.socket.pause();
    const pings = Array.from({ length: 2000 }, () => ({ opcode: PING, body: 'x'.repeat(125) }));
    for (let round = 0; round < 5; round += 1) {
      raw.send(...pings);
      for (const _ of pings) expect(await heard.frames.next()).toBe('');
    }
    raw.send({ opcode: PONG });
    expect(await heard.frames.next()).toBe('');
    raw.socket.destroy();
    await heard.closed;
  });

  it('that is binary ends a WebSocket of JSON with 1003', async () => {
    const web = await connectWeb(listener.port);
    web.socket.send(Buffer.from('{}'), { binary: true });
    web.send({ type: 'ping' });
    expect((await web.closed).code).toBe(1003);
    const { heard } = await listener.connections.next();
    await heard.closed;
    expect(heard.log).toEqual(['closed']);
  });

  it('that is text ends a tunnel with 1003', async () => {
    const tunnel = await connectTunnel(listener.port);
    tunnel.socket.send('<ping />\0');
    tunnel.send('<ping />');
    expect(await tunnel.closed).toBe(1003);
    const { heard } = await listener.connections.next();
    await heard.closed;
    expect(heard.log).toEqual(['closed']);
  });

  it('that is longer than can be told of ends with 1009', async () => {
    const web = await connectWeb(listener.port);
    web.socket.send('x'.repeat(FRAME_MAX_BYTES * 2 + 1));
    expect((await web.closed).code).toBe(1009);
    const { heard } = await listener.connections.next();
    await heard.closed;
    expect(heard.log).toEqual(['closed']);
  });
});

describe('a tunnel', () => {
  it('is a byte stream: messages are cut anywhere', async () => {
    const tunnel = await connectTunnel(listener.port);
    const { heard } = await listener.connections.next();
    const bytes = Buffer.from('<a>né 😀</a>\0\0<b/>\0<c/>\0');
    for (const byte of bytes) tunnel.sendBytes(Buffer.from([byte]));
    tunnel.sendBytes(bytes);
    const frames = ['<a>né 😀</a>', '', '<b/>', '<c/>'];
    for (const frame of [...frames, ...frames]) expect(await heard.frames.next()).toBe(frame);
    tunnel.socket.terminate();
  });

  it('writes the frames of a turn in one message', async () => {
    const tunnel = await connectTunnel(listener.port);
    const { connection } = await listener.connections.next();
    connection.write(['<a/>\0', '<b/>\0'].map((text) => Buffer.from(text)));
    expect(String(await tunnel.messages.next())).toBe('<a/>\0<b/>\0');
    tunnel.socket.terminate();
  });
});

describe('liveness', () => {
  it('a peer that answers no ping is told and cut', async () => {
    await listen({ pingIntervalMs: 20, closeTimeoutMs: 100 });
    const { raw, connection, heard } = await open('/ws');
    expect(await heard.refusals.next()).toBe('PING_TIMEOUT');
    connection.close(4006, 'PING_TIMEOUT');
    await heard.closed;
    expect(heard.log).toEqual(['PING_TIMEOUT', 'closed']);
    expect(await raw.closeCode()).toBe(4006);
    raw.socket.destroy();
  });

  it('a peer that answers is not', async () => {
    await listen({ pingIntervalMs: 20 });
    const web = await connectWeb(listener.port);
    const { heard } = await listener.connections.next();
    for (let pings = 0; pings < 8; pings += 1) await once(web.socket, 'ping');
    web.send({ type: 'ping' });
    expect(await heard.frames.next()).toBe('{"type":"ping"}');
    web.close();
  });

  it('a peer that is not read from is not to blame', async () => {
    await listen({ pingIntervalMs: 20, frameTimeoutMs: 50 });
    const tunnel = await connectTunnel(listener.port);
    const { connection, heard } = await listener.connections.next();
    tunnel.sendBytes(Buffer.from('<a/>\0<b'));
    expect(await heard.frames.next()).toBe('<a/>');
    connection.pause();
    for (let pings = 0; pings < 8; pings += 1) await once(tunnel.socket, 'ping');
    tunnel.sendBytes(Buffer.from('/>\0'));
    connection.resume();
    expect(await heard.frames.next()).toBe('<b/>');
    tunnel.socket.terminate();
  });
});

describe('the handshake', () => {
  it('chooses no subprotocol and no compression, whatever is offered', async () => {
    const ws = new WebSocket(`ws://127.0.0.1:${listener.port}/ws`, ['chat', 'soap'], {
      perMessageDeflate: true,
    });
    // The client takes it amiss that its offer was not taken up.
    ws.on('error', () => undefined);
    const [response] = await once(ws, 'upgrade');
    expect(response.headers['sec-websocket-protocol']).toBeUndefined();
    expect(response.headers['sec-websocket-extensions']).toBeUndefined();
    ws.terminate();
    const { heard } = await listener.connections.next();
    await heard.closed;
  });
});
