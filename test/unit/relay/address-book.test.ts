import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { AddressBook, type AddressLimits } from '../../../src/relay/address-book.ts';

const LIMITS: AddressLimits = {
  ...{ addressesMax: 3, addressConnectionsMax: 2 },
  ...{ addressConnectionsPerSecond: 1, addressConnectionsBurst: 4 },
  ...{ addressFramesPerSecond: 10, addressFramesBurst: 5 },
  ...{ addressBytesPerSecond: 1000, addressBytesBurst: 1000 },
  ...{ addressLoginsPerMinute: 60, addressLoginsBurst: 2 },
};

let nowMs: number;
let notCounted: number;
let book: AddressBook;

beforeEach(() => {
  nowMs = 0;
  notCounted = 0;
  book = new AddressBook({
    limits: LIMITS,
    isExempt: (address) => address === '127.0.0.1',
    onFull: () => {
      notCounted += 1;
    },
    clock: () => nowMs,
  });
});

describe('connections of an address', () => {
  it('are so many at a time, those that are refused included', () => {
    const visits = [1, 2, 3].map(() => book.visit('192.0.2.1'));
    expect(visits.map(({ refused }) => refused)).toEqual([null, null, 'address']);
    visits[0]?.leave();
    expect(book.visit('192.0.2.1').refused).toBe('address');
    visits[1]?.leave();
    visits[2]?.leave();
    expect(book.visit('192.0.2.1').refused).toBeNull();
  });

  it('are so many in a while', () => {
    const come = () => {
      const visit = book.visit('192.0.2.1');
      visit.leave();
      return visit.refused;
    };
    expect([1, 2, 3, 4, 5].map(come)).toEqual([null, null, null, null, 'address_rate']);
    nowMs = 1000;
    expect([1, 2].map(come)).toEqual([null, 'address_rate']);
  });

  it('are those of one address, and of a whole /64', () => {
    for (const address of ['2001:db8::1', '2001:db8::2']) {
      expect(book.visit(address).refused).toBeNull();
    }
    expect(book.visit('2001:db8::3').refused).toBe('address');
    expect(book.visit('2001:db8:0:1::3').refused).toBeNull();
    expect(book.visit('192.0.2.1').refused).toBeNull();
    expect(book.size).toBe(3);
  });

  it('share what they may send', () => {
    const [one, two] = [book.visit('192.0.2.1'), book.visit('::ffff:192.0.2.1')];
    for (let frame = 0; frame < 5; frame += 1) expect(one.budget?.takeFrame(0, 0)).toBeNull();
    expect(two.budget?.takeFrame(0, 0)).toBe('frames');
    expect(two.budget?.takeFrame(0, 100)).toBeNull();
    expect(two.budget?.takeFrame(1001, 200)).toBe('bytes');
  });

  it('are not counted where the address is exempt', () => {
    for (let i = 0; i < 1000; i += 1) {
      expect(book.visit('127.0.0.1')).toMatchObject({ refused: null, budget: null });
      expect(book.accept('127.0.0.1')).not.toBeNull();
    }
    expect(book.size).toBe(0);
  });
});

describe('sockets of an address', () => {
  it('may be some more than its connections', () => {
    const closed = Array.from({ length: 66 }, () => {
      nowMs += 100;
      return book.accept('192.0.2.1');
    });
    nowMs += 10_000;
    expect(closed).not.toContain(null);
    expect(book.accept('192.0.2.1')).toBeNull();
    expect(book.accept('192.0.2.2')).not.toBeNull();
    closed[0]?.();
    expect(book.accept('192.0.2.1')).not.toBeNull();
  });

  it('are so many in a while, more than its connections', () => {
    const accepted = () => {
      const onClosed = book.accept('192.0.2.1');
      onClosed?.();
      return onClosed !== null;
    };
    for (let socket = 0; socket < 40; socket += 1) expect(accepted()).toBe(true);
    expect(accepted()).toBe(false);
    nowMs = 100;
    expect([accepted(), accepted()]).toEqual([true, false]);
  });
});

describe('an address', () => {
  it('is forgotten once nothing is left of it', () => {
    const visit = book.visit('192.0.2.1');
    visit.budget?.takeLogin(0);
    nowMs = 10_000;
    book.tidy();
    expect(book.size).toBe(1);
    visit.leave();
    book.tidy();
    expect(book.size).toBe(0);
  });

  it('is not forgotten before it may do all again', () => {
    const visit = book.visit('192.0.2.1');
    visit.budget?.takeLogin(0);
    visit.leave();
    nowMs = 999;
    book.tidy();
    expect(book.size).toBe(1);
    nowMs = 1000;
    book.tidy();
    expect(book.size).toBe(0);
  });

  it('is forgotten early for another, the one first that came longest ago', () => {
    for (const last of [1, 2, 3, 1]) book.visit(`192.0.2.${last}`).leave();
    const held = book.visit('192.0.2.2');
    book.visit('192.0.2.4').leave();
    // 3 was forgotten; 1, used again since, was not: it has had its visits.
    for (let i = 0; i < 2; i += 1) book.visit('192.0.2.1').leave();
    expect(book.visit('192.0.2.1').refused).toBe('address_rate');
    expect(book.size).toBe(3);
    held.leave();
    expect(notCounted).toBe(0);
  });

  it('is not counted when all others are in use', () => {
    const visits = [1, 2, 3].map((last) => book.visit(`192.0.2.${last}`));
    const late = book.visit('192.0.2.4');
    expect(late).toMatchObject({ refused: null, budget: null });
    expect(notCounted).toBe(1);
    late.leave();
    visits[0]?.leave();
    expect(book.visit('192.0.2.4').budget).not.toBeNull();
  });

  it('never makes the book longer than it may be', () => {
    const address = fc.nat(20).map((last) => `192.0.2.${last}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(address, fc.boolean()), { maxLength: 100 }), (steps) => {
        for (const [from, stays] of steps) {
          const visit = book.visit(from);
          if (!stays) visit.leave();
          expect(book.size).toBeLessThanOrEqual(LIMITS.addressesMax);
        }
      }),
    );
  });
});
