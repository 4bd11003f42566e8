import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Flusher } from '../../../src/relay/flusher.ts';

let now = 0;
let pauses = 0;
const writes: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  [now, pauses] = [0, 0];
  writes.length = 0;
});

afterEach(() => vi.useRealTimers());

const flusherWith = (pauseMaxMs: number) =>
  new Flusher({
    pauseMaxMs,
    clock: () => now,
    onPaused: () => {
      pauses += 1;
    },
  });

/** Something whose writing takes so long. */
const outbox = (name: string, ms: number, frames = 20) => ({
  flush: () => {
    writes.push(`${name}@${now}`);
    now += ms;
    return frames;
  },
});

function pass(ms: number): void {
  now += ms;
  vi.advanceTimersByTime(ms);
}

describe('a flusher', () => {
  it('writes at the end of the turn, in the order in which they came', () => {
    const flusher = flusherWith(4);
    for (const name of ['a', 'b']) flusher.add(outbox(name, 0));
    expect(writes).toEqual([]);
    pass(0);
    flusher.add(outbox('c', 0));
    pass(0);
    expect({ writes, pauses }).toEqual({ writes: ['a@0', 'b@0', 'c@0'], pauses: 0 });
  });

  it('pauses after writing for long, and writes what came meanwhile together', () => {
    const flusher = flusherWith(8);
    flusher.add(outbox('a', 1));
    pass(0);
    flusher.add(outbox('b', 0));
    pass(6);
    flusher.add(outbox('c', 0));
    expect(writes).toEqual(['a@0']);
    pass(1);
    expect({ writes, pauses }).toEqual({ writes: ['a@0', 'b@8', 'c@8'], pauses: 1 });
  });

  it.each([
    [1, ['a@0', 'b@1']],
    [3, ['a@0', 'b@3']],
    [9, ['a@0', 'b@8']],
  ])('pauses the longer the more there was to write: %i frames', (frames, expected) => {
    const flusher = flusherWith(8);
    flusher.add(outbox('a', 1, frames));
    pass(0);
    flusher.add(outbox('b', 0));
    for (let ms = 0; ms < 8; ms += 1) pass(writes.length === 1 && ms > 0 ? 1 : 0);
    expect(writes).toEqual(expected);
  });

  it.each([
    ['at most so long', 4, ['a@0', 'b@54']],
    ['never, with 0', 0, ['a@0', 'b@50']],
  ])('pauses %s', (_how, pauseMaxMs, expected) => {
    const flusher = flusherWith(pauseMaxMs);
    flusher.add(outbox('a', 50));
    pass(0);
    flusher.add(outbox('b', 0));
    pass(0);
    pass(4);
    expect(writes).toEqual(expected);
  });

  it('does not keep what is said after a silence waiting', () => {
    const flusher = flusherWith(8);
    flusher.add(outbox('a', 1));
    pass(0);
    pass(7);
    flusher.add(outbox('b', 0));
    pass(0);
    expect(writes).toEqual(['a@0', 'b@8']);
  });
});
