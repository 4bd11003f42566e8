import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SendWatch } from '../../../src/transports/send-watch.ts';

let waiting: number;
let stuck: number;
let watch: SendWatch;

beforeEach(() => {
  vi.useFakeTimers();
  [waiting, stuck] = [0, 0];
  watch = new SendWatch(
    () => waiting,
    1000,
    () => {
      stuck += 1;
    },
  );
});

afterEach(() => {
  vi.useRealTimers();
});

function write(bytes: number): void {
  waiting += bytes;
  watch.wrote();
}

describe('a peer', () => {
  it('that takes nothing is stuck, once', () => {
    write(500);
    vi.advanceTimersByTime(999);
    expect(stuck).toBe(0);
    vi.advanceTimersByTime(1);
    expect(stuck).toBe(1);
    watch.wrote();
    vi.advanceTimersByTime(10_000);
    expect(stuck).toBe(1);
  });

  it('that takes a byte now and then is not', () => {
    write(500);
    for (let i = 0; i < 100; i += 1) {
      vi.advanceTimersByTime(700);
      waiting -= 1;
    }
    expect(stuck).toBe(0);
    vi.advanceTimersByTime(1250);
    expect(stuck).toBe(1);
  });

  it('that has taken all is not looked at', () => {
    write(500);
    waiting = 0;
    vi.advanceTimersByTime(250);
    expect(vi.getTimerCount()).toBe(0);
    write(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that took all and hangs later has its whole time again', () => {
    write(500);
    vi.advanceTimersByTime(900);
    waiting = 0;
    vi.advanceTimersByTime(100);
    write(500);
    vi.advanceTimersByTime(999);
    expect(stuck).toBe(0);
    vi.advanceTimersByTime(1);
    expect(stuck).toBe(1);
  });

  it('is not looked at any more once the watch is stopped', () => {
    write(500);
    watch.stop();
    write(500);
    vi.advanceTimersByTime(10_000);
    expect({ stuck, timers: vi.getTimerCount() }).toEqual({ stuck: 0, timers: 0 });
  });
});
