import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pulse } from '../../../src/core/pulse.ts';

let nowMs: number;
let pauses: number[];
let pulse: Pulse;

const pass = (ms: number) => {
  nowMs += ms;
};

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 1000;
  pauses = [];
  const clock = () => nowMs;
  pulse = new Pulse({
    ...{ everyMs: 100, pauseMinMs: 1000, clock },
    onPause: (pausedMs) => pauses.push(pausedMs),
  });
  pulse.start();
});

afterEach(() => {
  pulse.stop();
  vi.useRealTimers();
});

describe('the pulse of a process', () => {
  it('is steady while it runs, however long', () => {
    for (let beat = 0; beat < 100; beat += 1) {
      pass(100);
      vi.advanceTimersByTime(100);
    }
    pass(1000);
    pulse.look();
    expect(pauses).toEqual([]);
  });

  it('tells a pause to whoever looks first, once', () => {
    pass(6000);
    pulse.look();
    pulse.look();
    vi.advanceTimersByTime(100);
    expect(pauses).toEqual([6000]);
  });

  it('tells a pause of itself when nobody looks', () => {
    pass(1001);
    vi.advanceTimersByTime(100);
    expect(pauses).toEqual([1001]);
  });

  it('does not beat before it is started and after it is stopped', () => {
    pulse.stop();
    pass(9000);
    vi.advanceTimersByTime(9000);
    pulse.start();
    pulse.look();
    expect(pauses).toEqual([]);
  });
});
