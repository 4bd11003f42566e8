import { describe, expect, it } from 'vitest';
import { Journal } from '../../../src/torture/journal.ts';
import { latencyOf, timesOf } from '../../../src/torture/latency.ts';

describe('from the sender to the last receiver', () => {
  it('is as long as the slowest takes, and unknown when one did not hear it', () => {
    const [sender, other] = [new Journal(), new Journal()];
    const hear = (journal: Journal, mark: string, atMs: number) =>
      journal.room('1').hear({ atMs, seq: null, mark, text: null });
    for (const mark of ['c0-0', 'c0-1']) sender.sent({ room: '1', mark, text: mark, sentMs: 100 });
    hear(sender, 'c0-0', 105);
    hear(other, 'c0-0', 120);
    hear(sender, 'c0-1', 105);
    expect(timesOf(['c0-0', 'c0-1'], [sender], [sender, other])).toEqual([20]);
  });

  it('has its percentiles', () => {
    const times = Array.from({ length: 200 }, (_, index) => index + 1);
    expect(latencyOf(times)).toEqual({ messages: 200, p50Ms: 100, p99Ms: 198 });
    expect(latencyOf([])).toEqual({ messages: 0, p50Ms: 0, p99Ms: 0 });
  });
});
