import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayInWords, Zone } from '../../../src/transcripts/zone.ts';
import { zoneNamed } from './story.ts';

describe('a zone', () => {
  it.each([
    ['UTC', '2026-11-23T06:55:35.123Z', '2026-11-23 06:55:35 +00:00'],
    ['Europe/Paris', '2026-11-23T23:30:00.000Z', '2026-11-24 00:30:00 +01:00'],
    ['Europe/Paris', '2026-03-29T00:59:59.000Z', '2026-03-29 01:59:59 +01:00'],
    ['Europe/Paris', '2026-03-29T01:00:00.000Z', '2026-03-29 03:00:00 +02:00'],
    ['America/St_Johns', '2026-01-01T00:00:00.000Z', '2025-12-31 20:30:00 -03:30'],
    ['Asia/Kathmandu', '2026-01-01T00:00:00.000Z', '2026-01-01 05:45:00 +05:45'],
  ])('%s shows %s', (name, moment, expected) => {
    const { day, time, offset } = zoneNamed(name).local(Date.parse(moment));
    expect(`${day} ${time} ${offset}`).toBe(expected);
  });

  it.each([
    ['UTC', '2026-11-23T06:55:35Z', '2026-11-23T06:55:35.000Z'],
    ['Europe/Paris', '2026-11-23T00:00:00Z', '2026-11-22T23:00:00.000Z'],
    ['Europe/Paris', '2026-07-01T00:00:00Z', '2026-06-30T22:00:00.000Z'],
    // Clocks leap from 2:00 to 3:00: there is no half past two.
    ['Europe/Paris', '2026-03-29T02:30:00Z', '2026-03-29T01:30:00.000Z'],
    // They go back from 3:00 to 2:00: half past two is twice.
    ['Europe/Paris', '2026-10-25T02:30:00Z', '2026-10-25T00:30:00.000Z'],
    ['America/New_York', '2026-03-08T00:00:00Z', '2026-03-08T05:00:00.000Z'],
  ])('%s knows when it is %s', (name, shown, expected) => {
    const moment = zoneNamed(name).momentOf(Date.parse(shown));
    expect(new Date(moment).toISOString()).toBe(expected);
  });

  it.each(['UTC', 'Etc/UTC', 'Asia/Kathmandu', 'Europe/Paris'])(
    '%s shows any moment as it is, whatever it showed before',
    (name) => {
      const zone = zoneNamed(name);
      const anywhere = fc.integer({ min: -(10 ** 13), max: 10 ** 13 });
      const near = fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 10 });
      fc.assert(
        fc.property(anywhere, near, (start, steps) => {
          for (const ms of [start, ...steps.map((step) => start + step)]) {
            const { day, time } = zone.local(ms);
            const expected = new Date(ms + zoneNamed(name).offsetAt(ms)).toISOString();
            expect(expected.startsWith(`${day}T${time}.`)).toBe(true);
          }
        }),
      );
    },
  );

  it('is not there by any name', () => {
    expect(Zone.named('Europe/Nowhere')).toBe(null);
    expect(Zone.named('')).toBe(null);
  });
});

it('a day has words', () => {
  expect(dayInWords('2026-11-23')).toMatch(/^Monday,? 23 November 2026$/);
});
