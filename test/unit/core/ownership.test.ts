import { describe, expect, it } from 'vitest';
import { Ownership } from '../../../src/core/ownership.ts';

const ROOMS = Array.from({ length: 3000 }, (_, index) => `room${index}`);

function sharesOf(cores: readonly string[]): Map<string, string> {
  const owners = cores.map((self) => {
    const ownership = new Ownership(self);
    ownership.setOthers(cores.filter((core) => core !== self));
    return ownership;
  });
  return new Map(
    ROOMS.map((room) => {
      const owning = owners.filter((owner) => owner.owns(room));
      expect(owning).toHaveLength(1);
      return [room, owning[0]?.self ?? ''];
    }),
  );
}

describe('ownership', () => {
  it('of all rooms is with the only core', () => {
    const ownership = new Ownership('a');
    expect(ROOMS.every((room) => ownership.owns(room))).toBe(true);
  });

  it('is with exactly one core, and evenly', () => {
    const shares = [...sharesOf(['a', 'b', 'c']).values()];
    for (const core of ['a', 'b', 'c']) {
      const share = shares.filter((owner) => owner === core).length / ROOMS.length;
      expect(Math.abs(share - 1 / 3)).toBeLessThan(0.05);
    }
  });

  it('moves only the share of a core that comes or goes', () => {
    const [before, after] = [sharesOf(['a', 'b', 'c']), sharesOf(['a', 'b'])];
    const moved = ROOMS.filter((room) => before.get(room) !== after.get(room));
    expect(moved.every((room) => before.get(room) === 'c')).toBe(true);
    expect(sharesOf(['c', 'a', 'b'])).toEqual(before);
  });

  it('follows who lives', () => {
    const ownership = new Ownership('a');
    ownership.setOthers(['b']);
    const lost = ROOMS.filter((room) => !ownership.owns(room));
    expect(lost.length).toBeGreaterThan(0);
    ownership.setOthers([]);
    expect(lost.every((room) => ownership.owns(room))).toBe(true);
  });
});
