import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Numbers } from '../../../src/codecs/numbers.ts';
import { anyRoomId } from './texts.ts';

describe('numbers for room ids', () => {
  it.each(['1', '9', '42', '999999999'])('%s is its own number', (id) => {
    const numbers = new Numbers(10);
    expect(numbers.numberOf(id)).toBe(id);
    expect(numbers.idOf(id)).toBe(id);
  });

  it.each(['lobby', '0', '01', '-1', '1000000000', '99999999999999999999', '1e3', '_'])(
    '%s gets one that stays',
    (id) => {
      const numbers = new Numbers(10);
      const number = numbers.numberOf(id);
      expect(number).toBe('1000000000');
      expect(numbers.numberOf(id)).toBe(number);
      expect(numbers.idOf(number)).toBe(id);
    },
  );

  it.each(['', '0', '-1', '007', '1.5', '1e3', ' 1', 'NaN', '1000000000', '__proto__'])(
    '"%s" stands for no room',
    (number) => {
      expect(new Numbers(10).idOf(number)).toBeNull();
    },
  );

  it('is one to one and fits into 32 bits, whatever the ids are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyRoomId, { maxLength: 20 }), (ids) => {
        const numbers = new Numbers(20);
        const given = ids.map((id) => numbers.numberOf(id));
        expect(given.map((number) => numbers.idOf(number))).toEqual(ids);
        for (const number of given) expect(Number(number) | 0).toBe(Number(number));
      }),
    );
  });

  it('forgets the oldest that was made up', () => {
    const numbers = new Numbers(2);
    const [first = ''] = ['a', 'b', 'c'].map((id) => numbers.numberOf(id));
    expect(numbers.idOf(first)).toBeNull();
    expect(numbers.numberOf('a')).not.toBe(first);
  });
});
