import { describe, expect, it } from 'vitest';
import { Liveness } from '../../../src/core/liveness.ts';

describe('liveness', () => {
  it('knows who is new, who lives and who fell silent', () => {
    const liveness = new Liveness(100);
    expect([liveness.heard('a', 0), liveness.heard('a', 10), liveness.heard('b', 50)]).toEqual([
      ...[true, false, true],
    ]);
    expect(liveness.takeSilent(110)).toEqual([]);
    expect(liveness.takeSilent(111)).toEqual(['a']);
    expect([liveness.ids, liveness.takeSilent(111)]).toEqual([['b'], []]);
    expect(liveness.heard('a', 112)).toBe(true);
  });

  it('starts the time of all anew when nobody could be heard', () => {
    const liveness = new Liveness(100);
    liveness.heard('a', 0);
    liveness.excuseAll(1000);
    expect([liveness.takeSilent(1100), liveness.takeSilent(1101)]).toEqual([[], ['a']]);
  });

  it('forgets who said goodbye', () => {
    const liveness = new Liveness(100);
    liveness.heard('a', 0);
    liveness.forget('a');
    expect([liveness.ids, liveness.takeSilent(1000)]).toEqual([[], []]);
  });
});
