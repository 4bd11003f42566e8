import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Storm } from '../../../src/relay/storm.ts';

const WINDOW = { events: 3, windowMs: 1000 };

function counted(storm: Storm, times: readonly number[]): boolean[] {
  return times.map((time) => storm.count(time));
}

describe('a storm of comings and goings', () => {
  it('is none as long as there are few in a window', () => {
    const storm = new Storm(WINDOW);
    expect(counted(storm, [0, 500, 999, 1000, 1500, 1999, 2000])).not.toContain(true);
    expect(storm.dueMs).toBeNull();
  });

  it('sums up what is more, until the window ends', () => {
    const storm = new Storm(WINDOW);
    expect(counted(storm, [100, 101, 102, 103, 900])).toEqual([false, false, false, true, true]);
    expect(storm.dueMs).toBe(1100);
  });

  it('sums up what comes before the sum is told, however late that is', () => {
    const storm = new Storm(WINDOW);
    counted(storm, [0, 0, 0, 0]);
    expect(storm.count(5000)).toBe(true);
    storm.end(5000);
    expect(storm.dueMs).toBeNull();
    expect(counted(storm, [6000, 6000, 6000, 6000])).toEqual([false, false, false, true]);
  });

  it('sums up all as long as it goes on, and while it dies down', () => {
    const storm = new Storm(WINDOW);
    counted(storm, [0, 0, 0, 0]);
    storm.end(1000);
    expect(counted(storm, [1500, 1600, 1700, 1800])).toEqual([true, true, true, true]);
    expect(storm.dueMs).toBe(2500);
    storm.end(2500);
    expect(counted(storm, [3000, 3100])).toEqual([true, true]);
    storm.end(4000);
    expect(counted(storm, [4001])).toEqual([false]);
  });

  it('never has more told one by one than the windows allow', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 300 }), (steps) => {
        const storm = new Storm(WINDOW);
        let [now, own] = [0, 0];
        for (const step of steps) {
          now += step;
          if (storm.dueMs !== null && now >= storm.dueMs) storm.end(now);
          if (!storm.count(now)) own += 1;
        }
        expect(own).toBeLessThanOrEqual(3 * (1 + Math.floor(now / 1000)));
      }),
    );
  });
});
