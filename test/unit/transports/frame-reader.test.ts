import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FrameReader } from '../../../src/transports/frame-reader.ts';

const TIMEOUT_MS = 1000;

let heard: string[];
let reader: FrameReader;

beforeEach(() => {
  vi.useFakeTimers();
  heard = [];
  reader = new FrameReader(
    { frameMaxBytes: 8, frameTimeoutMs: TIMEOUT_MS },
    {
      onFrame: (frame) => heard.push(frame.toString()),
      onRefusal: ({ code }) => heard.push(code),
      onClosed: () => heard.push('closed'),
    },
  );
});

afterEach(() => {
  reader.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const read = (text: string): void => reader.read(Buffer.from(text));

describe('a frame reader', () => {
  it('refuses a frame that is too long, once, and reads no further', () => {
    read('<a/>\u0000123456789');
    read('\0<b/>\0');
    expect(heard).toEqual(['<a/>', 'FRAME_TOO_LONG']);
  });

  it('refuses a frame that is not finished in time, and reads no further', () => {
    read('<a');
    vi.advanceTimersByTime(TIMEOUT_MS - 1);
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(1);
    read('/>\0<b/>\0');
    expect(heard).toEqual(['FRAME_TIMEOUT']);
  });

  it('gives no more time for a byte now and then', () => {
    read('<');
    vi.advanceTimersByTime(TIMEOUT_MS - 1);
    read('a');
    vi.advanceTimersByTime(1);
    expect(heard).toEqual(['FRAME_TIMEOUT']);
  });

  it('gives every frame its own time', () => {
    read('<a');
    vi.advanceTimersByTime(TIMEOUT_MS - 1);
    read('/>\0<b');
    vi.advanceTimersByTime(TIMEOUT_MS - 1);
    expect(heard).toEqual(['<a/>']);
    vi.advanceTimersByTime(1);
    expect(heard).toEqual(['<a/>', 'FRAME_TIMEOUT']);
  });

  it('waits without end between two frames', () => {
    read('<a/>\0');
    vi.advanceTimersByTime(TIMEOUT_MS * 100);
    expect(heard).toEqual(['<a/>']);
  });

  it('counts no time while nobody reads, and gives all of it again after that', () => {
    read('<a');
    reader.pause();
    vi.advanceTimersByTime(TIMEOUT_MS * 10);
    read('b');
    vi.advanceTimersByTime(TIMEOUT_MS * 10);
    expect(heard).toEqual([]);
    reader.resume();
    vi.advanceTimersByTime(TIMEOUT_MS - 1);
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(heard).toEqual(['FRAME_TIMEOUT']);
  });

  it('has nothing to wait for when it goes on between two frames', () => {
    read('<a/>\0');
    reader.pause();
    reader.resume();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('delivers nothing after it was stopped, within a chunk either', () => {
    const stopping = new FrameReader(
      { frameMaxBytes: 8, frameTimeoutMs: TIMEOUT_MS },
      {
        onFrame: (frame) => {
          heard.push(frame.toString());
          stopping.stop();
        },
        onRefusal: ({ code }) => heard.push(code),
        onClosed: () => undefined,
      },
    );
    stopping.read(Buffer.from('<a/>\0<b/>\u0000123456789'));
    stopping.resume();
    expect(heard).toEqual(['<a/>']);
  });
});
