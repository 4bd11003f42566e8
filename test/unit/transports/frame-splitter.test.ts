import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { FrameSplitter } from '../../../src/transports/frame-splitter.ts';
import { loadVectors } from '../codecs/vectors.ts';

interface FramesVector {
  readonly bytes?: string;
  readonly hex?: string;
  readonly frames?: readonly string[];
  readonly framesHex?: readonly string[];
  readonly frameMaxBytes?: number;
  readonly unfinished?: boolean;
  readonly tooLong?: boolean;
}

interface Split {
  readonly frames: readonly string[];
  readonly unfinished: boolean;
  readonly tooLong: boolean;
}

function split(chunks: readonly Buffer[], frameMaxBytes: number): Split {
  const splitter = new FrameSplitter(frameMaxBytes);
  const frames: string[] = [];
  let tooLong = false;
  for (const chunk of chunks) {
    tooLong = !splitter.push(chunk, (frame) => frames.push(frame.toString('hex')));
  }
  return { frames, unfinished: splitter.isInFrame, tooLong };
}

const hex = (text: string): string => Buffer.from(text).toString('hex');

describe('a frame splitter', () => {
  describe.each(loadVectors<FramesVector>('xmlsocket/frames.json'))('$name', (vector) => {
    const bytes = Buffer.from(vector.hex ?? hex(vector.bytes ?? ''), 'hex');
    const limit = vector.frameMaxBytes ?? 32;
    const expected: Split = {
      frames: vector.framesHex ?? (vector.frames ?? []).map(hex),
      unfinished: vector.unfinished ?? false,
      tooLong: vector.tooLong ?? false,
    };

    it('whole', () => {
      expect(split([bytes], limit)).toEqual(expected);
    });

    it('cut in two anywhere', () => {
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        expect(split([bytes.subarray(0, cut), bytes.subarray(cut)], limit)).toEqual(expected);
      }
    });

    it('byte by byte', () => {
      const single = Array.from(bytes, (byte) => Buffer.from([byte]));
      expect(split(single, limit)).toEqual(expected);
    });
  });

  it('reads the same frames however the bytes are cut', () => {
    const byte = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }));
    const chunks = fc.array(fc.array(byte, { maxLength: 20 }).map((list) => Buffer.from(list)));
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 24 }), (cut, limit) => {
        expect(split(cut, limit)).toEqual(split([Buffer.concat(cut)], limit));
      }),
      { numRuns: 2000 },
    );
  });

  it('delivers nothing more after a frame that was too long', () => {
    const splitter = new FrameSplitter(4);
    const deliver = vi.fn();
    expect(splitter.push(Buffer.from('12345'), deliver)).toBe(false);
    expect(splitter.push(Buffer.from('\0<a/>\0'), deliver)).toBe(false);
    expect(deliver).not.toHaveBeenCalled();
    expect(splitter.isInFrame).toBe(false);
  });

  it('does not keep the chunk that a rest came in', () => {
    const splitter = new FrameSplitter(32);
    const chunk = Buffer.from('<a/>\0<b');
    splitter.push(chunk, () => undefined);
    chunk.fill('x');
    const frames: string[] = [];
    splitter.push(Buffer.from('/>\0'), (frame) => frames.push(frame.toString()));
    expect(frames).toEqual(['<b/>']);
  });

  it('costs as much as there are bytes, in time and in memory', { timeout: 30_000 }, () => {
    const allocated = vi.spyOn(Buffer, 'allocUnsafeSlow');
    const length = 16 * 1024 * 1024;
    const splitter = new FrameSplitter(length);
    const chunk = Buffer.alloc(64, 'x');
    const begunAt = performance.now();
    for (let sent = 0; sent < length; sent += chunk.length) splitter.push(chunk, () => undefined);
    // About 30 ms; copying what waits at every chunk takes minutes.
    expect(performance.now() - begunAt).toBeLessThan(10_000);
    const bytes = allocated.mock.calls.reduce((sum, [size]) => sum + size, 0);
    allocated.mockRestore();
    expect(bytes).toBeLessThanOrEqual(2 * length);
  });
});
