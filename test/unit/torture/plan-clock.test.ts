import { describe, expect, it } from 'vitest';
import { PlanClock } from '../../../src/torture/plan-clock.ts';

describe('the clock of a plan', () => {
  it('stands still while something freezes it', () => {
    let now = 1000;
    const clock = new PlanClock(() => now);
    now += 50;
    expect(clock.atMs).toBe(50);
    clock.freeze();
    now += 30;
    clock.freeze();
    clock.letGo();
    now += 30;
    expect(clock.atMs).toBe(50);
    clock.letGo();
    now += 20;
    expect(clock.atMs).toBe(70);
  });

  it('comes to the time that is waited for', async () => {
    const clock = new PlanClock(() => performance.now());
    clock.freeze();
    const waited = clock.until(5, new AbortController().signal);
    clock.letGo();
    await waited;
    expect(clock.atMs).toBeGreaterThanOrEqual(5);
  });
});
