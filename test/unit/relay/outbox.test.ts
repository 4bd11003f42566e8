import { describe, expect, it } from 'vitest';
import { Flusher } from '../../../src/relay/flusher.ts';
import { Outbox, type Sink } from '../../../src/relay/outbox.ts';

class Drain implements Sink {
  bufferedBytes = 0;
  /** So many bytes the kernel does not take. */
  keeps = 0;
  readonly writes: string[] = [];

  write(frames: readonly Buffer[]): void {
    this.writes.push(Buffer.concat(frames).toString());
    this.bufferedBytes += this.keeps;
  }
}

const frames = (...texts: string[]): Buffer[] => texts.map((text) => Buffer.from(text));
const flusher = new Flusher({ pauseMaxMs: 0, clock: () => 0, onPaused: () => undefined });
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('an outbox', () => {
  it('writes once a turn, in the order of the pushes', async () => {
    const sink = new Drain();
    const outbox = new Outbox(sink, flusher, 1000, () => undefined);
    outbox.push(frames('a', 'b'));
    outbox.push(frames('c'));
    expect(sink.writes).toEqual([]);
    await turn();
    outbox.push(frames('d'));
    await turn();
    expect(sink.writes).toEqual(['abc', 'd']);
  });

  it('says once that the reader is too slow, and takes nothing more', async () => {
    const sink = new Drain();
    let overflows = 0;
    const outbox = new Outbox(sink, flusher, 10, () => {
      overflows += 1;
    });
    sink.bufferedBytes = 6;
    outbox.push(frames('1234'));
    outbox.push(frames('5'));
    outbox.push(frames('6'));
    await turn();
    expect({ overflows, writes: sink.writes }).toEqual({ overflows: 1, writes: ['1234'] });
  });

  it('takes the last words over the limit, behind what waits', () => {
    const sink = new Drain();
    const outbox = new Outbox(sink, flusher, 4, () => undefined);
    outbox.push(frames('1234'));
    outbox.push(frames('5'));
    outbox.pushLast(frames('bye'));
    expect(sink.writes).toEqual(['1234bye']);
  });

  it('counts what waits here and in the socket', () => {
    const sink = new Drain();
    sink.bufferedBytes = 5;
    const outbox = new Outbox(sink, flusher, 100, () => undefined);
    outbox.push(frames('123'));
    expect(outbox.bytes).toBe(8);
  });

  const place = (prev: number, room = '1') => ({ room, prev });

  it('knows up to which event of a room the kernel has taken everything', async () => {
    const sink = new Drain();
    const outbox = new Outbox(sink, flusher, 100, () => undefined);
    outbox.push(frames('1234'), place(7));
    outbox.push(frames('56', '78'), place(8));
    outbox.push(frames('90'), place(9, '2'));
    expect([outbox.lastSent('1'), outbox.lastSent('2')]).toEqual([7, 9]);
    sink.keeps = 5;
    await turn();
    expect([outbox.lastSent('1'), outbox.lastSent('2')]).toEqual([8, 9]);
    sink.bufferedBytes = 0;
    expect([outbox.lastSent('1'), outbox.lastSent('2')]).toEqual([null, null]);
  });

  it('knows what it did not take', () => {
    const sink = new Drain();
    const outbox = new Outbox(sink, flusher, 4, () => undefined);
    outbox.push(frames('12345'), place(7));
    outbox.push(frames('1'), place(8));
    outbox.skip(place(9));
    outbox.skip(place(4, '2'));
    outbox.pushLast(frames('bye'));
    expect([outbox.lastSent('1'), outbox.lastSent('2')]).toEqual([7, 4]);
  });
});
