import fc from 'fast-check';
import { expect, it } from 'vitest';
import { roomEvent } from '../../../src/domain/events.ts';
import { readRoomEvent } from '../../../src/domain/read-event.ts';

it('reads an event as the schema does, the order of fields included', () => {
  fc.assert(
    fc.property(fc.oneof(likely(), fc.jsonValue()), (value) => {
      const bySchema = roomEvent.safeParse(value).data ?? null;
      expect(JSON.stringify(readRoomEvent(value))).toBe(JSON.stringify(bySchema));
    }),
    { numRuns: 3000 },
  );
});

it('agrees with the schema on who may have done it', () => {
  fc.assert(
    fc.property(NAME, ID, (name, id) => {
      const event = { ...POSTED, from: { id, name } };
      expect(readRoomEvent(event)).toEqual(roomEvent.safeParse(event).data ?? null);
    }),
  );
});

it.each([
  ['the last day of February', '2026-02-28T23:59:59.999Z'],
  ['a leap day', '2024-02-29T00:00:00.000Z'],
  ['a leap day that is none', '2026-02-29T00:00:00.000Z'],
  ['a day too many', '2026-04-31T00:00:00.000Z'],
  ['a leap second', '2026-12-31T23:59:60.000Z'],
  ['a line after it', '2026-12-31T23:59:59.000Z\n'],
])('agrees with the schema on %s', (_what, time) => {
  const event = { ...POSTED, time };
  expect(readRoomEvent(event)).toEqual(roomEvent.safeParse(event).data ?? null);
});

// Most are events; any of their fields may be left out, or be what is no such field or hardly one.
function likely(): fc.Arbitrary<unknown> {
  const actor = fc.record({ id: mostly('6', ID), name: mostly('ann', NAME), more: fc.boolean() });
  const fields = {
    text: mostly('Hello', fc.string({ unit: 'binary' })),
    type: fc.constantFrom(...TYPES),
    via: mostly('xml', fc.constantFrom('json', 'nats')),
    from: fc.oneof({ weight: 20, arbitrary: actor }, fc.jsonValue()),
    time: mostly(WAS.time, fc.oneof(fc.constantFrom(...TIMES), fc.date().map(asText))),
    room: mostly('1', fc.oneof(fc.constantFrom('a.b', 'x'.repeat(33)), fc.string())),
    n: mostly(17, fc.oneof(fc.integer(), fc.constantFrom(0, 1.5, 2 ** 53, 1e300))),
    id: mostly('m1', fc.oneof(fc.constantFrom('', 'x'.repeat(64), 'x'.repeat(65)), NAME)),
    v: mostly(1, fc.constantFrom(2, '1', null)),
    member: fc.oneof({ weight: 20, arbitrary: actor }, fc.jsonValue()),
  };
  const rare = {
    heard: mostly(3, fc.constantFrom(-1, 1.5)),
    until: mostly(null, fc.constantFrom(WAS.time, '')),
    reason: mostly('spam', fc.string()),
    name: mostly('ann', NAME),
    closed: fc.boolean(),
    replayed: mostly({ seq: 1, replay: 'r', room: '1', ...WAS, more: 1 }, fc.constant({})),
    later: fc.jsonValue(),
  };
  return fc
    .tuple(
      fc.record(fields),
      fc.record(rare),
      fc.subarray(Object.keys(rare)),
      fc.constantFrom(...Object.keys(fields), ...Array.from(TYPES, () => '')),
    )
    .map(([common, more, there, missing]) => {
      const few = Object.fromEntries(Object.entries(more).filter(([name]) => there.includes(name)));
      // As from the wire: by way of JSON nothing is undefined.
      return JSON.parse(JSON.stringify({ ...common, ...few, [missing]: undefined }));
    });
}

function mostly(right: unknown, other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const wrong = fc.oneof({ weight: 5, arbitrary: other }, fc.jsonValue());
  return fc.oneof({ weight: 20, arbitrary: fc.constant(right) }, wrong);
}

function asText(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'never' : date.toISOString();
}

const WAS = { time: '2026-11-23T06:55:35.123Z', name: 'ann' };
const POSTED = {
  ...{ v: 1, id: 'm1', n: 17, type: 'message.posted', room: '1', time: WAS.time },
  ...{ from: { id: '6', name: 'ann' }, text: 'Hello', via: 'xml' },
};
const TYPES = roomEvent.options.map(({ shape }) => shape.type.value);
const TIMES = [WAS.time, '2026-11-23T06:55:35Z', '2026-02-29T00:00:00.000Z'];
const ID = fc.oneof(
  fc.constantFrom('0', '6', '00', '01', '2147483647', '2147483648', '99999999999', ''),
  fc.nat().map(String),
);
const NAME = fc.oneof(
  fc.string({ maxLength: 33 }),
  fc.string({ unit: 'binary', maxLength: 33 }),
  fc.constantFrom('enobrev', '', ' a', 'a ', 'a b', '~', 'é', 'a\u00a0', 'x'.repeat(33), 'a\n'),
);
