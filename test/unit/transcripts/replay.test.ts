import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Logged } from '../../../src/domain/events.ts';
import { Replay, type ReplayClock, type ReplayOptions } from '../../../src/transcripts/replay.ts';
import { ANN, events } from './story.ts';

/** Time that goes by when the test says so. */
class Clock implements ReplayClock {
  #now = 5_000_000;
  readonly #sleepers = new Set<{ due: number; wake: () => void }>();

  now(): number {
    return this.#now;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = {
        due: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', sleeper.wake, { once: true });
    });
  }

  /** Lets time go by, and whoever waits do what is due. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const [next] = [...this.#sleepers].sort((one, other) => one.due - other.due);
      if (next === undefined || next.due > end) break;
      this.#now = next.due;
      next.wake();
    }
    this.#now = end;
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let count = 0; count < 5; count += 1) await turn();
}

/** Messages at these seconds; their sequences are 1, 3, 5. */
function messagesAt(...seconds: readonly number[]): Logged[] {
  return seconds.flatMap((second, index) => {
    const start = new Date(Date.parse('2026-03-27T12:00:00Z') + second * 1000).toISOString();
    const [message] = events('1', start, [{ type: 'message.posted', from: ANN, text: `${index}` }]);
    return message === undefined ? [] : [{ ...message, seq: 2 * index + 1 }];
  });
}

function begin(
  all: readonly Logged[],
  options: Partial<ReplayOptions> = {},
  tell: () => Promise<void> = async () => undefined,
) {
  const clock = new Clock();
  const begun = clock.now();
  const told: [seq: number, seconds: number][] = [];
  const parts = {
    clock,
    read: async function* (afterSeq: number) {
      yield* all.filter(({ seq }) => seq > afterSeq);
    },
    tell: async ({ seq }: Logged) => {
      told.push([seq, (clock.now() - begun) / 1000]);
      await tell();
    },
  };
  const replay = new Replay(parts, { afterSeq: 0, speed: 1, maxPauseMs: null, ...options });
  return { replay, clock, told, run: replay.run() };
}

describe('a replay', () => {
  it('keeps the pace', async () => {
    const { replay, clock, told, run } = begin(messagesAt(0, 2, 2, 60));
    await clock.pass(1999);
    expect(told).toEqual([[1, 0]]);
    await clock.pass(100_000);
    expect(told).toEqual([
      [1, 0],
      [3, 2],
      [5, 2],
      [7, 60],
    ]);
    expect(await run).toBe('ended');
    expect([replay.state, replay.told, replay.last?.seq]).toEqual(['ended', 4, 7]);
  });

  it.each([
    [10, [0, 0.2, 6]],
    [0.5, [0, 4, 120]],
    ['max', [0, 0, 0]],
  ] as const)('at speed %s', async (speed, expected) => {
    const { clock, told, run } = begin(messagesAt(0, 2, 60), { speed });
    await clock.pass(200_000);
    expect(told.map(([, seconds]) => seconds)).toEqual(expected);
    await run;
  });

  it('makes no pause longer than it may', async () => {
    const { clock, told } = begin(messagesAt(0, 86_400, 86_401), { maxPauseMs: 5000, speed: 2 });
    await clock.pass(10_000);
    expect(told.map(([, seconds]) => seconds)).toEqual([0, 5, 5.5]);
  });

  it('waits while it is paused, and no longer after it', async () => {
    const { replay, clock, told } = begin(messagesAt(0, 10));
    await clock.pass(4000);
    replay.pause();
    await clock.pass(1_000_000);
    expect([replay.state, told.length]).toEqual(['paused', 1]);
    replay.resume();
    await clock.pass(20_000);
    expect(told[1]).toEqual([3, 1010]);
  });

  it('can be paused before it begins', async () => {
    const { replay, clock, told } = begin(messagesAt(0));
    replay.pause();
    await clock.pass(1000);
    replay.resume();
    await clock.pass(1);
    expect(told).toEqual([[1, 1]]);
  });

  it('goes on faster at once', async () => {
    const { replay, clock, told } = begin(messagesAt(0, 100));
    await clock.pass(50_000);
    replay.setSpeed(10);
    await clock.pass(20_000);
    expect(told[1]).toEqual([3, 55]);
    expect(replay.speed).toBe(10);
  });

  it('goes on somewhere else at once, and from there at the pace of there', async () => {
    const { replay, clock, told } = begin(messagesAt(0, 1000, 1010, 1020, 9999));
    await clock.pass(5000);
    replay.seek(4);
    await clock.pass(10_000);
    replay.seek(0);
    await clock.pass(1);
    expect(told).toEqual([
      [1, 0],
      [5, 5],
      [7, 15],
      [1, 15],
    ]);
  });

  it('stops while it waits', async () => {
    const { replay, clock, told, run } = begin(messagesAt(0, 1000));
    await clock.pass(5000);
    replay.stop();
    expect(await run).toBe('stopped');
    expect([told.length, replay.state, replay.last?.seq]).toEqual([1, 'stopped', 1]);
    replay.resume();
    expect(replay.state).toBe('stopped');
  });

  it('finishes what it is telling when it is stopped', async () => {
    let done = () => {};
    const telling = new Promise<void>((resolve) => {
      done = resolve;
    });
    const { replay, clock, run } = begin(messagesAt(0, 0), {}, () => telling);
    await clock.pass(1);
    replay.stop();
    done();
    expect(await run).toBe('stopped');
    expect(replay.told).toBe(1);
  });

  it('does not add what telling takes, and does not hurry after a long halt', async () => {
    const all = messagesAt(0, 10, 20, 30, 40);
    const { clock, told } = begin(all, {}, async () => {
      // The second takes 25 seconds, the others 4.
      await clock.wait(told.length === 2 ? 25_000 : 4000, new AbortController().signal);
    });
    await clock.pass(200_000);
    expect(told.map(([, seconds]) => seconds)).toEqual([0, 10, 35, 44, 54]);
  });

  it('ends with what telling rejects with', async () => {
    const { run } = begin(messagesAt(0), {}, () => Promise.reject(new Error('no')));
    await expect(run).rejects.toThrow('no');
  });
});
