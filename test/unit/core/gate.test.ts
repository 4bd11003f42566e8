import { describe, expect, it } from 'vitest';
import { Gate } from '../../../src/core/gate.ts';

function open(concurrentMax: number, pendingMax: number) {
  let nowMs = 0;
  const gate = new Gate({ concurrentMax, pendingMax, waitMaxMs: 100, clock: () => nowMs });
  const begun: number[] = [];
  const finish = new Map<number, (outcome: 'done' | 'failed') => void>();
  const run = (number: number) =>
    gate.run(() => {
      begun.push(number);
      return new Promise<number>((resolve, reject) => {
        finish.set(number, (outcome) =>
          outcome === 'done' ? resolve(number) : reject(new Error('failed')),
        );
      });
    });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { gate, begun, finish, run, pass };
}

describe('a gate', () => {
  it('lets so many run and so many wait, and turns the next away', async () => {
    const { gate, begun, finish, run } = open(2, 2);
    const running = [1, 2, 3, 4].map(run);
    expect(await run(5)).toBeNull();
    expect([begun, gate.pending]).toEqual([[1, 2], 2]);
    finish.get(2)?.('done');
    expect(await running[1]).toBe(2);
    expect([begun, gate.pending]).toEqual([[1, 2, 3], 1]);
    for (const number of [1, 3]) finish.get(number)?.('done');
    await Promise.all([running[0], running[2]]);
    finish.get(4)?.('done');
    expect(await running[3]).toBe(4);
    expect(gate.pending).toBe(0);
  });

  it('gives the place of work that failed to the next', async () => {
    const { begun, finish, run } = open(1, 1);
    const [first, second] = [run(1), run(2)];
    finish.get(1)?.('failed');
    await expect(first).rejects.toThrow('failed');
    finish.get(2)?.('done');
    expect([await second, begun]).toEqual([2, [1, 2]]);
  });

  it('does not begin what waited too long, and goes on behind it', async () => {
    const { begun, finish, run, pass } = open(1, 3);
    const [first, late] = [run(1), run(2)];
    pass(101);
    const inTime = run(3);
    finish.get(1)?.('done');
    expect([await first, await late]).toEqual([1, null]);
    finish.get(3)?.('done');
    expect([await inTime, begun]).toEqual([3, [1, 3]]);
  });
});
