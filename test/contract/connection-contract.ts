import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/transports/connection.ts';
import type { MainListenerOptions } from '../../src/transports/main-listener.ts';
import { connectLegacy } from '../support/legacy-client.ts';
import { type Heard, TestListener } from '../support/listener.ts';

/** The other end of a connection. What is sent to it are texts of JSON, so that every wire has them. */
export interface Peer {
  sendFrame(text: string): void;
  next(): Promise<string>;
  readonly closed: Promise<unknown>;
  pause(): void;
  resume(): void;
  /** Ends as its wire does in good order. */
  leave(): void;
  /** Is gone without a word: RST. */
  reset(): void;
}

export interface Wire {
  readonly kind: Connection['kind'];
  connect(port: number): Promise<Peer>;
  /** A frame as a codec makes it. */
  encode(text: string): Buffer;
}

interface Rig {
  readonly connection: Connection;
  readonly heard: Heard;
  readonly peer: Peer;
}

const HELLO = '{"hello":true}';
const FRAME_MAX_BYTES = 1024;

/** What everything that is a `Connection` promises, on real sockets. */
export function describeConnection(name: string, wire: Wire): void {
  let listener: TestListener;
  const listen = async (options: Partial<MainListenerOptions> = {}) => {
    listener?.close();
    listener = await TestListener.open({ frameMaxBytes: FRAME_MAX_BYTES, ...options });
  };
  beforeEach(() => listen());
  afterEach(() => listener.close());

  const open = async (): Promise<Rig> => {
    const peer = await wire.connect(listener.port);
    peer.sendFrame(HELLO);
    const { connection, heard } = await listener.connections.next();
    expect(await heard.frames.next()).toBe(HELLO);
    return { connection, heard, peer };
  };
  const encode = (...texts: string[]): Buffer[] => texts.map((text) => wire.encode(text));

  describe(name, () => {
    it('says what it is', async () => {
      const { connection } = await open();
      expect(connection.kind).toBe(wire.kind);
      expect(connection.remoteAddress).toBe('127.0.0.1');
      expect(connection.id).not.toBe((await open()).connection.id);
    });

    it('delivers frames in order, empty ones too', async () => {
      const { heard, peer } = await open();
      const sent = ['{"n":1}', '', '<ping />', '😀', ''];
      for (const text of sent) peer.sendFrame(text);
      for (const text of sent) expect(await heard.frames.next()).toBe(text);
    });

    it('writes frames in order, one or many at once, or none', async () => {
      const { connection, peer } = await open();
      connection.write(encode('{"n":1}'));
      connection.write([]);
      connection.write(encode('{"n":2}', '{"n":3}'));
      for (const n of [1, 2, 3]) expect(await peer.next()).toBe(`{"n":${n}}`);
    });

    it('takes a frame as long as allowed, and refuses a longer one once', async () => {
      const { connection, heard, peer } = await open();
      peer.sendFrame('x'.repeat(FRAME_MAX_BYTES));
      peer.sendFrame('x'.repeat(FRAME_MAX_BYTES + 1));
      peer.sendFrame('<ping />');
      expect(await heard.refusals.next()).toBe('FRAME_TOO_LONG');
      connection.write(encode('{"last":"words"}'));
      connection.close(1009, 'FRAME_TOO_LONG');
      expect(await peer.next()).toBe('{"last":"words"}');
      await peer.closed;
      await heard.closed;
      const refused = `frame ${FRAME_MAX_BYTES}`;
      expect(heard.log.slice(1)).toEqual([refused, 'FRAME_TOO_LONG', 'closed']);
    });

    it('flushes what was written before it closes', async () => {
      const { connection, heard, peer } = await open();
      const text = (n: number) => `{"n":${n},"x":"${'x'.repeat(100_000)}"}`;
      for (let n = 0; n < 50; n += 1) connection.write(encode(text(n)));
      connection.close(1000, '');
      for (let n = 0; n < 50; n += 1) expect(await peer.next()).toBe(text(n));
      await peer.closed;
      await heard.closed;
    });

    it('counts what the kernel has not taken', async () => {
      const { connection, peer } = await open();
      expect(connection.bufferedBytes).toBe(0);
      peer.pause();
      const text = `{"x":"${'x'.repeat(1_000_000)}"}`;
      let written = 0;
      while (connection.bufferedBytes === 0 && written < 100) {
        connection.write(encode(text));
        written += 1;
        await turn();
      }
      expect(connection.bufferedBytes).toBeGreaterThan(0);
      peer.resume();
      for (let n = 0; n < written; n += 1) expect(await peer.next()).toBe(text);
      while (connection.bufferedBytes > 0) await turn();
    });

    it('finds a peer that takes nothing any more', async () => {
      await listen({ sendTimeoutMs: 200, closeTimeoutMs: 100 });
      const { connection, heard, peer } = await open();
      peer.pause();
      const text = `{"x":"${'x'.repeat(1_000_000)}"}`;
      // Loopback may hold very much.
      for (let n = 0; n < 100 && heard.refusals.waiting.length === 0; n += 1) {
        connection.write(encode(text));
        await tick(listener);
      }
      expect(await heard.refusals.next()).toBe('SEND_TIMEOUT');
      connection.close(4005, 'SEND_TIMEOUT');
      await heard.closed;
      expect(heard.log.slice(1)).toEqual(['SEND_TIMEOUT', 'closed']);
    });

    it('goes on with a peer that takes everything in the end', async () => {
      await listen({ sendTimeoutMs: 5000 });
      const { connection, heard, peer } = await open();
      const text = `{"x":"${'x'.repeat(1_000_000)}"}`;
      for (let round = 0; round < 3; round += 1) {
        peer.pause();
        for (let n = 0; n < 8; n += 1) connection.write(encode(text));
        peer.resume();
        for (let n = 0; n < 8; n += 1) expect(await peer.next()).toBe(text);
        while (connection.bufferedBytes > 0) await turn();
      }
      peer.sendFrame('{"n":1}');
      expect(await heard.frames.next()).toBe('{"n":1}');
    });

    it('cuts a peer that does not let it close', async () => {
      await listen({ closeTimeoutMs: 100 });
      const { connection, heard, peer } = await open();
      peer.pause();
      const text = `{"x":"${'x'.repeat(1_000_000)}"}`;
      for (let n = 0; n < 20; n += 1) connection.write(encode(text));
      connection.close(4001, 'SLOW_READER');
      await heard.closed;
    });

    it('delivers nothing but the end after it was closed', async () => {
      const { connection, heard, peer } = await open();
      connection.pause();
      peer.sendFrame('{"n":1}');
      await tick(listener);
      connection.close(1000, '');
      await heard.closed;
      expect(heard.log.slice(1)).toEqual(['closed']);
    });

    it('reads no further from a peer that goes on sending after it was closed', async () => {
      await listen({ closeTimeoutMs: 100 });
      const { connection, heard, peer } = await open();
      connection.write(encode('{"last":"words"}'));
      connection.close(1008, 'FLOODING');
      for (let n = 0; n < 2000; n += 1) peer.sendFrame('x'.repeat(1000));
      expect(await peer.next()).toBe('{"last":"words"}');
      await heard.closed;
      expect(heard.log.slice(1)).toEqual(['closed']);
    });

    it('is not read from while it is paused', async () => {
      const { connection, heard, peer } = await open();
      connection.pause();
      peer.sendFrame('{"n":1}');
      peer.sendFrame('{"n":2}');
      await tick(listener);
      expect(heard.frames.waiting).toEqual([]);
      connection.resume();
      expect(await heard.frames.next()).toBe('{"n":1}');
      expect(await heard.frames.next()).toBe('{"n":2}');
    });

    it.each<[how: string, end: (rig: Rig) => void]>([
      ['the peer leaves', ({ peer }) => peer.leave()],
      ['the peer is gone', ({ peer }) => peer.reset()],
      ['it is closed', ({ connection }) => connection.close(1000, '')],
      ['it is cut', ({ connection }) => connection.destroy()],
      [
        'it is closed while it is paused',
        ({ connection }) => {
          connection.pause();
          connection.close(1000, '');
        },
      ],
      [
        'both leave at once',
        ({ connection, peer }) => {
          peer.leave();
          connection.close(1000, '');
        },
      ],
    ])('ends once when %s, and nothing throws after that', async (_how, end) => {
      const rig = await open();
      const { connection, heard, peer } = rig;
      end(rig);
      await Promise.all([heard.closed, peer.closed]);
      connection.write(encode('{"n":1}'));
      connection.pause();
      connection.resume();
      connection.close(1000, '');
      connection.destroy();
      connection.write(encode('{"n":2}'));
      // Where the peer cannot say what it has heard, this tells: not these.
      expect(connection.bufferedBytes > 0).toBe(wire.kind !== 'websocket');
      await tick(listener);
      expect(heard.log.slice(1)).toEqual(['closed']);
    });

    it('survives a peer that is gone while much is written to it', async () => {
      const { connection, heard, peer } = await open();
      const text = `{"x":"${'x'.repeat(1_000_000)}"}`;
      for (let n = 0; n < 20; n += 1) connection.write(encode(text));
      peer.reset();
      for (let n = 0; n < 20; n += 1) connection.write(encode(text));
      await heard.closed;
      expect(heard.log.slice(1)).toEqual(['closed']);
    });
  });
}

/** What was sent to a listener before has reached it. */
async function tick(listener: TestListener): Promise<void> {
  const clock = await connectLegacy(listener.port);
  clock.send(HELLO);
  const { heard } = await listener.connections.next();
  await heard.frames.next();
  clock.send(HELLO);
  await heard.frames.next();
  clock.close();
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
