import { expect, it } from 'vitest';
import { Rounds } from '../../../src/relay/rounds.ts';

it.each([0, 1, 3, 4, 5, 11])(
  'goes once through %i things in each round, in even parts',
  (count) => {
    const all = Array.from({ length: count }, (_, index) => index);
    const rounds = new Rounds<number>(4);
    for (let round = 0; round < 3; round += 1) {
      const parts = Array.from({ length: 4 }, () => rounds.next(() => all));
      expect(parts.flat()).toEqual(all);
      expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(
        Math.ceil(count / 4),
      );
    }
  },
);

it('takes up what is new when a round begins', () => {
  let all = ['a', 'b'];
  const rounds = new Rounds<string>(2);
  expect(rounds.next(() => all)).toEqual(['a']);
  all = ['c'];
  expect(rounds.next(() => all)).toEqual(['b']);
  expect([rounds.next(() => all), rounds.next(() => all)].flat()).toEqual(['c']);
});
